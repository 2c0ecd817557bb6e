"""Runs workers without a web server; start the web process with CONFAB_WORKER_EMBEDDED=false then."""

import gc

if __name__ == "__main__":
    # As in run.py.
    gc.disable()
    from server.cli.main import main_worker
    from server.process.exit import leave
    from workers.jobs import run_warm_workers

    gc.freeze()
    gc.enable()
    leave(main_worker(run_warm_workers))
