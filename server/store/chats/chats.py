"""Chats: one row a conversation, its place in the list, and what in it is unread."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, TypedDict

import orjson
from aiopg import Cursor

from server.store.chats.rows import ChatAdvance, WantedChat
from server.store.chats.unread_rules import count_unread
from server.store.db.pages import Page, page_of
from server.store.db.prepared import Prepared
from server.store.db.seq import take_seqs_for
from server.text.fold import fold
from server.text.phones import phone_search_forms

# The chat as docs/api.md shows it. Direction and status of the last message are read from that message,
# so that a tick changes one row and not two. A direct chat goes by its person's newest name; a person without a name
# goes by their number, when it is known.
TITLE = r"""
        coalesce(person.name, c.title, person.phone,
                 case when c.kind = 'direct' then jid_phone(c.address) end)"""
# A preview names those whom it mentions by their newest names, as everything else does.
PREVIEW = """case when strpos(c.last_message_preview, '@') > 0
            then name_mentions(c.account_id, c.last_message_preview) else c.last_message_preview end"""
CHAT_JSON = rf"""
    row_to_json((select shape from (select
        c.id, c.account_id, c.provider_chat_id, c.kind, {TITLE} as title,
        case when person.id is not null then jsonb_build_object('id', person.id, 'provider_id', person.provider_id,
            'name', person.name, 'phone', person.phone, 'avatar', person.avatar) end as contact,
        rfc3339(c.last_message_at) as last_message_at, {PREVIEW} as last_message_preview, c.last_message_id,
        last.direction as last_message_direction, last.status as last_message_status,
        c.unread_count, c.archived, c.pinned, rfc3339(c.muted_until) as muted_until, c.seq,
        rfc3339(c.created_at) as created_at, rfc3339(c.updated_at) as updated_at) shape))::text"""
# A direct chat's address is one of the names its person goes by.
CHAT_JOINS = """
    left join channels_message last on last.id = c.last_message_id
    left join channels_contact_alias peer
        on c.kind = 'direct' and peer.account_id = c.account_id and peer.alias = c.address
    left join channels_contact person on person.id = peer.contact_id"""
# Whose name, or number, is looked for: see `named_like`.
IS_NAMED = """(coalesce(person.folded, c.folded) like %(named)s::text
    or person.phone like any(%(numbers)s::text[])
    or c.kind = 'direct' and jid_phone(c.address) like any(%(numbers)s::text[]))"""
# The same row by row, for the few chats of a stored batch: what a statement planned while its tables were young must
# not read them whole when they have grown. `limit` keeps the planner from making an ordinary join of it.
LAST_MESSAGE = """
    left join lateral (select l.* from channels_message l where l.id = c.last_message_id limit 1) last on true"""
CHAT_LOOKUPS = f"""
    {LAST_MESSAGE}
    left join lateral (
        select k.* from channels_contact_alias peer join channels_contact k on k.id = peer.contact_id
        where c.kind = 'direct' and peer.account_id = c.account_id and peer.alias = c.address limit 1) person on true"""

LIKE_SIGNS = re.compile(r"[\\%_]")
PREVIEW_LENGTH = 120


class ChangedChat(NamedTuple):
    """A chat after a change: what is pushed, and to whom."""

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
# As on a phone that keeps chats archived: what comes in does not bring a chat back. It is counted apart (store/unread).
CHAT_FILTERS: Mapping[str | None, str] = {
    None: "and not c.archived",
    "unread": "and c.unread_count > 0 and not c.archived",
    "archived": "and c.archived",
    "groups": "and c.kind = 'group' and not c.archived",
    "pinned": "and c.pinned and not c.archived",
}
# Every combination of filter and first or later page is a statement of its own.
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
    numbers: list[str]


def named_like(text: str) -> NamePatterns:
    """The patterns of names, and of numbers, that hold this text; none when it says nothing."""
    folded = LIKE_SIGNS.sub(r"\\\g<0>", fold(text))
    return {
        "named": f"%{folded}%" if folded else None,
        "numbers": [f"{n}%" if n.startswith("+") else f"%{n}%" for n in phone_search_forms(text)],
    }


ANY_NAME: NamePatterns = {"named": None, "numbers": []}


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
    """Newest first; empty also when the account is not the user's, which the caller tells apart only then."""
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
    """The chat as JSON, or None when it is absent or not the user's."""
    await cursor.execute(
        FETCH_CHAT, {"user_id": user_id, "provider": provider, "account_id": account_id, "chat_id": chat_id}
    )
    row = await cursor.fetchone()
    return str(row[0]) if row else None


async def fetch_changed_chats(cursor: Cursor, chat_ids: Collection[int]) -> list[ChangedChat]:
    """These chats as they are pushed. Authorising is the caller's."""
    if not chat_ids:
        return []
    await cursor.execute(
        f"""select c.id, c.account_id, c.seq, {CHAT_JSON} from channels_chat c {CHAT_JOINS}
            where c.id = any(%s) order by c.account_id, c.seq""",
        (list(chat_ids),),
    )
    return [ChangedChat(*row) for row in await cursor.fetchall()]


class ReachableChat(NamedTuple):
    """A chat the user may act on."""

    id: int
    account_id: int
    provider: str
    role: str
    seq: int


async def fetch_reachable_chat(cursor: Cursor, user_id: int, chat_id: int) -> ReachableChat | None:
    """The chat with the caller's role in its account and the account's newest seq; None for absent and foreign."""
    await cursor.execute(
        """select c.id, c.account_id, a.provider, m.role, a.seq from channels_chat c
           join channels_account a on a.id = c.account_id
           join channels_account_member m on m.account_id = c.account_id and m.user_id = %s
           where c.id = %s""",
        (user_id, chat_id),
    )
    row = await cursor.fetchone()
    return row and ReachableChat(*row)


# Only chats that are missing are written, and those only for a message that is not here yet: a duplicate makes none.
# The account's lock keeps a second writer out meanwhile.
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
            select from unnest(w.messages) as told (id)
            where (select m.id from channels_message m
                   where m.account_id = w.account_id and m.provider_msg_id = told.id limit 1) is null))
        on conflict (account_id, provider_chat_id) do nothing
        returning id, account_id, provider_chat_id, kind, address
    )
    select id, account_id, provider_chat_id, true, false, kind, address from fresh
    union all
    select c.id, c.account_id, c.provider_chat_id, false, c.title is not null, c.kind, c.address
    from wanted join channels_chat c using (account_id, provider_chat_id)""",
)


class KnownChat(NamedTuple):
    id: int
    is_new: bool
    is_titled: bool
    kind: str = "direct"
    address: str | None = None


async def ensure_chats(cursor: Cursor, chats: Sequence[WantedChat]) -> dict[tuple[int, str], KnownChat]:
    """Find or insert the chats of locked accounts, by (account id, provider chat id). One of which all `messages` are
    here, in another chat, is not inserted.
    """
    await ENSURE_CHATS.execute(cursor, {"rows": orjson.dumps(chats).decode()})
    return {(row[1], row[2]): KnownChat(row[0], *row[3:]) for row in await cursor.fetchall()}


# Newest wins in any order of arrival: the last message by (sent_at, provider id), the title by the time it was
# used. What arrives is beyond any read mark: the count goes up by it, and is counted anew where more happened.
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
            unread_count = case when ch.recounts or c.marked_unread then {count_unread()}
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
    """Apply what a batch means for its chats, one row and one seq each; the accounts must be locked."""
    await ADVANCE_CHATS.execute(cursor, {"rows": orjson.dumps(changes).decode()})
    return [ChangedChat(*row) for row in await cursor.fetchall()]
