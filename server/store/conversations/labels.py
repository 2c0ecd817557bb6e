"""Labels: shared by all users, or private to one; created, changed, deleted, and listed with their counts."""

from collections.abc import Collection
from typing import NamedTuple, TypedDict

import psycopg2
from aiopg import Cursor

from server.errors import ConfabError
from server.said.said import said
from server.store.chats.chats import CHANGED_CHAT, CHAT_LOOKUPS, ChangedChat
from server.store.chats.sight import owns
from server.store.db.seq import take_seqs_for

# The counters, and the chats themselves where the user is restricted to some of them: `is_restricted_anywhere` is asked
# once, before any of these chats is read.
LABEL_COUNTS = f"""
    select n.account_id, n.chats from channels_label_count n
    join channels_account_member u on u.account_id = n.account_id and u.user_id = %(user_id)s and not u.is_restricted
    where n.label_id = l.id and n.chats > 0
    union all
    select x.account_id, count(*) from channels_chat_label x join channels_chat c on c.id = x.chat_id
    join channels_account_member u on u.account_id = x.account_id and u.user_id = %(user_id)s and u.is_restricted
    where (select bool_or(m.is_restricted) as is_restricted_anywhere from channels_account_member m
           where m.user_id = %(user_id)s)
        and x.label_id = l.id and not x.archived and {owns("c")} group by x.account_id"""
LABEL_JSON = f"""
    row_to_json((select x from (select l.id, l.name, l.colour, l.owner_id is null as shared, l.created_by,
        coalesce((select json_agg(json_build_object('account_id', n.account_id, 'chats', n.chats)
                                  order by n.account_id)
                  from ({LABEL_COUNTS}) n), '[]') as counts,
        rfc3339(l.created_at) as created_at) x))::text"""
NAME_TAKEN = said("label_name_taken")


class Label(NamedTuple):
    """A label that is not deleted; `owner_id` is None for a shared one."""

    id: int
    owner_id: int | None
    created_by: int | None


class LabelChanges(TypedDict, total=False):
    """What to change of a label; what is absent stays."""

    name: str
    colour: str


async def list_labels(cursor: Cursor, user_id: int, viewer_id: int) -> list[str]:
    """The shared labels and those of `viewer_id`, as JSON, by name, with the counts in the user's accounts."""
    await cursor.execute(
        f"""select {LABEL_JSON} from label l
            where l.deleted_at is null and (l.owner_id is null or l.owner_id = %(viewer_id)s)
            order by lower(l.name), l.id""",
        {"user_id": user_id, "viewer_id": viewer_id},
    )
    return [str(row[0]) for row in await cursor.fetchall()]


async def fetch_label_json(cursor: Cursor, user_id: int, label_id: int) -> str:
    """An existing label as JSON. The caller authorises."""
    values = {"user_id": user_id, "id": label_id}
    await cursor.execute(f"select {LABEL_JSON} from label l where l.id = %(id)s", values)
    return str((await cursor.fetchone())[0])


async def lock_label(
    cursor: Cursor, viewer_id: int, label_id: int, *, for_update: bool = False
) -> Label | None:
    """A shared label or one of `viewer_id`, kept from being deleted; None if there is none."""
    await cursor.execute(
        f"""select l.id, l.owner_id, l.created_by from label l
            where l.id = %s and l.deleted_at is null and (l.owner_id is null or l.owner_id = %s)
            for {"update" if for_update else "share"}""",
        (label_id, viewer_id),
    )
    row = await cursor.fetchone()
    return row and Label(*row)


async def lock_shared(cursor: Cursor, label_id: int) -> Label | None:
    """A shared label, kept from being deleted, for who has locked an account before: None also if it is just being
    deleted, as waiting for that would be a deadlock.
    """
    await cursor.execute(
        """select l.id, l.owner_id, l.created_by from label l
           where l.id = %s and l.deleted_at is null and l.owner_id is null for share skip locked""",
        (label_id,),
    )
    row = await cursor.fetchone()
    return row and Label(*row)


async def list_visible(cursor: Cursor, viewer_id: int, label_ids: Collection[int]) -> dict[int, bool]:
    """Those of these labels that are shared or of `viewer_id`, and whether they are shared."""
    await cursor.execute(
        """select l.id, l.owner_id is null from label l
           where l.id = any(%s) and l.deleted_at is null and (l.owner_id is null or l.owner_id = %s)""",
        (list(label_ids), viewer_id),
    )
    return dict(await cursor.fetchall())


async def insert_label(cursor: Cursor, name: str, colour: str, owner_id: int | None, created_by: int) -> int:
    """Insert a label and return its id; raises conflict if its owner, or for a shared one the team, has that name."""
    try:
        await cursor.execute(
            "insert into label (name, colour, owner_id, created_by) values (%s, %s, %s, %s) returning id",
            (name, colour, owner_id, created_by),
        )
    except psycopg2.errors.UniqueViolation as error:
        raise ConfabError("conflict", NAME_TAKEN) from error
    return int((await cursor.fetchone())[0])


async def change_label(cursor: Cursor, label_id: int, changes: LabelChanges) -> None:
    """Rename or recolour a label; raises conflict if the name is taken."""
    try:
        await cursor.execute(
            """update label set name = coalesce(%(name)s, name), colour = coalesce(%(colour)s, colour),
                   updated_at = now() where id = %(id)s""",
            {"id": label_id, "name": changes.get("name"), "colour": changes.get("colour")},
        )
    except psycopg2.errors.UniqueViolation as error:
        raise ConfabError("conflict", NAME_TAKEN) from error


# The accounts are locked in the order of their ids, as everywhere.
LOCK_ACCOUNTS = """
    select a.id from channels_account a
    where a.id in (select x.account_id from channels_chat_label x where x.label_id = %s)
    order by a.id for no key update"""
DROP_LABEL = f"""
    with wanted as (
        select c.id as chat_id, c.account_id, row_number() over (partition by c.account_id order by c.id) as n
        from channels_chat_label x join channels_chat c on c.id = x.chat_id
        where x.label_id = %(label_id)s and x.owner_id is null
    ), {take_seqs_for("wanted")}, changed as (
        update channels_chat c set label_ids = array_remove(c.label_ids, %(label_id)s),
            seq = seqs.base + w.n, updated_at = now()
        from wanted w join seqs on seqs.account_id = w.account_id
        where c.id = w.chat_id
        returning c.*
    )
    select {CHANGED_CHAT} from changed c {CHAT_LOOKUPS} order by c.account_id, c.seq"""


async def delete_label(cursor: Cursor, label_id: int) -> list[ChangedChat]:
    """Delete a locked label; returns the chats that had a shared one, by account and seq. Activities keep its name."""
    await cursor.execute(LOCK_ACCOUNTS, (label_id,))
    await cursor.execute(DROP_LABEL, {"label_id": label_id})
    changed = [ChangedChat(*row) for row in await cursor.fetchall()]
    for statement in (
        "delete from channels_chat_label where label_id = %s",
        "delete from channels_label_count where label_id = %s",
        "update label set deleted_at = now(), updated_at = now() where id = %s",
    ):
        await cursor.execute(statement, (label_id,))
    return changed
