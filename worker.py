"""Runs workers without a web server; start the web process with CONFAB_WORKER_EMBEDDED=false then."""

from server.cli.main import main_worker
from server.process.exit import leave
from workers.jobs import run_warm_workers

if __name__ == "__main__":
    leave(main_worker(run_warm_workers))
