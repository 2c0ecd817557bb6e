"""Controls for the sandbox itself: fault switches, webhook deliveries, reset."""

from aiohttp import web

from sandbox.faults import Faults, parse_faults
from sandbox.problems import not_found, reply
from sandbox.web.forms import opt_bool, read_json, require_text
from sandbox.web.keys import SCRIPTS, simulator_of
from sandbox.whatsapp.accounts import apply_stale_reads


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


async def add_api_key(request: web.Request) -> web.Response:
    """Accept one more API key, as UniPile's dashboard makes them."""
    simulator_of(request).api_keys.add(require_text(await read_json(request), "key", most=255))
    return reply({"added": True}, 201)


async def remove_api_key(request: web.Request) -> web.Response:
    """Accept a key no longer."""
    keys, key = simulator_of(request).api_keys, request.match_info["key"]
    if key not in keys:
        raise not_found("key")
    keys.remove(key)
    return reply({"removed": True})


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
    web.post("/sandbox/keys", add_api_key),
    web.delete("/sandbox/keys/{key}", remove_api_key),
    web.post("/sandbox/reset", reset),
]
