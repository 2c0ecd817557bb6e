"""Macros: list, create, change, delete, and run in a chat."""

from typing import cast
from uuid import uuid4

from aiohttp import web

from server.automation import macros as editing
from server.messages.send_batcher import announce_sends
from server.realtime.broker import publish_or_log
from server.rules.policy import is_admin_role
from server.schemas.macros import ChangeMacro, CreateMacro, RunMacro
from server.store.rules import macros
from server.store.rules.macros import Macro, MacroChanges, MacroReader
from server.web.app_keys import ACTOR, CALLER, CALLER_ROLES, CONFIG, DATABASE, REDIS
from server.web.callers import target_of
from server.web.requests import caller, load_body, object_answer, path_id

CREATE, CHANGE, RUN = CreateMacro(), ChangeMacro(), RunMacro()


async def list_macros(request: web.Request) -> web.Response:
    """Those for all users, for the caller's teams, and their own, by name; admins see all."""
    found = await request.app[DATABASE].read(macros.list_macros, _reader(request))
    return object_answer([("items", f"[{','.join(found)}]")])


async def create_macro(request: web.Request) -> web.Response:
    """Create a macro for all users, or for those of some teams."""
    given = cast(Macro, await load_body(request, CREATE))
    macro_id = await request.app[DATABASE].write(
        editing.create_macro, _reader(request), given, request[ACTOR]
    )
    return await _macro_answer(request, macro_id, 201)


async def change_macro(request: web.Request) -> web.Response:
    """Change what is given: its creator, or an admin."""
    changes = cast(MacroChanges, await load_body(request, CHANGE))
    macro_id = path_id(request, "macro_id")
    await request.app[DATABASE].write(
        editing.change_macro, _reader(request), macro_id, changes, request[ACTOR]
    )
    return await _macro_answer(request, macro_id)


async def delete_macro(request: web.Request) -> web.Response:
    """Delete a macro: its creator, or an admin."""
    await request.app[DATABASE].write(
        editing.delete_macro, _reader(request), path_id(request, "macro_id"), request[ACTOR]
    )
    return web.Response(status=204)


async def run_macro(request: web.Request) -> web.Response:
    """Do all of its actions in the chat, in one transaction and in the caller's name. If one cannot be done, none is,
    and the answer is its error, with `details.action`.
    """
    given, target = await load_body(request, RUN), target_of(request)
    client_id = given["client_id"] or str(uuid4())
    ran = await request.app[DATABASE].write(
        editing.run_macro,
        request.app[CONFIG].plans,
        target,
        _reader(request),
        path_id(request, "macro_id"),
        client_id,
    )
    pushes = sorted(ran.done.pushes, key=lambda push: push.seq)
    await publish_or_log(request.app[REDIS], target.account_id, pushes, "macro_not_published")
    await announce_sends(request.app[REDIS], ran.done.sends)
    return object_answer([("chat", ran.chat.json)])


def _reader(request: web.Request) -> MacroReader:
    is_admin = request[CALLER].key is None and is_admin_role(request[CALLER_ROLES].role)
    return MacroReader(caller(request), is_admin)


async def _macro_answer(request: web.Request, macro_id: int, status: int = 200) -> web.Response:
    shown = await request.app[DATABASE].read(macros.fetch_macro_json, _reader(request), macro_id)
    return object_answer([("macro", shown)], status)
