"""Runs the long-lived processes: the web server with or without workers in it, or workers alone."""

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any

import structlog
from aiohttp import web

from server.app import create_app
from server.config import DEMO_EMAIL, Config, Log
from server.config.web import listen_host
from server.embedded import ServiceError, embedded_services
from server.embedded.children import is_free
from server.local_jobs import LocalJobs
from server.metrics import ShowMetrics, show_own_metrics
from server.process.event_loop import Loop
from server.process.logs import AccessLogger, set_up_logging
from server.process.loop_lag import measured_loop
from server.process.migrate import migrate
from server.process.otlp import open_traces
from server.process.seed import seed_demo, seed_owner
from server.process.sentry import open_reports
from server.process.worker_metrics import worker_metrics
from server.store.backups.loading import is_restoring
from server.store.backups.sessions import open_transaction
from server.web.edge import EdgeRunner

# Passed in, since the server never imports the workers: running inside of the context, drained on leaving it.
RunWorkers = Callable[[Config, LocalJobs | None], AbstractAsyncContextManager[object]]

# Of traces.
WEB_SERVICE = "confab-web"
SHUTDOWN_SECONDS = 10.0
STOP_LIMIT_SECONDS = 25.0

log = structlog.get_logger(__name__)


def serve(config: Config, run_workers: RunWorkers) -> int:
    """Run the web server in this process until a signal; returns the exit code."""
    open_traces(config.log.traces_url, WEB_SERVICE)
    unwind_on_sigterm()
    check_port(config)
    with embedded_services(config) as complete:
        migrate_database(complete)
        return run_to_end(_serve(complete, run_workers))


def work(config: Config, run_workers: RunWorkers) -> int:
    """Run workers without a web server until a signal; returns the exit code."""
    unwind_on_sigterm()
    with embedded_services(config, attach=True) as complete:
        # After a deployment, whichever of web and worker starts first migrates, and the other one waits.
        migrate_database(complete)
        return run_to_end(_work(complete, run_workers))


def set_up_process(log_config: Log) -> None:
    """Have this process log, and report errors, as configured."""
    set_up_logging(log_config, *open_reports(log_config.sentry_dsn))


def migrate_database(config: Config) -> None:
    """Migrate; raises ServiceError if what is stored is what an unfinished restore has left."""
    url = _database_url(config)
    migrate(url)
    with open_transaction(url) as cursor:
        if is_restoring(cursor):
            raise ServiceError("A restore of this database did not end: run `python run.py restore` again.")


def warn_of_settings(config: Config) -> None:
    """Log settings without effect, and a missing ERASE_SECRET."""
    for sentence in config.unused:
        log.warning("setting_not_used", reason=sentence)
    _warn_of_missing_erase_secret(config)


def _warn_of_missing_erase_secret(config: Config) -> None:
    """Warn that the hashes of erased names depend on a secret that may be rotated. The sandbox's never is."""
    if not config.sandbox.enabled and not config.secrets.erase_secret:
        log.warning(
            "erase_secret_not_set",
            advice="JWT_SECRET is used instead. Set ERASE_SECRET to the value of JWT_SECRET before you rotate that.",
        )


async def _serve(config: Config, run_workers: RunWorkers) -> None:
    warn_of_settings(config)
    stopping = _stop_on_signals()
    link = await seed(config)
    local = LocalJobs()
    runner = make_runner(config, show_own_metrics, local)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(runner.cleanup)
        await runner.setup()
        site = await _listen(runner, config)
        if config.worker.embedded:
            await stack.enter_async_context(run_workers(config, local))
        freeze_garbage_collector()
        print(greeting(config, link), flush=True)
        await stopping.wait()
        exit_after_grace_period()
        # In this order: accept no new connections, let the workers finish their jobs, close the sockets.
        await site.stop()
    log.info("stopped")


def make_runner(config: Config, show_metrics: ShowMetrics, local: LocalJobs | None = None) -> EdgeRunner:
    """The application behind its protocol, not set up yet."""
    access_log = AccessLogger if config.web.access_log else None
    return EdgeRunner(
        create_app(config, show_metrics=show_metrics, local=local),
        access_log_class=access_log or AccessLogger,
        access_log=structlog.get_logger("server.access") if access_log else None,
        shutdown_timeout=SHUTDOWN_SECONDS,
    )


async def _work(config: Config, run_workers: RunWorkers) -> None:
    warn_of_settings(config)
    stopping = _stop_on_signals()
    async with worker_metrics(config), measured_loop(), run_workers(config, None):
        freeze_garbage_collector()
        await stopping.wait()
        exit_after_grace_period()
    log.info("stopped")


def freeze_garbage_collector() -> None:
    """Exclude objects that live as long as the process from garbage collection, which takes 60 ms for them."""
    gc.collect()
    gc.freeze()


def exit_after_grace_period() -> None:
    """Exit within the platform's grace period even if something hangs. Children end by their parent death signal."""
    asyncio.get_running_loop().call_later(STOP_LIMIT_SECONDS, os._exit, 1)


async def _listen(runner: web.AppRunner, config: Config) -> web.TCPSite:
    site = web.TCPSite(runner, listen_host(config.web), config.web.port)
    try:
        await site.start()
    except OSError as error:
        raise ServiceError(port_sentence(config, error.strerror or str(error))) from error
    return site


def check_port(config: Config) -> None:
    """Raise ServiceError for a port that is taken: before anything is started, so that this is the only output."""
    if not is_free(config.web.port, config.web.host):
        raise ServiceError(port_sentence(config, "in use, or not an address of this machine"))


def port_sentence(config: Config, reason: str) -> str:
    """Why nothing can listen on the configured address."""
    return f"Cannot listen on {config.web.host} port {config.web.port} ({reason}): set another PORT or HOST."


def run_to_end(main: Coroutine[Any, Any, None]) -> int:
    """Run it on an event loop of its own; returns the exit code."""
    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(main)
    return 0


def unwind_on_sigterm() -> None:
    """Before and after the event loop: SystemExit unwinds the context managers, which stop everything."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))


def _stop_on_signals() -> asyncio.Event:
    stopping = asyncio.Event()

    def stop() -> None:
        if stopping.is_set():
            # A second signal exits at once. The embedded servers end by their parent death signal.
            os._exit(1)
        log.info("stopping")
        stopping.set()

    for signal_number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(signal_number, stop)
    return stopping


def _database_url(config: Config) -> str:
    if config.database.url is None:
        raise ServiceError("No database: set DATABASE_URL.")
    return config.database.url


async def seed(config: Config) -> str | None:
    """Create the first user. Returns a link if it is an owner who has to set a password."""
    if config.sandbox.enabled:
        await seed_demo(config)
        return None
    return await seed_owner(config)


def greeting(config: Config, link: str | None) -> str:
    """What a start prints once requests are answered, with the owner's `link` after the first one."""
    lines = ["", f"  Confab {'(with the UniPile sandbox) ' if config.sandbox.enabled else ''}is running.", ""]
    lines.append(f"    Inbox           {config.web.public_url}")
    if config.sandbox.enabled:
        lines.append(f"    Sign in         {DEMO_EMAIL}  {config.secrets.demo_password}")
        lines.append(f"    Sandbox phone   {config.sandbox.url}")
    if link is not None:
        lines += ["", *_first_link(config, link, is_terminal=sys.stdout.isatty())]
    return "\n".join([*lines, "", "  Press Ctrl-C to stop.", ""])


def _first_link(config: Config, link: str, *, is_terminal: bool) -> list[str]:
    """The owner's link. Its holder owns the team, so it is not written where output is stored as a log."""
    created = "  This first run has created the owner."
    if is_terminal:
        return [f"{created} Set the password here; this link is shown only once:", "", f"    {link}"]
    command = f"    python run.py user reset {config.auth.owner_email}"
    return [f"{created} This command prints the link to set the password:", "", command]
