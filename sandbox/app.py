"""Assembles the sandbox's application from its routes, middlewares and simulator."""

from collections.abc import AsyncIterator

from aiohttp import web

from sandbox import api, phone
from sandbox.generators.scripts import Scripts
from sandbox.problems import problem_middleware
from sandbox.settings import SandboxSettings
from sandbox.simulator import Simulator
from sandbox.web.guards import fault_middleware, guard_middleware
from sandbox.web.keys import SCRIPTS, SIMULATOR
from sandbox.whatsapp.accounts import advance
from sandbox.whatsapp.conversations import plan_delivery

MAX_BODY_BYTES = 64 * 1024 * 1024


def create_sandbox(settings: SandboxSettings | None = None) -> web.Application:
    """Create the application; it opens its data on startup."""
    app = web.Application(
        middlewares=[problem_middleware, guard_middleware, fault_middleware],
        client_max_size=MAX_BODY_BYTES,
        # A small compressed body could expand to any size, on the event loop.
        handler_args={"auto_decompress": False},
    )
    app[SIMULATOR] = Simulator(settings or SandboxSettings())
    app[SCRIPTS] = Scripts()
    app.add_routes(api.routes() + phone.routes())
    app.cleanup_ctx.append(run_simulator)
    app.on_shutdown.append(end_hanging_requests)
    return app


async def run_simulator(app: web.Application) -> AsyncIterator[None]:
    """Keep the simulator open while the application runs."""
    simulator = app[SIMULATOR]
    await simulator.open()
    resume(simulator)
    yield
    await app[SCRIPTS].stop()
    await simulator.close()


def resume(simulator: Simulator) -> None:
    """Reschedule unfinished work of an earlier run: connecting accounts and undelivered messages."""
    for account in list(simulator.world.accounts.values()):
        advance(simulator, account)
    for message in simulator.world.messages.values():
        if message.is_sender and not message.is_event and not message.delivered:
            plan_delivery(simulator, message)


async def end_hanging_requests(app: web.Application) -> None:
    """End hanging responses, so that shutdown does not wait for them."""
    app[SIMULATOR].cancel_waits()
