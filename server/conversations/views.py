"""Saved views: who may change them, what they may ask for, and how many chats each has."""

from collections.abc import Collection
from typing import NamedTuple

from aiopg import Cursor

from server.conversations.labels import ChangedItem, Organiser, require_own
from server.errors import ConfabError, NotFound
from server.said.said import said
from server.store.chats.chat_lists import ChatListQuery
from server.store.conversations import labels, view_counts, views
from server.store.conversations.view_counts import ViewCount
from server.store.conversations.views import View, ViewChanges, ViewQuery
from server.store.search import search

AT_MOST = 50
TOO_MANY = said("views_too_many", most=AT_MOST)


class Viewer(NamedTuple):
    """Whose views are counted: a user, without private ones (`viewer_id` 0) for an API key; `only` are the accounts of
    the key.
    """

    user_id: int
    viewer_id: int
    only: Collection[int] | None


async def create_view(
    cursor: Cursor, organiser: Organiser, name: str, query: ViewQuery, *, is_shared: bool
) -> ChangedItem:
    """Create a view; raises conflict if there are too many, invalid for labels that it cannot have."""
    owner_id = None if is_shared else organiser.user_id
    await _require_labels(cursor, organiser.user_id, query, is_shared=is_shared)
    view_id = await views.insert_view(cursor, name, query, owner_id, organiser.user_id, AT_MOST)
    if view_id is None:
        raise ConfabError("conflict", TOO_MANY)
    return ChangedItem(await views.fetch_view_json(cursor, view_id), owner_id)


async def change_view(
    cursor: Cursor, organiser: Organiser, view_id: int, changes: ViewChanges
) -> ChangedItem:
    """Rename a view, replace its query, or move it; raises NotFound, forbidden or invalid."""
    view = await _require_view(cursor, organiser, view_id)
    if "query" in changes:
        is_shared = view.owner_id is None
        await _require_labels(cursor, organiser.user_id, changes["query"], is_shared=is_shared)
    await views.change_view(cursor, view, changes)
    return ChangedItem(await views.fetch_view_json(cursor, view_id), view.owner_id)


async def delete_view(cursor: Cursor, organiser: Organiser, view_id: int) -> int | None:
    """Delete a view and return its owner, None for a shared one; raises NotFound or forbidden."""
    view = await _require_view(cursor, organiser, view_id)
    await views.delete_view(cursor, view_id)
    return view.owner_id


async def count_views(cursor: Cursor, viewer: Viewer) -> dict[int, ViewCount]:
    """The chats in each view that the viewer sees, by view id, all from one snapshot."""
    accounts = set(await search.list_accounts(cursor, viewer.user_id))
    if viewer.only is not None:
        accounts &= set(viewer.only)
    all_seen = not await view_counts.is_restricted(cursor, viewer.user_id)
    return {
        view.id: await view_counts.count_chats(
            cursor,
            viewer.user_id,
            list_query(view.query, viewer),
            sorted(_of_view(view.query, accounts)),
            all_seen=all_seen,
        )
        for view in await views.list_queries(cursor, viewer.viewer_id)
    }


def list_query(query: ViewQuery, viewer: Viewer) -> ChatListQuery:
    """The query of the list of chats that a view stands for."""
    words = {"me": viewer.user_id, "none": 0}
    owner = query["assignee"]
    assignee_id = None if owner is None else words[owner] if owner in words else int(owner)
    return ChatListQuery(
        query["filter"],
        query["status"],
        assignee_id,
        query["team_id"],
        query["sort"],
        None,
        tuple(query["labels"]),
        viewer.viewer_id,
        query["waiting_minutes"],
        query["mentioned"] is not None,
        query["target"],
    )


def _of_view(query: ViewQuery, accounts: Collection[int]) -> set[int]:
    wanted = query["account_ids"]
    return set(accounts) & set(wanted) if wanted else set(accounts)


async def _require_view(cursor: Cursor, organiser: Organiser, view_id: int) -> View:
    view = await views.lock_view(cursor, organiser.user_id, view_id)
    if view is None:
        raise NotFound
    require_own(organiser, view.owner_id, view.created_by)
    return view


async def _require_labels(cursor: Cursor, user_id: int, query: ViewQuery, *, is_shared: bool) -> None:
    """Raise invalid unless all labels exist, and are shared where the view is: it must not show private ones."""
    wanted = set(query["labels"])
    found = await labels.list_visible(cursor, user_id, wanted)
    if wanted - found.keys() or (is_shared and not all(found.values())):
        raise ConfabError("invalid", fields={"query": {"labels": [said("label_private")]}})
