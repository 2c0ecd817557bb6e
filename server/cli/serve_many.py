"""Serves with several web processes, which a supervisor starts and watches; this process serves nothing itself."""

import asyncio
import json
import signal
import socket
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import structlog
from aiohttp import web

from server.app import read_shared_parts
from server.cli.command import in_plain_words
from server.cli.serve import (
    WEB_SERVICE,
    RunWorkers,
    check_port,
    exit_after_grace_period,
    freeze_garbage_collector,
    greeting,
    make_runner,
    migrate_database,
    port_sentence,
    run_to_end,
    seed,
    set_up_process,
    warn_of_settings,
)
from server.config import Config, read_config
from server.embedded import ServiceError, embedded_services
from server.process.event_loop import Loop
from server.process.loop_lag import measured_loop
from server.process.otlp import open_traces
from server.supervisor.channel import Kind, pack
from server.supervisor.forking import Run
from server.supervisor.generations import WORKER
from server.supervisor.link import Link, linked
from server.supervisor.listening import bind
from server.supervisor.supervisor import Supervisor
from server.web.edge import EdgeRunner

# Of a reload: how long an idle connection may still bring a request.
DRAIN_SECONDS = 5.0
RESTART_NEEDED = (
    "HOST, PORT, DATA_DIR and which servers are embedded cannot change while Confab runs: restart it."
)

log = structlog.get_logger(__name__)
Main = Callable[[Config, Link], Coroutine[Any, Any, None]]


def serve_many(config: Config, run_workers: RunWorkers) -> int:
    """Run the web processes until a signal; returns the exit code."""
    check_port(config)
    try:
        sockets = bind(config.web)
    except OSError as error:
        raise ServiceError(port_sentence(config, error.strerror or str(error))) from error
    # Before the first fork: children share the memory, and start in half the time.
    read_shared_parts(config.web.asset_url)
    freeze_garbage_collector()
    return Supervisor(Processes(config, run_workers, sockets), sockets).run()


@dataclass
class Processes:
    """What the supervisor's children do."""

    given: Config
    run_workers: RunWorkers
    sockets: Sequence[socket.socket]
    addresses: tuple[str | None, str | None, str | None] = (None, None, None)
    first_link: str | None = None

    # -- the first child -------------------------------------------------------------------------------------------

    def prepare(self, end: socket.socket) -> int:
        """Start the embedded servers, migrate, make the first user; then end, or hold the servers."""
        return in_plain_words(partial(self._prepare, end))

    def _prepare(self, end: socket.socket) -> int:
        with embedded_services(self.given) as complete:
            migrate_database(complete)
            with asyncio.Runner(loop_factory=Loop) as runner:
                link = runner.run(seed(complete))
            end.sendall(pack(Kind.READY, json.dumps([_addresses(complete), link]).encode()))
            if _addresses(complete) != _addresses(self.given):
                # systemd sends it to all processes at once; this one ends when the supervisor closes the channel.
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                while end.recv(1):
                    pass
        return 0

    def take(self, prepared: bytes) -> Config:
        """The configuration with the addresses of what was started."""
        warn_of_settings(self.given)
        addresses, self.first_link = json.loads(prepared)
        self.addresses = tuple(addresses)
        return self._complete(self.given)

    # -- the others ------------------------------------------------------------------------------------------------

    def run(self, name: str, config: Config) -> Run:
        """What the child of this name does."""
        main = self._work if name == WORKER else self._serve
        return lambda end: in_plain_words(partial(_run_linked, main, config, end))

    async def _serve(self, config: Config, link: Link) -> None:
        runner = make_runner(config, link.merged_metrics)
        async with AsyncExitStack() as stack:
            stack.push_async_callback(runner.cleanup)
            await runner.setup()
            sites = await _listen(runner, config, self.sockets)
            freeze_garbage_collector()
            link.announce_ready()
            await link.ending.wait()
            exit_after_grace_period()
            for site in sites:
                await site.stop()
            if link.is_retired:
                await runner.drain(DRAIN_SECONDS)

    async def _work(self, config: Config, link: Link) -> None:
        async with measured_loop(), self.run_workers(config, None):
            freeze_garbage_collector()
            link.announce_ready()
            await link.ending.wait()
            exit_after_grace_period()

    # -- reloading -------------------------------------------------------------------------------------------------

    def read_again(self) -> Config:
        """The settings as they are now; raises ConfigError, or ServiceError for what cannot change."""
        config = read_config()
        if _fixed(config) != _fixed(self.given):
            raise ServiceError(RESTART_NEEDED)
        set_up_process(config.log)
        warn_of_settings(config)
        return self._complete(config)

    def announce(self) -> None:
        """Print where Confab is, once every process answers."""
        print(greeting(self._complete(self.given), self.first_link), flush=True)

    def _complete(self, config: Config) -> Config:
        database, redis, unipile = self.addresses
        return replace(
            config,
            database=replace(config.database, url=config.database.url or database),
            redis=replace(config.redis, url=config.redis.url or redis),
            unipile=replace(config.unipile, dsn=config.unipile.dsn or unipile),
        )


def _addresses(config: Config) -> list[str | None]:
    return [config.database.url, config.redis.url, config.unipile.dsn]


def _fixed(config: Config) -> tuple[object, ...]:
    """What the supervisor has, and cannot give up, while it runs."""
    embedded = [address is None for address in _addresses(config)]
    return config.web.host, config.web.port, config.data_dir, config.sandbox, embedded


def _run_linked(main: Main, config: Config, end: socket.socket) -> int:
    open_traces(config.log.traces_url, WEB_SERVICE)
    return run_to_end(_linked(main, config, end))


async def _linked(main: Main, config: Config, end: socket.socket) -> None:
    async with linked(end) as link:
        # Also a second time: systemd sends it to all processes, and so does the supervisor.
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, link.ending.set)
        await main(config, link)


async def _listen(runner: EdgeRunner, config: Config, sockets: Sequence[socket.socket]) -> list[web.SockSite]:
    """Listen on the inherited sockets: connections wait in one queue, and whichever process is free takes the next."""
    sites = [web.SockSite(runner, one) for one in sockets]
    try:
        for site in sites:
            await site.start()
    except OSError as error:
        raise ServiceError(port_sentence(config, error.strerror or str(error))) from error
    return sites
