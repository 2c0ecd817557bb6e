"""Contacts as the team records them: the list, one contact, its fields, labels and chats."""

from collections.abc import Awaitable
from typing import cast

from aiohttp import web

from server.contacts import contact_changes, merging
from server.contacts.contact_changes import ChangedContact, ContactChanges, ContactTarget
from server.errors import NotFound
from server.realtime.broker import publish_or_log
from server.schemas.contacts import ContactQuery, MergeContact, PatchContact
from server.store.chats import related
from server.store.contacts import contact_lists, contact_values
from server.store.contacts.contact_lists import ContactFilter
from server.store.search import search_index
from server.web.app_keys import ACTOR, DATABASE, REDIS
from server.web.callers import key_accounts
from server.web.requests import (
    caller,
    load_body,
    load_query,
    object_answer,
    page_answer,
    path_id,
    provider_of,
    text_cursor,
)

CONTACT_QUERY, PATCH_CONTACT, MERGE_CONTACT = ContactQuery(), PatchContact(), MergeContact()


async def list_contacts(request: web.Request) -> web.Response:
    """The contacts of the caller's accounts, by name; without a name last."""
    query = load_query(request, CONTACT_QUERY)
    if query["cursor"] is None:
        await search_index.catch_up_names(request.app[DATABASE], caller(request))
    wanted = ContactFilter(
        query["account_id"],
        query["q"] and query["q"].strip(),
        query["labels"] or (),
        key_accounts(request),
    )
    page = await request.app[DATABASE].read(
        contact_lists.list_contacts,
        caller(request),
        provider_of(request),
        wanted,
        limit=query["limit"],
        after=text_cursor(query["cursor"]),
    )
    return page_answer(page)


async def show_contact(request: web.Request) -> web.Response:
    return object_answer([("contact", await _contact_json(request))])


async def _contact_json(request: web.Request) -> str:
    found = await request.app[DATABASE].read(contact_values.fetch_contact, *target_contact(request))
    if found is None:
        raise NotFound
    return found


async def list_contact_chats(request: web.Request) -> web.Response:
    """The direct chats of the person, on all of the caller's accounts."""
    await _contact_json(request)
    target = target_contact(request)
    items = await request.app[DATABASE].read(
        related.list_of_contact,
        target.user_id,
        target.account_id,
        target.contact_id,
        key_accounts(request),
    )
    return object_answer([("items", f"[{','.join(items)}]")])


async def patch_contact(request: web.Request) -> web.Response:
    """Set our name for the contact, and values of fields."""
    changes = cast(ContactChanges, await load_body(request, PATCH_CONTACT))
    return await _changed(
        request,
        request.app[DATABASE].write(contact_changes.change_contact, target_contact(request), changes),
    )


async def add_contact_label(request: web.Request) -> web.Response:
    """Add a shared label to a contact."""
    return await _label(request, adds=True)


async def remove_contact_label(request: web.Request) -> web.Response:
    """Remove a label from a contact."""
    return await _label(request, adds=False)


async def _label(request: web.Request, *, adds: bool) -> web.Response:
    label_id = path_id(request, "label_id")
    return await _changed(
        request,
        request.app[DATABASE].write(
            contact_changes.label_contact, target_contact(request), label_id, adds=adds
        ),
    )


async def merge_contacts(request: web.Request) -> web.Response:
    """Merge another contact of the account into this one: they are the same person."""
    given = await load_body(request, MERGE_CONTACT)
    return await _changed(
        request,
        request.app[DATABASE].write(
            merging.merge_contact, request[ACTOR], target_contact(request), given["contact_id"]
        ),
    )


async def undo_contact_merge(request: web.Request) -> web.Response:
    """Separate this contact from the one that it was merged into."""
    return await _changed(
        request,
        request.app[DATABASE].write(merging.undo_merge, request[ACTOR], target_contact(request)),
    )


async def _changed(request: web.Request, change: Awaitable[ChangedContact]) -> web.Response:
    done = await change
    account_id = path_id(request, "account_id")
    await publish_or_log(request.app[REDIS], account_id, done.pushes, "contact_not_published")
    return object_answer([("contact", done.json)])


def target_contact(request: web.Request) -> ContactTarget:
    """The contact of the path, and who asks for it."""
    return ContactTarget(
        caller(request),
        provider_of(request),
        path_id(request, "account_id"),
        path_id(request, "contact_id"),
    )
