"""Chats: one row per conversation, listed, found or inserted, and moved forward by new messages."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, TypedDict

import orjson
from aiopg import Cursor

from server.store.chats.chat_rows import ChatAdvance, WantedChat
from server.store.chats.unread_rules import count_unread
from server.store.db.keyset_pages import Page, page_of
from server.store.db.prepared import Prepared
from server.store.db.seq import take_seqs_for
from server.text.fold import fold
from server.text.phones import phone_search_forms

# The chat as REST and the socket show it. Direction and status of the last message are read from that message, so that
# a tick changes one row and not two. A direct chat has its contact's newest name as title, or the phone number.
TITLE = r"""
        coalesce(contact.name, c.title, contact.phone,
                 case when c.kind = 'direct' then jid_phone(c.address) end)"""
# A preview has the newest names of the contacts it mentions.
PREVIEW = """case when strpos(c.last_message_preview, '@') > 0
            then name_mentions(c.account_id, c.last_message_preview) else c.last_message_preview end"""
CHAT_JSON = rf"""
    row_to_json((select x from (select
        c.id, c.account_id, c.provider_chat_id, c.kind, {TITLE} as title,
        case when contact.id is not null then jsonb_build_object('id', contact.id, 'provider_id', contact.provider_id,
            'name', contact.name, 'phone', contact.phone, 'avatar', contact.avatar) end as contact,
        rfc3339(c.last_message_at) as last_message_at, {PREVIEW} as last_message_preview, c.last_message_id,
        last.direction as last_message_direction, last.status as last_message_status,
        c.unread_count, c.archived, c.pinned, rfc3339(c.muted_until) as muted_until, c.seq,
        rfc3339(c.created_at) as created_at, rfc3339(c.updated_at) as updated_at) x))::text"""
# A direct chat's address is one of its contact's aliases.
CHAT_JOINS = """
    left join channels_message last on last.id = c.last_message_id
    left join channels_contact_alias peer
        on c.kind = 'direct' and peer.account_id = c.account_id and peer.alias = c.address
    left join channels_contact contact on contact.id = peer.contact_id"""
# Matches the title or phone number; parameters by `named_like`.
IS_NAMED = """(coalesce(contact.folded, c.folded) like %(named)s::text
    or contact.phone like any(%(phones)s::text[])
    or c.kind = 'direct' and jid_phone(c.address) like any(%(phones)s::text[]))"""
# The same joins row by row, for the few chats of a stored batch: a plan made while the tables were small must not read
# them whole when they have grown (ADR 5). `limit` keeps the planner from turning it into an ordinary join.
LAST_MESSAGE = """
    left join lateral (select l.* from channels_message l where l.id = c.last_message_id limit 1) last on true"""
CHAT_LOOKUPS = f"""
    {LAST_MESSAGE}
    left join lateral (
        select k.* from channels_contact_alias peer join channels_contact k on k.id = peer.contact_id
        where c.kind = 'direct' and peer.account_id = c.account_id and peer.alias = c.address
        limit 1) contact on true"""

LIKE_SIGNS = re.compile(r"[\\%_]")
PREVIEW_LENGTH = 120


class ChangedChat(NamedTuple):
    """A chat after a change, with what a push of it needs."""

    id: int
    account_id: int
    seq: int
    json: str


LIST_CHATS = f"""
    select {CHAT_JSON}, rfc3339(coalesce(c.last_message_at, c.created_at)), c.id
    from channels_chat c {CHAT_JOINS}
    where c.account_id = %(account_id)s {{filter}} {{after}}
        and (%(is_all)s::boolean or {IS_NAMED})
        and exists (select from channels_account_member m join channels_account a on a.id = m.account_id
                    where m.account_id = %(account_id)s and m.user_id = %(user_id)s and a.provider = %(provider)s)
    order by coalesce(c.last_message_at, c.created_at) desc, c.id desc
    limit %(limit)s + 1"""
AFTER_CHAT = (
    "and (coalesce(c.last_message_at, c.created_at), c.id) < (%(after_time)s::timestamptz, %(after_id)s)"
)
# As on a phone that keeps chats archived: a new message does not unarchive a chat. Archived chats are counted apart.
CHAT_FILTERS: Mapping[str | None, str] = {
    None: "and not c.archived",
    "unread": "and c.unread_count > 0 and not c.archived",
    "archived": "and c.archived",
    "groups": "and c.kind = 'group' and not c.archived",
    "pinned": "and c.pinned and not c.archived",
}
# A statement per filter, for the first and for later pages.
LISTS = {
    (chosen, is_later): Prepared(
        f"list_chats_{chosen}_{is_later}",
        LIST_CHATS.format(filter=condition, after=AFTER_CHAT if is_later else ""),
    )
    for chosen, condition in CHAT_FILTERS.items()
    for is_later in (False, True)
}


class NamePatterns(TypedDict):
    """The parameters of `IS_NAMED`: `like` patterns of names and of phone numbers."""

    named: str | None
    phones: list[str]


def named_like(text: str) -> NamePatterns:
    """The patterns of names and phone numbers that contain this text."""
    folded = LIKE_SIGNS.sub(r"\\\g<0>", fold(text))
    return {
        "named": f"%{folded}%" if folded else None,
        "phones": [f"{n}%" if n.startswith("+") else f"%{n}%" for n in phone_search_forms(text)],
    }


ANY_NAME: NamePatterns = {"named": None, "phones": []}


async def list_chats(
    cursor: Cursor,
    user_id: int,
    provider: str,
    account_id: int,
    *,
    limit: int,
    after: tuple[str, int] | None,
    chosen: str | None,
    named: str | None = None,
) -> Page:
    """The account's chats, newest first. Empty also when the account is not the user's: the caller then checks that."""
    after_time, after_id = after or (None, None)
    await LISTS[chosen, after is not None].execute(
        cursor,
        {
            "user_id": user_id,
            "provider": provider,
            "account_id": account_id,
            "limit": limit,
            "after_time": after_time,
            "after_id": after_id,
            "is_all": named is None,
            **(named_like(named) if named else ANY_NAME),
        },
    )
    return page_of(await cursor.fetchall(), limit)


FETCH_CHAT = f"""
    select {CHAT_JSON}
    from channels_chat c {CHAT_JOINS}
    join channels_account_member m on m.account_id = c.account_id and m.user_id = %(user_id)s
    join channels_account a on a.id = c.account_id and a.provider = %(provider)s
    where c.id = %(chat_id)s and c.account_id = %(account_id)s"""


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
        f"""select c.id, c.account_id, c.seq, {CHAT_JSON} from channels_chat c {CHAT_JOINS}
            where c.id = any(%s) order by c.account_id, c.seq""",
        (list(chat_ids),),
    )
    return [ChangedChat(*row) for row in await cursor.fetchall()]


class ReachableChat(NamedTuple):
    """A chat of one of the user's accounts, with their role and the account's newest seq."""

    id: int
    account_id: int
    provider: str
    role: str
    seq: int


async def fetch_reachable_chat(cursor: Cursor, user_id: int, chat_id: int) -> ReachableChat | None:
    """None if the chat does not exist or is not the user's."""
    await cursor.execute(
        """select c.id, c.account_id, a.provider, m.role, a.seq from channels_chat c
           join channels_account a on a.id = c.account_id
           join channels_account_member m on m.account_id = c.account_id and m.user_id = %s
           where c.id = %s""",
        (user_id, chat_id),
    )
    row = await cursor.fetchone()
    return row and ReachableChat(*row)


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


# The newest wins in any order of arrival: the last message by (sent_at, provider id), the title by the time of the
# event that had it. New messages are beyond any read mark, so the unread count rises by them; `recounts` computes it
# instead.
ADVANCE_CHATS = Prepared(
    "advance_chats",
    f"""
    with change as (
        select x.*, row_number() over (partition by x.account_id order by x.chat_id) as n
        from jsonb_to_recordset(%(rows)s::jsonb) as x (
            account_id bigint, chat_id bigint, message_id bigint, sent_at timestamptz, message_key text, preview text,
            title text, titled_at timestamptz, arrived integer, recounts boolean)
    ), {take_seqs_for("change")}, before as materialized (
        select c.id, c.titled_at, coalesce(c.title, '') as title,
            coalesce(last.sent_at, '-infinity') as sent_at, coalesce(last.provider_msg_id, '') as message_key
        from change
        cross join lateral (select t.* from channels_chat t where t.id = change.chat_id limit 1) c {LAST_MESSAGE}
    ), advanced as (
        update channels_chat c set
            last_message_id = case when newer.is_newest then ch.message_id else c.last_message_id end,
            last_message_at = case when newer.is_newest then ch.sent_at else c.last_message_at end,
            last_message_preview = case when newer.is_newest then ch.preview else c.last_message_preview end,
            title = case when newer.is_retitled then ch.title else c.title end,
            titled_at = case when newer.is_retitled then ch.titled_at else c.titled_at end,
            unread_count = case
                when c.marked_unread or ch.recounts and ch.arrived + c.unread_count > 0 then {count_unread()}
                when c.kind = 'channel' then 0 else c.unread_count + ch.arrived end,
            seq = seqs.base + ch.n,
            updated_at = now()
        from change ch
        join seqs on seqs.account_id = ch.account_id
        join before on before.id = ch.chat_id
        cross join lateral (select
            coalesce((ch.sent_at, ch.message_key collate "C") >= (before.sent_at, before.message_key), false)
                as is_newest,
            coalesce((ch.titled_at, ch.title collate "C") > (before.titled_at, before.title), false)
                as is_retitled) newer
        where c.id = ch.chat_id
        returning c.*
    )
    select c.id, c.account_id, c.seq, {CHAT_JSON} from advanced c {CHAT_LOOKUPS} order by c.account_id, c.seq""",
)


async def advance_chats(cursor: Cursor, changes: Sequence[ChatAdvance]) -> list[ChangedChat]:
    """Move chats forward by their new messages, one row and one seq per chat; returns them by account and seq. The
    accounts must be locked.
    """
    await ADVANCE_CHATS.execute(cursor, {"rows": orjson.dumps(changes).decode()})
    return [ChangedChat(*row) for row in await cursor.fetchall()]
