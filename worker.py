"""Runs the workers alone, beside a web process that was started with CONFAB_WORKER_EMBEDDED=false."""

from server.cli.main import main_worker
from server.process.exit import leave
from workers.jobs import run_warm_workers

if __name__ == "__main__":
    leave(main_worker(run_warm_workers))
