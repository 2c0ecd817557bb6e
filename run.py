"""Confab's command line: `python run.py` serves the inbox, `python run.py --help` lists all commands."""

import gc
import sys

if __name__ == "__main__":
    # Nothing of what is imported becomes garbage: looking for it took two fifths of the start.
    gc.disable()
    from server.cli.main import main
    from server.process.exit import leave
    from workers.jobs import run_warm_workers

    gc.freeze()
    gc.enable()
    leave(main(sys.argv[1:], run_warm_workers))
