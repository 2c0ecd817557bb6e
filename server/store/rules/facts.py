"""What the conditions and actions of rules ask of chats and events: each a statement for all of them."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from aiopg import Cursor

from server.store.chats.chats import CHAT_JOINS
from server.store.conversations.chat_states import STATE_COLUMNS, ChatState

MAX_TEXT = 10_000


class ChatFacts(NamedTuple):
    """A chat of a locked account: its state, shared labels, and whether its contact wrote for the first time."""

    state: ChatState
    label_ids: frozenset[int]
    is_new: bool


# New: the first conversation `v` of the chat `c`, and nothing in it is older. The oldest message says so.
IS_NEW = """(v.follows_id is null and not coalesce((
        select m.is_history or m.inserted_seq < v.opened_seq from channels_message m
        where m.chat_id = c.id and not m.is_event order by m.sent_at, m.id limit 1), false))"""
LIST_FACTS = f"""
    select {STATE_COLUMNS}, c.label_ids, {IS_NEW}
    from channels_chat c left join channels_conversation v on v.id = c.conversation_id
    where c.account_id = %s and c.id = any(%s)"""


async def list_facts(cursor: Cursor, account_id: int, chat_ids: Collection[int]) -> dict[int, ChatFacts]:
    """Those of these chats that exist in the account, by id."""
    await cursor.execute(LIST_FACTS, (account_id, list(chat_ids)))
    return {
        row[0]: ChatFacts(ChatState(*row[:-2]), frozenset(row[-2]), row[-1])
        for row in await cursor.fetchall()
    }


async def list_texts(cursor: Cursor, message_ids: Collection[int]) -> dict[int, str]:
    """The texts of messages, as far as conditions read them; without deleted ones."""
    await cursor.execute(
        "select id, left(coalesce(body, ''), %s) from channels_message where id = any(%s) and deleted_at is null",
        (MAX_TEXT, list(message_ids)),
    )
    return dict(await cursor.fetchall())


async def list_openers(cursor: Cursor, seqs: Mapping[int, int]) -> set[int]:
    """Those of these messages (id: seq of arrival) with which a conversation of their chat began."""
    await cursor.execute(
        """select m.id from unnest(%s::bigint[], %s::bigint[]) as x (id, seq) join channels_message m on m.id = x.id
           where exists (select from channels_conversation v where v.chat_id = m.chat_id
               and case when m.direction = 'in' then v.opened_by = 'contact' and v.opened_seq = x.seq
                   else v.opened_by <> 'contact' and v.opened_seq >= x.seq and not exists (
                       select from channels_message k where k.chat_id = m.chat_id and k.account_id = m.account_id
                           and k.seq > x.seq and k.inserted_seq > x.seq and k.inserted_seq <= v.opened_seq) end)""",
        (list(seqs), list(seqs.values())),
    )
    return {row[0] for row in await cursor.fetchall()}


async def list_snoozed_by_rules(cursor: Cursor, activity_ids: Collection[int]) -> set[int]:
    """Those of these activities before which a rule had snoozed the chat, and no user after it."""
    await cursor.execute(
        """select y.id from channels_activity y cross join lateral (
               select s.actor_kind from channels_activity s
               where s.chat_id = y.chat_id and s.kind = 'snoozed' and s.id < y.id
               order by s.at desc, s.id desc limit 1) s
           where y.id = any(%s) and s.actor_kind = 'rule'""",
        (list(activity_ids),),
    )
    return {row[0] for row in await cursor.fetchall()}


class ReplyFile(NamedTuple):
    """A file of a canned reply: its blob, and what the app shows of it."""

    sha256: str
    attachment: dict[str, object]


class SharedReply(NamedTuple):
    """A canned reply that all users may send."""

    text: str
    files: list[ReplyFile]


async def fetch_shared_reply(cursor: Cursor, reply_id: int) -> SharedReply | None:
    """None if there is none that is shared."""
    await cursor.execute(
        """select r.body, coalesce((select jsonb_agg(jsonb_build_array(f.sha256, f.attachment)
               order by f.added_at, f.file_id) from canned_reply_file f where f.reply_id = r.id), '[]')
           from canned_reply r where r.id = %s and r.owner_id is null""",
        (reply_id,),
    )
    row = await cursor.fetchone()
    return row and SharedReply(row[0], [ReplyFile(*file) for file in row[1]])


class ReplyValues(NamedTuple):
    """What the variables of a canned reply stand for in a chat."""

    contact_name: str | None
    contact_phone: str | None
    account_name: str | None


async def fetch_values(cursor: Cursor, chat_id: int) -> ReplyValues:
    """The values of an existing chat; a group has no contact."""
    await cursor.execute(
        f"""select contact.name, contact.phone, a.name from channels_chat c
            join channels_account a on a.id = c.account_id {CHAT_JOINS} where c.id = %s""",
        (chat_id,),
    )
    return ReplyValues(*await cursor.fetchone())


class KnownTargets(NamedTuple):
    """What of the named rows exists, for who writes actions and conditions."""

    labels: set[int]
    teams: set[int]
    replies: set[int]
    users: set[int]


async def list_targets(
    cursor: Cursor,
    labels: Collection[int],
    teams: Collection[int],
    replies: Collection[int],
    users: Collection[int],
) -> KnownTargets:
    """Shared labels, teams, shared canned replies and active users with these ids."""
    await cursor.execute(
        """select array(select id from label where id = any(%(labels)s) and deleted_at is null and owner_id is null),
               array(select id from user_team where id = any(%(teams)s)),
               array(select id from canned_reply where id = any(%(replies)s) and owner_id is null),
               array(select id from users where id = any(%(users)s) and is_active)""",
        {"labels": list(labels), "teams": list(teams), "replies": list(replies), "users": list(users)},
    )
    return KnownTargets(*map(set, await cursor.fetchone()))


async def is_away(cursor: Cursor, user_id: int) -> bool:
    await cursor.execute(
        "select exists (select from users where id = %s and away_since is not null)", (user_id,)
    )
    return bool((await cursor.fetchone())[0])


class NewestEvent(NamedTuple):
    """The newest event of a kind in a chat, to try a rule with."""

    message_id: int | None
    at: str
    label_id: int | None


# By the event of the rule; time rules and what has no row of its own are tried with the chat as it is.
NEWEST_MESSAGE = """
    select m.id, rfc3339(m.sent_at), null::bigint from channels_message m
    where m.chat_id = %(chat_id)s and not m.is_event and not m.is_history and m.deleted_at is null and {which}
    order by m.sent_at desc, m.id desc limit 1"""
NEWEST_ACTIVITY = """
    select null::bigint, rfc3339(y.at), (y.details ->> 'label_id')::bigint from channels_activity y
    where y.chat_id = %(chat_id)s and y.kind = %(event)s order by y.at desc, y.id desc limit 1"""
NEWEST = {
    "message_in": NEWEST_MESSAGE.format(which="m.direction = 'in'"),
    "message_out": NEWEST_MESSAGE.format(
        which="m.direction = 'out' and m.author_kind is distinct from 'rule'"
    ),
    "send_failed": NEWEST_MESSAGE.format(which="m.status = 'failed'"),
    # A conversation begins with the contact's message, or with none that has a text to be tested.
    "opened": NEWEST_MESSAGE.format(
        which="""m.direction = 'in' and m.inserted_seq = (select v.opened_seq from channels_conversation v
            where v.chat_id = %(chat_id)s order by v.id desc limit 1)"""
    ),
}


async def fetch_newest(cursor: Cursor, chat_id: int, event: str) -> NewestEvent | None:
    """The chat's newest event of this kind; None if there is none."""
    await cursor.execute(NEWEST.get(event, NEWEST_ACTIVITY), {"chat_id": chat_id, "event": event})
    row = await cursor.fetchone()
    return row and NewestEvent(*row)
