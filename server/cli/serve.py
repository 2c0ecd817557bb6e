"""Runs the long-lived processes: the web server with or without workers in it, or workers alone."""

import asyncio
import ctypes
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
from server.config import DEMO_EMAIL, Config
from server.config.web import listen_host
from server.embedded import ServiceError, embedded_services
from server.embedded.children import is_free
from server.process.event_loop import Loop
from server.process.logs import AccessLogger
from server.process.migrate import migrate
from server.process.seed import seed_demo, seed_owner
from server.web.edge import EdgeRunner

# How the worker comes to the server, which never imports it: entered it runs, left it has drained.
RunWorkers = Callable[[Config], AbstractAsyncContextManager[object]]

PR_SET_PDEATHSIG = 1
SHUTDOWN_SECONDS = 10.0
STOP_LIMIT_SECONDS = 25.0

log = structlog.get_logger(__name__)


def serve(config: Config, run_workers: RunWorkers) -> int:
    """Serve the web until a signal ends it; returns the exit code."""
    _end_in_order_on_sigterm()
    _check_port(config)
    with embedded_services(config) as complete:
        migrate(_database_url(complete))
        return _run(_serve(complete, run_workers))


def work(config: Config, run_workers: RunWorkers) -> int:
    """Run workers alone until a signal ends them; returns the exit code."""
    _end_in_order_on_sigterm()
    with embedded_services(config, attach=True) as complete:
        # Whichever of web and worker comes first after a deployment; the other one waits.
        migrate(_database_url(complete))
        return _run(_work(complete, run_workers))


def end_with_parent() -> None:
    """Have the system send us SIGTERM when our parent ends, even by kill -9; Linux only, else nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def warn_of_settings(config: Config) -> None:
    """Log settings that have no effect, and a secret that another one stands in for."""
    for sentence in config.unused:
        log.warning("setting_not_used", reason=sentence)
    _warn_of_borrowed_secret(config)


def _warn_of_borrowed_secret(config: Config) -> None:
    """Say that the hashes of what was erased hang on a secret that may be changed; the sandbox's is kept for ever."""
    if not config.sandbox.enabled and not config.secrets.erase_secret:
        log.warning(
            "erase_secret_not_set",
            advice="JWT_SECRET stands in. Set ERASE_SECRET to its present value before that one is ever changed.",
        )


async def _serve(config: Config, run_workers: RunWorkers) -> None:
    warn_of_settings(config)
    stopping = _stop_on_signals()
    link = await _seed(config)
    access_log = AccessLogger if config.web.access_log else None
    runner = EdgeRunner(
        create_app(config),
        access_log_class=access_log or AccessLogger,
        access_log=structlog.get_logger("server.realtime.access_watch") if access_log else None,
        shutdown_timeout=SHUTDOWN_SECONDS,
    )
    async with AsyncExitStack() as stack:
        stack.push_async_callback(runner.cleanup)
        await runner.setup()
        site = await _listen(runner, config)
        if config.worker.embedded:
            await stack.enter_async_context(run_workers(config))
        _keep_out_of_collections()
        print(_greeting(config, link), flush=True)
        await stopping.wait()
        _end_at_the_latest()
        # In this order: no new connection, then the workers finish their jobs, then the sockets are closed.
        await site.stop()
    log.info("stopped")


async def _work(config: Config, run_workers: RunWorkers) -> None:
    warn_of_settings(config)
    stopping = _stop_on_signals()
    async with run_workers(config):
        _keep_out_of_collections()
        await stopping.wait()
        _end_at_the_latest()
    log.info("stopped")


def _keep_out_of_collections() -> None:
    """What lives as long as the process is not looked through by the garbage collector again: 60 ms each time."""
    gc.collect()
    gc.freeze()


def _end_at_the_latest() -> None:
    """Within the platform's grace: whatever hangs then is not worth a kill. Children end by their death signal."""
    asyncio.get_running_loop().call_later(STOP_LIMIT_SECONDS, os._exit, 1)


async def _listen(runner: web.AppRunner, config: Config) -> web.TCPSite:
    site = web.TCPSite(runner, listen_host(config.web), config.web.port)
    try:
        await site.start()
    except OSError as error:
        raise ServiceError(_port_sentence(config, error.strerror or str(error))) from error
    return site


def _check_port(config: Config) -> None:
    # Before anything is started, so that the sentence is all that appears.
    if not is_free(config.web.port, config.web.host):
        raise ServiceError(_port_sentence(config, "it is taken, or not this machine's"))


def _port_sentence(config: Config, reason: str) -> str:
    return f"Cannot listen on {config.web.host} port {config.web.port} ({reason}): set another PORT or HOST."


def _run(main: Coroutine[Any, Any, None]) -> int:
    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(main)
    return 0


def _end_in_order_on_sigterm() -> None:
    # Until the loop runs and after it: SystemExit passes through the context managers, and those stop all.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))


def _stop_on_signals() -> asyncio.Event:
    stopping = asyncio.Event()

    def stop() -> None:
        if stopping.is_set():
            # The second time they mean it. The embedded servers end by their death signal.
            os._exit(1)
        log.info("stopping")
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    return stopping


def _database_url(config: Config) -> str:
    if config.database.url is None:
        raise ServiceError("No database: set DATABASE_URL.")
    return config.database.url


async def _seed(config: Config) -> str | None:
    """Make the first person; a link when it is an owner who has to choose a password."""
    if config.sandbox.enabled:
        await seed_demo(config)
        return None
    return await seed_owner(config)


def _greeting(config: Config, link: str | None) -> str:
    lines = ["", f"  Confab {'(with the UniPile sandbox) ' if config.sandbox.enabled else ''}is running.", ""]
    lines.append(f"    Inbox           {config.web.public_url}")
    if config.sandbox.enabled:
        lines.append(f"    Sign in         {DEMO_EMAIL}  {config.secrets.demo_password}")
        lines.append(f"    Sandbox phone   {config.sandbox.url}")
    if link is not None:
        lines += [
            "",
            "  The first run has made the owner. Choose the password here; this link is shown once:",
        ]
        lines += ["", f"    {link}"]
    return "\n".join([*lines, "", "  Ctrl-C ends it.", ""])
