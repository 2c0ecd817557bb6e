"""Confab's command line: `python run.py` serves the inbox, `python run.py --help` lists all commands."""

import sys

from server.cli.main import main
from server.process.exit import leave
from workers.jobs import run_warm_workers

if __name__ == "__main__":
    leave(main(sys.argv[1:], run_warm_workers))
