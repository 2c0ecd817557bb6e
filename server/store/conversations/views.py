"""Saved views: filters of the list of chats, shared by all users or private to one, in the order that was chosen."""

from typing import NamedTuple, TypedDict

import orjson
from aiopg import Cursor

VIEW_JSON = """
    row_to_json((select x from (select v.id, v.name, v.query, v.owner_id is null as shared, v.created_by, v.position,
        rfc3339(v.created_at) as created_at) x))::text"""


class ViewQuery(TypedDict):
    """What a view lists: the parameters of the list of chats, and the accounts, none meaning all."""

    filter: str | None
    status: str | None
    assignee: str | None
    team_id: int | None
    labels: list[int]
    account_ids: list[int]
    mentioned: str | None
    waiting_minutes: int | None
    target: str | None
    sort: str


class View(NamedTuple):
    """A view; `owner_id` is None for a shared one."""

    id: int
    owner_id: int | None
    created_by: int | None
    query: ViewQuery


class ViewChanges(TypedDict, total=False):
    """What to change of a view; what is absent stays. `position` is its place among those of its owner, from 0."""

    name: str
    query: ViewQuery
    position: int


async def list_views(cursor: Cursor, viewer_id: int) -> list[str]:
    """The shared views and those of `viewer_id`, as JSON: shared ones first, each kind in its order."""
    await cursor.execute(
        f"""select {VIEW_JSON} from saved_view v where v.owner_id is null or v.owner_id = %s
            order by v.owner_id nulls first, v.position, v.id""",
        (viewer_id,),
    )
    return [str(row[0]) for row in await cursor.fetchall()]


async def list_queries(cursor: Cursor, viewer_id: int) -> list[View]:
    """The same views with their queries."""
    await cursor.execute(
        """select v.id, v.owner_id, v.created_by, v.query from saved_view v
           where v.owner_id is null or v.owner_id = %s order by v.id""",
        (viewer_id,),
    )
    return [View(*row) for row in await cursor.fetchall()]


async def fetch_view_json(cursor: Cursor, view_id: int) -> str:
    """An existing view as JSON. The caller authorises."""
    await cursor.execute(f"select {VIEW_JSON} from saved_view v where v.id = %s", (view_id,))
    return str((await cursor.fetchone())[0])


async def lock_view(cursor: Cursor, viewer_id: int, view_id: int) -> View | None:
    """A shared view or one of `viewer_id`; None if there is none."""
    await cursor.execute(
        """select v.id, v.owner_id, v.created_by, v.query from saved_view v
           where v.id = %s and (v.owner_id is null or v.owner_id = %s) for update""",
        (view_id, viewer_id),
    )
    row = await cursor.fetchone()
    return row and View(*row)


async def insert_view(
    cursor: Cursor,
    name: str,
    query: ViewQuery,
    owner_id: int | None,
    created_by: int,
    at_most: int,
) -> int | None:
    """Insert a view after the others of its owner, and return its id; None if there are `at_most` already."""
    await cursor.execute("select pg_advisory_xact_lock(hashtext('saved_view'), %s)", (owner_id or 0,))
    await cursor.execute(
        """insert into saved_view (name, query, position, owner_id, created_by)
           select %(name)s, %(query)s::jsonb, coalesce(max(v.position) + 1, 0), %(owner_id)s, %(created_by)s
           from saved_view v where v.owner_id is not distinct from %(owner_id)s::bigint
           having count(*) < %(at_most)s
           returning id""",
        {
            "name": name,
            "query": orjson.dumps(query).decode(),
            "owner_id": owner_id,
            "created_by": created_by,
            "at_most": at_most,
        },
    )
    row = await cursor.fetchone()
    return None if row is None else int(row[0])


async def change_view(cursor: Cursor, view: View, changes: ViewChanges) -> None:
    """Rename a locked view, replace its query, or move it."""
    query = changes.get("query")
    await cursor.execute(
        """update saved_view set name = coalesce(%(name)s, name), query = coalesce(%(query)s::jsonb, query),
               updated_at = now() where id = %(id)s""",
        {
            "id": view.id,
            "name": changes.get("name"),
            "query": None if query is None else orjson.dumps(query).decode(),
        },
    )
    if "position" in changes:
        await _move(cursor, view, changes["position"])


async def _move(cursor: Cursor, view: View, position: int) -> None:
    await cursor.execute("select pg_advisory_xact_lock(hashtext('saved_view'), %s)", (view.owner_id or 0,))
    await cursor.execute(
        """select v.id from saved_view v where v.owner_id is not distinct from %s and v.id <> %s
           order by v.position, v.id""",
        (view.owner_id, view.id),
    )
    ids = [row[0] for row in await cursor.fetchall()]
    ids.insert(position, view.id)
    await cursor.execute(
        """update saved_view v set position = x.n - 1
           from unnest(%s::bigint[]) with ordinality as x (id, n) where v.id = x.id and v.position <> x.n - 1""",
        (ids,),
    )


async def delete_view(cursor: Cursor, view_id: int) -> None:
    await cursor.execute("delete from saved_view where id = %s", (view_id,))
