"""Saved views, and how many chats each has."""

from typing import cast

from aiohttp import web

from server.conversations import views as organising
from server.conversations.views import Viewer
from server.schemas.views import ChangeView, CreateView
from server.store.conversations import views
from server.store.conversations.views import ViewChanges
from server.web.app_keys import DATABASE
from server.web.callers import key_accounts, organiser_of, viewer_of
from server.web.notices import VIEWS_CHANGED, publish_notice
from server.web.requests import caller, json_answer, load_body, object_answer, path_id

CREATE_VIEW, CHANGE_VIEW = CreateView(), ChangeView()


async def list_views(request: web.Request) -> web.Response:
    """The shared views and the caller's own, each kind in its order."""
    found = await request.app[DATABASE].read(views.list_views, viewer_of(request))
    return object_answer([("items", f"[{','.join(found)}]")])


async def count_views(request: web.Request) -> web.Response:
    """How many chats of the caller's accounts are in each view, up to 99."""
    viewer = Viewer(caller(request), viewer_of(request), key_accounts(request))
    found = await request.app[DATABASE].read(organising.count_views, viewer)
    items = [{"view_id": view_id, "chats": n.chats, "more": n.is_more} for view_id, n in found.items()]
    return json_answer({"items": items})


async def create_view(request: web.Request) -> web.Response:
    given = await load_body(request, CREATE_VIEW)
    made = await request.app[DATABASE].write(
        organising.create_view,
        organiser_of(request),
        given["name"],
        given["query"],
        is_shared=given["shared"],
    )
    await publish_notice(request.app, VIEWS_CHANGED, made.owner_id)
    return object_answer([("view", made.json)], 201)


async def change_view(request: web.Request) -> web.Response:
    """Rename a view, replace its query, or move it."""
    changes = cast(ViewChanges, await load_body(request, CHANGE_VIEW))
    changed = await request.app[DATABASE].write(
        organising.change_view, organiser_of(request), path_id(request, "view_id"), changes
    )
    await publish_notice(request.app, VIEWS_CHANGED, changed.owner_id)
    return object_answer([("view", changed.json)])


async def delete_view(request: web.Request) -> web.Response:
    owner_id = await request.app[DATABASE].write(
        organising.delete_view, organiser_of(request), path_id(request, "view_id")
    )
    await publish_notice(request.app, VIEWS_CHANGED, owner_id)
    return web.Response(status=204)
