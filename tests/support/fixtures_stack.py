"""A whole Confab inside the test process: sandbox, web application and workers on free ports, real servers below."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiopg import Cursor

from sandbox.app import create_sandbox
from sandbox.settings import Inbox, SandboxSettings
from server.app import create_app
from server.config import DEMO_EMAIL, Config
from server.local_jobs import LocalJobs
from server.process.seed import seed_demo
from server.realtime.connection import Connection
from server.web.app_keys import CONFIG, DATABASE, HUB
from server.web.edge import EdgeRunner
from tests.support.declared import Watch
from tests.support.page_watch import PageWatch
from tests.support.peers import Peer
from tests.support.ports import free_port
from workers.context import Parts, open_parts
from workers.jobs import run_workers

DEMO_PASSWORD = "open-sesame-4711"


class WebServer:
    """The web process on its port; after a restart it has the same address and data."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._running = AsyncExitStack()
        self.local = LocalJobs()
        self.app: web.Application
        self.watch = Watch()

    async def start(self) -> None:
        self.app = create_app(self._config, local=self.local)
        self.watch.follow(self.app)
        await self._running.enter_async_context(serving(self.app, self._config.web.port))

    async def stop(self) -> None:
        await self._running.aclose()


@dataclass
class Stack:
    """The running system of a test: an anonymous peer, the sandbox, and the internals for inspection."""

    stranger: Peer
    sandbox: Peer
    config: Config
    server: WebServer

    @property
    def app(self) -> web.Application:
        return self.server.app

    async def sign_in(self, name: str = "agent") -> Peer:
        return await self.stranger.sign_in(name)

    async def make_account(self, user: Peer, external_account_id: str = "acc-1") -> dict[str, Any]:
        """An account that is connected at UniPile and linked to this user."""
        await self.sandbox.ok("POST", "/sandbox/accounts", {"id": external_account_id})
        return await user.link_account(external_account_id)

    async def write(self, external_account_id: str, text: str, **more: Any) -> dict[str, Any]:
        """A contact writes on their phone."""
        body = {
            "account_id": external_account_id,
            "from": {"phone_number": "5511988880000", "name": "Bia Lima"},
            "text": text,
        } | more
        answer: dict[str, Any] = await self.sandbox.ok("POST", "/sandbox/messages", body)
        return answer

    async def execute(self, statement: str, *values: object) -> list[Any]:
        """Run a statement on the web process's database; returns its rows."""

        async def run(cursor: Cursor) -> list[Any]:
            await cursor.execute(statement, values or None)
            return list(await cursor.fetchall()) if cursor.description else []

        return await self.app[DATABASE].write(run)

    def app_connections(self) -> set[Connection]:
        """The web process's open sockets."""
        return self.app[HUB].membership.connections


@asynccontextmanager
async def serving(app: web.Application, port: int) -> AsyncIterator[str]:
    """Serves an application on a local port, ours behind its edge; yields the URL."""
    kind = EdgeRunner if CONFIG in app else web.AppRunner
    runner = kind(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


def as_demo(config: Config, sandbox_port: int) -> Config:
    """The configuration of sandbox mode, whose login page offers the demo user."""
    return replace(
        config,
        sandbox=replace(config.sandbox, enabled=True, port=sandbox_port),
        secrets=replace(config.secrets, demo_password=DEMO_PASSWORD),
    )


@asynccontextmanager
async def run_stack(
    config: Config, *, with_workers: bool = True, is_demo: bool = False, knows_inbox: bool = False
) -> AsyncIterator[Stack]:
    """Start everything; the sandbox sends echoes and ticks quickly, and knows the inbox if asked to."""
    port, sandbox_port = free_port(), free_port()
    inbox = Inbox(f"http://127.0.0.1:{port}", DEMO_EMAIL, DEMO_PASSWORD)
    settings = SandboxSettings(
        api_key=config.unipile.api_key,
        ok_seconds=0.01,
        sync_seconds=0.02,
        echo_seconds=0.01,
        delivered_seconds=0.02,
        webhook_retries=(0.1, 0.2, 0.4, 0.8, 1.6),
        inbox=inbox if knows_inbox else None,
    )
    async with AsyncExitStack() as stack:
        sandbox_url = await stack.enter_async_context(serving(create_sandbox(settings), sandbox_port))
        config = replace(
            config,
            web=replace(config.web, port=port, public_url=f"http://127.0.0.1:{port}"),
            unipile=replace(config.unipile, dsn=sandbox_url),
        )
        if is_demo:
            config = as_demo(config, sandbox_port)
            await seed_demo(config)
        server = WebServer(config)
        # Last of all, when nothing responds.
        stack.callback(server.watch.verdict)
        stack.push_async_callback(server.stop)
        await server.start()
        if with_workers:
            await stack.enter_async_context(run_workers(config, server.local))
        session = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
        yield Stack(Peer(session, config.web.public_url), Peer(session, sandbox_url), config, server)


@pytest.fixture
async def stack(config: Config) -> AsyncIterator[Stack]:
    """Everything, running."""
    async with run_stack(config) as running:
        yield running


@pytest.fixture
async def demo(config: Config) -> AsyncIterator[Stack]:
    """Everything in sandbox mode as with `make run`: with the demo user and a link to the phones."""
    async with run_stack(config, is_demo=True) as running:
        yield running


@pytest.fixture
async def web_only(config: Config) -> AsyncIterator[Stack]:
    """The web process without workers: what it queues stays queued."""
    async with run_stack(config, with_workers=False) as running:
        yield running


@pytest.fixture
async def parts(stack: Stack) -> AsyncIterator[Parts]:
    """The workers' own connections to the same servers, to call a job by hand."""
    async with open_parts(stack.config) as opened:
        yield opened


@pytest.fixture(autouse=True)
def page_watch(monkeypatch: pytest.MonkeyPatch) -> Iterator[PageWatch]:
    """Whatever a test changes, no page is answered that has changed."""
    watch = PageWatch()
    watch.follow(monkeypatch.setattr)
    yield watch
    watch.verdict()


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keeps the machine's proxy settings out of the tests."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    yield
