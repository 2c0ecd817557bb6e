"""Runs the workers alone, beside a web process that was started with CONFAB_WORKER_EMBEDDED=false."""

import sys

from server.cli import main_worker
from workers.settings import run_workers

if __name__ == "__main__":
    sys.exit(main_worker(run_workers))
