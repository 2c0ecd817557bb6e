"""Controls for the sandbox itself: fault switches, webhook deliveries, reset."""

from aiohttp import web

from sandbox.accounts import apply_stale_reads
from sandbox.faults import Faults, parse_faults
from sandbox.forms import opt_bool, read_json
from sandbox.keys import SCRIPTS, simulator_of
from sandbox.problems import reply


async def show_faults(request: web.Request) -> web.Response:
    """Return all switches."""
    return reply(simulator_of(request).dice.faults.as_json())


async def set_faults(request: web.Request) -> web.Response:
    """Set the given switches and turn off all others."""
    simulator = simulator_of(request)
    simulator.dice.set(parse_faults(await read_json(request)))
    apply_stale_reads(simulator)
    simulator.live.publish("faults", simulator.dice.faults.as_json())
    return reply(simulator.dice.faults.as_json())


async def change_faults(request: web.Request) -> web.Response:
    """Set the given switches and leave the others unchanged."""
    simulator = simulator_of(request)
    simulator.dice.set(parse_faults(await read_json(request), simulator.dice.faults))
    apply_stale_reads(simulator)
    simulator.live.publish("faults", simulator.dice.faults.as_json())
    return reply(simulator.dice.faults.as_json())


async def show_deliveries(request: web.Request) -> web.Response:
    """Return the counters of all webhooks and the latest delivery attempts."""
    simulator = simulator_of(request)
    counts = [
        {
            "id": webhook.id,
            "name": webhook.name,
            "source": webhook.source,
            "request_url": webhook.request_url,
            "delivered": webhook.delivered,
            "failed": webhook.failed,
            "lost": webhook.lost,
        }
        for webhook in simulator.world.webhooks.values()
    ]
    log = [attempt.as_json() for attempt in simulator.dispatcher.log]
    return reply({"webhooks": counts, "pending": simulator.dispatcher.pending, "log": log})


async def reset(request: web.Request) -> web.Response:
    """Reset to an empty world without faults; `keep_webhooks` preserves the webhook registrations."""
    simulator = simulator_of(request)
    preserve = opt_bool(await read_json(request), "keep_webhooks")
    await request.config_dict[SCRIPTS].stop()
    simulator.dice.set(Faults())
    await simulator.reset(preserve)
    return reply({"reset": True})


ROUTES = [
    web.get("/sandbox/faults", show_faults),
    web.put("/sandbox/faults", set_faults),
    web.patch("/sandbox/faults", change_faults),
    web.get("/sandbox/deliveries", show_deliveries),
    web.post("/sandbox/reset", reset),
]
