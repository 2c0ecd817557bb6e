"""Runs the workers alone, beside a web process that was started with CONFAB_WORKER_EMBEDDED=false."""

from server.cli import main_worker
from server.leaving import leave
from workers.settings import run_warm_workers

if __name__ == "__main__":
    leave(main_worker(run_warm_workers))
