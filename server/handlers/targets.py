"""Targets: list, create, change, delete."""

from typing import cast

from aiohttp import web

from server.automation import targets as editing
from server.schemas.targets import ChangeTarget, CreateTarget
from server.store.targets import targets
from server.store.targets.targets import TargetChanges
from server.web.app_keys import ACTOR, DATABASE
from server.web.requests import caller, load_body, object_answer, path_id

CREATE, CHANGE = CreateTarget(), ChangeTarget()


async def list_targets(request: web.Request) -> web.Response:
    """The targets of accounts that the caller owns, in the order in which they are tried."""
    found = await request.app[DATABASE].read(targets.list_targets, caller(request))
    return object_answer([("items", f"[{','.join(found)}]")])


async def create_target(request: web.Request) -> web.Response:
    """Create a target after all others; it is off unless it is given as on."""
    given = cast(TargetChanges, await load_body(request, CREATE))
    target_id = await request.app[DATABASE].write(
        editing.create_target, caller(request), given, request[ACTOR]
    )
    return await _target_answer(request, target_id, 201)


async def change_target(request: web.Request) -> web.Response:
    """Change what is given, or move the target. Only who owns all of its accounts may."""
    changes = cast(TargetChanges, await load_body(request, CHANGE))
    target_id = path_id(request, "target_id")
    await request.app[DATABASE].write(
        editing.change_target, caller(request), target_id, changes, request[ACTOR]
    )
    return await _target_answer(request, target_id)


async def delete_target(request: web.Request) -> web.Response:
    """Delete a target. Its clocks end."""
    await request.app[DATABASE].write(
        editing.delete_target, caller(request), path_id(request, "target_id"), request[ACTOR]
    )
    return web.Response(status=204)


async def _target_answer(request: web.Request, target_id: int, status: int = 200) -> web.Response:
    shown = await request.app[DATABASE].read(targets.fetch_target_json, caller(request), target_id)
    return object_answer([("target", shown)], status)
