"""The command line of Confab: `python run.py` serves the inbox, `python run.py --help` lists the rest."""

import sys

from server.cli import main
from server.leaving import leave
from workers.settings import run_warm_workers

if __name__ == "__main__":
    leave(main(sys.argv[1:], run_warm_workers))
