"""Chats: one row per conversation, listed, found or inserted, and moved forward by new messages."""

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple, TypedDict

import orjson
from aiopg import Cursor

from server.store.chats.chat_rows import WantedChat
from server.store.chats.previews import CONTENT, PREVIEW
from server.store.chats.sight import SIGHT, Sight, audience, sees, sight_of
from server.store.db.json_rows import json_of
from server.store.db.prepared import Prepared
from server.text.fold import fold
from server.text.phones import phone_search_forms

# The chat as REST and the socket show it. Direction and status of the last message are read from that message, so that
# a tick changes one row and not two. A direct chat has its contact's newest name as title, or the phone number.
TITLE = r"""
        coalesce(contact.name, c.title, contact.phone, '@' || contact.username,
                 case when c.kind = 'direct' then jid_phone(c.address) end)"""
# Of the newest conversation, and who owns the chat.
STATE = """c.status, c.conversation_id, rfc3339(c.waiting_since) as waiting_since,
        rfc3339(c.snoozed_until) as snoozed_until,
        case when c.assignee_id is not null then (
            select x from (select u.id, u.name from users u where u.id = c.assignee_id) x) end as assignee,
        case when c.team_id is not null then (
            select x from (select t.id, t.name from user_team t where t.id = c.team_id) x) end as team,
        c.state_seq"""
# Half a second after the message or the change that it follows from, at most.
TARGET = """case when c.target_kind is not null then (select x from (select
            c.target_kind as kind, rfc3339(c.target_began_at) as began_at, rfc3339(c.target_at_risk_at) as at_risk_at,
            rfc3339(c.target_due_at) as due_at) x) end"""
CHAT_FIELDS = rf"""
        c.id, c.account_id, c.provider_chat_id, c.kind, {TITLE} as title,
        case when contact.id is not null then (select x from (select
            contact.id, contact.provider_id, contact.name, contact.phone, contact.avatar) x) end as contact,
        rfc3339(c.last_message_at) as last_message_at, {PREVIEW} as last_message_preview, c.last_message_id,
        last.direction as last_message_direction, last.status as last_message_status,
        {CONTENT} as last_message_content,
        {STATE}, c.label_ids as labels, {TARGET} as target,
        c.unread_count, c.read_seq, c.archived, c.pinned, rfc3339(c.muted_until) as muted_until, c.seq,
        rfc3339(c.created_at) as created_at, rfc3339(c.updated_at) as updated_at"""
CHAT_JSON = json_of(CHAT_FIELDS)
# A changed chat, with what a push of it needs.
CHANGED_CHAT = f"c.id, c.account_id, c.seq, {CHAT_JSON}, {audience()}"
# A direct chat's address is one of its contact's aliases.
CONTACT_JOINS = """
    left join channels_contact_alias peer
        on c.kind = 'direct' and peer.account_id = c.account_id and peer.alias = c.address
    left join channels_contact contact on contact.id = peer.contact_id"""
CHAT_JOINS = f"""
    left join channels_message last on last.id = c.last_message_id {CONTACT_JOINS}"""
# The same row by row, for the few chats of a page or of a stored batch: a plan made while the tables were small must
# not read them whole when they have grown (ADR 5). `limit` keeps the planner from turning it into an ordinary join.
LAST_MESSAGE = """
    left join lateral (select l.* from channels_message l where l.id = c.last_message_id limit 1) last on true"""
CHAT_LOOKUPS = f"""
    {LAST_MESSAGE}
    left join lateral (
        select k.* from channels_contact_alias peer join channels_contact k on k.id = peer.contact_id
        where c.kind = 'direct' and peer.account_id = c.account_id and peer.alias = c.address
        limit 1) contact on true"""
# Matches the title or phone number; parameters by `named_like`.
IS_NAMED = """(coalesce(contact.folded, c.folded) like %(named)s::text
    or contact.phone like any(%(phones)s::text[])
    or c.kind = 'direct' and jid_phone(c.address) like any(%(phones)s::text[]))"""
LIKE_SIGNS = re.compile(r"[\\%_]")
PREVIEW_LENGTH = 120


class ChangedChat(NamedTuple):
    """A chat after a change, with what a push of it needs."""

    id: int
    account_id: int
    seq: int
    json: str
    audience: str
    # These are known after `advance_chats` only: whether a planned message waits that the contact's would cancel,
    # whether a message that came in has unarchived the chat, and whether the chat now waits to be handed out.
    has_planned: bool = False
    is_unarchived: bool = False
    is_queued: bool = False


class NamePatterns(TypedDict):
    """The parameters of `IS_NAMED`: `like` patterns of names and of phone numbers."""

    named: str | None
    phones: list[str]


def containing(text: str) -> str:
    """The `like` pattern of texts that contain this one."""
    escaped = LIKE_SIGNS.sub(r"\\\g<0>", text)
    return f"%{escaped}%"


def named_like(text: str) -> NamePatterns:
    """The patterns of names and phone numbers that contain this text."""
    folded = fold(text)
    return {
        "named": containing(folded) if folded else None,
        "phones": [f"{n}%" if n.startswith("+") else f"%{n}%" for n in phone_search_forms(text)],
    }


FETCH_CHAT = f"""
    select {CHAT_JSON}
    from channels_chat c {CHAT_JOINS}
    join channels_account_member u on u.account_id = c.account_id and u.user_id = %(user_id)s
    join channels_account a on a.id = c.account_id and a.provider = %(provider)s
    where c.id = %(chat_id)s and c.account_id = %(account_id)s and {sees()}"""


async def fetch_chat(
    cursor: Cursor, user_id: int, provider: str, account_id: int, chat_id: int
) -> str | None:
    """The chat as JSON; None if it does not exist or is not the user's."""
    await cursor.execute(
        FETCH_CHAT, {"user_id": user_id, "provider": provider, "account_id": account_id, "chat_id": chat_id}
    )
    row = await cursor.fetchone()
    return str(row[0]) if row else None


async def fetch_changed_chats(cursor: Cursor, chat_ids: Collection[int]) -> list[ChangedChat]:
    """These chats as they are pushed, by account and seq. The caller authorises."""
    if not chat_ids:
        return []
    await cursor.execute(
        f"""select {CHANGED_CHAT} from channels_chat c {CHAT_JOINS}
            where c.id = any(%s) order by c.account_id, c.seq""",
        (list(chat_ids),),
    )
    return [ChangedChat(*row) for row in await cursor.fetchall()]


class ReachableChat(NamedTuple):
    """A chat that the user sees, with their role, the account's newest seq, and what they see of the account."""

    id: int
    account_id: int
    provider: str
    role: str
    seq: int
    sight: Sight


# Every socket that opens a chat asks this, and every request about one.
FETCH_REACHABLE_CHAT = Prepared(
    "fetch_reachable_chat",
    f"""
    select c.id, c.account_id, a.provider, m.role, a.seq, {SIGHT} from channels_chat c
    join channels_account a on a.id = c.account_id
    join channels_account_member m on m.account_id = c.account_id and m.user_id = %(user_id)s
    where c.id = %(chat_id)s and {sees(member="m")}""",
)


async def fetch_reachable_chat(cursor: Cursor, user_id: int, chat_id: int) -> ReachableChat | None:
    """None if the chat does not exist or is not the user's."""
    await FETCH_REACHABLE_CHAT.execute(cursor, {"user_id": user_id, "chat_id": chat_id})
    row = await cursor.fetchone()
    if row is None:
        return None
    found, account_id, provider, role, seq, *seen = row
    return ReachableChat(found, account_id, provider, role, seq, sight_of(seen))


# Inserts only missing chats, and only for a message that is not stored yet, so that a duplicate event creates none. The
# account's lock keeps other writers out.
ENSURE_CHATS = Prepared(
    "ensure_chats",
    """
    with wanted as (
        select * from jsonb_to_recordset(%(rows)s::jsonb)
            as x (account_id bigint, provider_chat_id text, address text, kind text, messages text[])
    ), fresh as (
        insert into channels_chat (account_id, provider_chat_id, address, kind, seq)
        select w.account_id, w.provider_chat_id, w.address, w.kind, 0
        from wanted w
        left join channels_chat c using (account_id, provider_chat_id)
        where c.id is null and (w.messages is null or exists (
            select from unnest(w.messages) as message (id)
            where (select m.id from channels_message m
                   where m.account_id = w.account_id and m.provider_msg_id = message.id limit 1) is null))
        on conflict (account_id, provider_chat_id) do nothing
        returning id, account_id, provider_chat_id, kind, address
    )
    select id, account_id, provider_chat_id, true, false, kind, address from fresh
    union all
    select c.id, c.account_id, c.provider_chat_id, false, c.title is not null, c.kind, c.address
    from wanted join channels_chat c using (account_id, provider_chat_id)""",
)


class KnownChat(NamedTuple):
    """A chat that was found or inserted."""

    id: int
    is_new: bool
    is_titled: bool
    kind: str = "direct"
    address: str | None = None


async def ensure_chats(cursor: Cursor, chats: Sequence[WantedChat]) -> dict[tuple[int, str], KnownChat]:
    """Find or insert chats of locked accounts; returns them by (account id, provider chat id). A chat whose `messages`
    are all stored, in another chat, is not inserted.
    """
    await ENSURE_CHATS.execute(cursor, {"rows": orjson.dumps(chats).decode()})
    return {(row[1], row[2]): KnownChat(row[0], *row[3:]) for row in await cursor.fetchall()}
