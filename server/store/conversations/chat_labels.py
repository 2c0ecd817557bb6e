"""Labels on chats: added and removed, with an activity and a seq where the label is shared."""

from collections.abc import Collection
from typing import NamedTuple

from aiopg import Cursor

from server.store.chats.chats import CHANGED_CHAT, CHAT_LOOKUPS, ChangedChat
from server.store.chats.sight import audience, sees
from server.store.conversations.activities import ACTIVITY_JSON, StoredActivity
from server.store.conversations.chat_states import ChangedStates
from server.store.conversations.labels import Label
from server.store.db.keyset_pages import Page, page_of
from server.store.db.seq import take_seqs_for


class Labelling(NamedTuple):
    """A label to add to chats of a locked account, or to remove from them; who does it."""

    account_id: int
    label: Label
    adds: bool
    actor_kind: str
    actor_id: int


LABEL_CHATS = f"""
    with wanted as (
        select c.id as chat_id, c.account_id, c.archived, row_number() over (order by c.id) as n
        from channels_chat c
        where c.account_id = %(account_id)s and c.id = any(%(chat_ids)s)
            and (%(label_id)s = any(c.label_ids)) <> %(adds)s
    ), rows as (
        select account_id from wanted cross join generate_series(1, 2)
    ), {take_seqs_for("rows")}, added as (
        insert into channels_chat_label (chat_id, label_id, account_id, archived, added_by)
        select w.chat_id, %(label_id)s, w.account_id, w.archived, %(added_by)s from wanted w where %(adds)s
    ), removed as (
        delete from channels_chat_label x using wanted w
        where not %(adds)s and x.chat_id = w.chat_id and x.label_id = %(label_id)s
    ), changed as (
        update channels_chat c set seq = seqs.base + 2 * w.n - 1, updated_at = now(),
            label_ids = case when %(adds)s then array_append(c.label_ids, %(label_id)s::bigint)
                else array_remove(c.label_ids, %(label_id)s::bigint) end
        from wanted w join seqs on seqs.account_id = w.account_id
        where c.id = w.chat_id
        returning c.*
    ), y as (
        insert into channels_activity (account_id, chat_id, seq, kind, actor_kind, actor_id, details)
        select w.account_id, w.chat_id, seqs.base + 2 * w.n,
            case when %(adds)s then 'labelled' else 'unlabelled' end, %(actor_kind)s, %(actor_id)s,
            jsonb_build_object('label_id', %(label_id)s)
        from wanted w join seqs on seqs.account_id = w.account_id
        returning *
    )
    select true, {CHANGED_CHAT} from changed c {CHAT_LOOKUPS}
    union all
    select false, y.chat_id, y.account_id, y.seq, {ACTIVITY_JSON}, {audience()}
    from y join changed c on c.id = y.chat_id
    order by 3, 4"""
# Only its owner sees it: no seq, no activity.
LABEL_PRIVATELY = """
    insert into channels_chat_label (chat_id, label_id, account_id, owner_id, archived, added_by)
    select c.id, %(label_id)s, c.account_id, %(owner_id)s, c.archived, %(added_by)s from channels_chat c
    where c.account_id = %(account_id)s and c.id = any(%(chat_ids)s)
    on conflict (chat_id, label_id) do nothing returning chat_id"""
UNLABEL_PRIVATELY = """
    delete from channels_chat_label x where x.label_id = %(label_id)s and x.chat_id = any(%(chat_ids)s)
        and x.account_id = %(account_id)s returning chat_id"""


async def label_chats(cursor: Cursor, labelling: Labelling, chat_ids: Collection[int]) -> ChangedStates:
    """Add or remove a shared label; returns the chats that changed, and their activities."""
    await cursor.execute(LABEL_CHATS, _values(labelling, chat_ids))
    found = await cursor.fetchall()
    return ChangedStates(
        [ChangedChat(*row[1:]) for row in found if row[0]],
        [StoredActivity(row[2], row[1], *row[3:]) for row in found if not row[0]],
    )


async def label_privately(cursor: Cursor, labelling: Labelling, chat_ids: Collection[int]) -> list[int]:
    """The same for a private label; returns the ids of the chats that got or lost it."""
    statement = LABEL_PRIVATELY if labelling.adds else UNLABEL_PRIVATELY
    await cursor.execute(statement, _values(labelling, chat_ids))
    return [row[0] for row in await cursor.fetchall()]


def _values(labelling: Labelling, chat_ids: Collection[int]) -> dict[str, object]:
    return {
        "account_id": labelling.account_id,
        "label_id": labelling.label.id,
        "owner_id": labelling.label.owner_id,
        "adds": labelling.adds,
        "actor_kind": labelling.actor_kind,
        "actor_id": labelling.actor_id,
        "added_by": labelling.actor_id if labelling.actor_kind == "user" else None,
        "chat_ids": list(chat_ids),
    }


PRIVATE_LABELS = f"""
    select row_to_json((select x from (select p.account_id, p.chat_id,
            json_agg(p.label_id order by p.added_at, p.label_id) as labels) x))::text, '', p.chat_id
    from channels_chat_label p join channels_chat c on c.id = p.chat_id
    join channels_account_member u on u.account_id = p.account_id and u.user_id = p.owner_id
    where {sees()} and p.owner_id = %(user_id)s and p.chat_id > %(after)s
    group by p.account_id, p.chat_id order by p.chat_id limit %(limit)s + 1"""


async def list_private(cursor: Cursor, user_id: int, *, limit: int, after: int) -> Page:
    """The chats with private labels of the user, by id."""
    await cursor.execute(PRIVATE_LABELS, {"user_id": user_id, "limit": limit, "after": after})
    return page_of(await cursor.fetchall(), limit)


async def list_private_of(cursor: Cursor, user_id: int, chat_id: int) -> list[int]:
    """The ids of the user's private labels on a chat."""
    await cursor.execute(
        """select p.label_id from channels_chat_label p
           where p.owner_id = %s and p.chat_id = %s order by p.added_at, p.label_id""",
        (user_id, chat_id),
    )
    return [row[0] for row in await cursor.fetchall()]
