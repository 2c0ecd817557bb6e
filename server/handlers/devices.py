"""The caller's devices, which get their web push, and tests of push and mail."""

from aiohttp import web

from server.config.limits import FORGOT_USER
from server.errors import ConfabError, NotFound
from server.queue import SEND_TEST_MAIL, SEND_TEST_WEBPUSH, enqueue
from server.schemas.devices import AddDevice, TestChannel
from server.store.notifying import devices
from server.store.notifying.devices import NewDevice
from server.web.app_keys import CALLER, CONFIG, DATABASE, LIMITER, RATES, REDIS
from server.web.requests import caller, load_body, object_answer, path_id
from server.webpush.endpoints import endpoint_problem
from server.webpush.subscriptions import read_auth, read_point

ADD_DEVICE, TEST_CHANNEL = AddDevice(), TestChannel()
TESTS = {"push": SEND_TEST_WEBPUSH, "mail": SEND_TEST_MAIL}


async def list_devices(request: web.Request) -> web.Response:
    """The caller's devices, newest first."""
    found = await request.app[DATABASE].read(
        devices.list_devices, caller(request), request[CALLER].session_id
    )
    return object_answer([("items", f"[{','.join(found)}]")])


async def add_device(request: web.Request) -> web.Response:
    """Push to the browser of this session from now on; 404 where web push is off."""
    given = await load_body(request, ADD_DEVICE)
    if not request.app[CONFIG].webpush.is_on:
        raise NotFound
    device = _read_device(request, given["endpoint"], given["keys"], given["name"])
    shown = await request.app[DATABASE].write(
        devices.put_device, caller(request), request[CALLER].session_id, device
    )
    if shown is None:  # the session ended while its access token was still valid
        raise ConfabError("unauthenticated")
    return object_answer([("device", shown)], 201)


def _read_device(request: web.Request, endpoint: str, keys: dict[str, str], name: str) -> NewDevice:
    allows_private = request.app[CONFIG].webpush.private_endpoints
    if problem := endpoint_problem(endpoint, allows_private=allows_private):
        raise ConfabError("invalid", fields={"endpoint": [problem]})
    point, auth = read_point(keys["p256dh"]), read_auth(keys["auth"])
    if point is None or auth is None:
        raise ConfabError("invalid", fields={"keys": ["Must be the keys of a subscription."]})
    return NewDevice(endpoint, point, auth, name)


async def remove_device(request: web.Request) -> web.Response:
    """Push nothing more to a device of the caller."""
    if not await request.app[DATABASE].write(
        devices.remove_device, caller(request), path_id(request, "device_id")
    ):
        raise NotFound
    return web.Response(status=204)


async def test_channel(request: web.Request) -> web.Response:
    """Send the caller a test; 404 where the channel is off or, for push, no device is there."""
    channel = (await load_body(request, TEST_CHANNEL))["channel"]
    if not await _is_reachable(request, channel):
        raise NotFound
    await request.app[LIMITER].require(request.app[RATES][FORGOT_USER], f"{channel} test {caller(request)}")
    await enqueue(request.app[REDIS], TESTS[channel], caller(request))
    return web.Response(status=202)


async def _is_reachable(request: web.Request, channel: str) -> bool:
    config = request.app[CONFIG]
    if channel == "mail":
        return config.mail.is_on
    return config.webpush.is_on and bool(
        await request.app[DATABASE].read(devices.count_devices, caller(request))
    )
