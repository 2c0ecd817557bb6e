"""Labels: shared or private, and which chats have them."""

from typing import cast

from aiohttp import web

from server.conversations import labels as organising
from server.realtime.broker import publish_all, publish_or_log
from server.schemas.fields import ListQuery
from server.schemas.labels import ChangeLabel, CreateLabel
from server.store.conversations import chat_labels, labels
from server.store.conversations.labels import LabelChanges
from server.web.app_keys import DATABASE, REDIS
from server.web.callers import organiser_of, target_of, viewer_of
from server.web.notices import LABELS_CHANGED, publish_notice
from server.web.requests import (
    caller,
    decode_cursor,
    json_text,
    load_body,
    load_query,
    object_answer,
    page_answer,
    path_id,
)

CREATE_LABEL, CHANGE_LABEL, LIST_QUERY = CreateLabel(), ChangeLabel(), ListQuery()


async def list_labels(request: web.Request) -> web.Response:
    """The shared labels and the caller's private ones, by name. Programs see shared ones only."""
    found = await request.app[DATABASE].read(labels.list_labels, caller(request), viewer_of(request))
    return object_answer([("items", f"[{','.join(found)}]")])


async def create_label(request: web.Request) -> web.Response:
    given = await load_body(request, CREATE_LABEL)
    made = await request.app[DATABASE].write(
        organising.create_label,
        organiser_of(request),
        given["name"],
        given["colour"],
        is_shared=given["shared"],
    )
    await publish_notice(request.app, LABELS_CHANGED, made.owner_id)
    return object_answer([("label", made.json)], 201)


async def change_label(request: web.Request) -> web.Response:
    """Rename or recolour a label."""
    changes = cast(LabelChanges, await load_body(request, CHANGE_LABEL))
    label_id = path_id(request, "label_id")
    changed = await request.app[DATABASE].write(
        organising.change_label, organiser_of(request), label_id, changes
    )
    await publish_notice(request.app, LABELS_CHANGED, changed.owner_id)
    return object_answer([("label", changed.json)])


async def delete_label(request: web.Request) -> web.Response:
    """Delete a label, and remove it from its chats."""
    deleted = await request.app[DATABASE].write(
        organising.delete_label, organiser_of(request), path_id(request, "label_id")
    )
    await publish_all(request.app[REDIS], deleted.pushes, "label_not_published")
    await publish_notice(request.app, LABELS_CHANGED, deleted.owner_id)
    return web.Response(status=204)


async def list_private_labels(request: web.Request) -> web.Response:
    """The chats with private labels of the caller, which the rows of chats do not have."""
    query = load_query(request, LIST_QUERY)
    after = decode_cursor(query["cursor"])
    page = await request.app[DATABASE].read(
        chat_labels.list_private, caller(request), limit=query["limit"], after=after[1] if after else 0
    )
    return page_answer(page)


async def add_label(request: web.Request) -> web.Response:
    """Add a label to a chat."""
    return await _label_chat(request, adds=True)


async def remove_label(request: web.Request) -> web.Response:
    """Remove a label from a chat."""
    return await _label_chat(request, adds=False)


async def _label_chat(request: web.Request, *, adds: bool) -> web.Response:
    done = await request.app[DATABASE].write(
        organising.label_chat, target_of(request), viewer_of(request), path_id(request, "label_id"), adds=adds
    )
    if done.pushes:
        await publish_or_log(request.app[REDIS], done.account_id, done.pushes, "label_not_published")
    if done.owner_id is not None:
        await publish_notice(request.app, LABELS_CHANGED, done.owner_id)
    return object_answer([("chat", done.chat), ("private_labels", json_text(done.private_labels))])
