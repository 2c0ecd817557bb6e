"""Drafts: what a person is writing in a chat, in their own feed, and while it is shared also in the account's."""

from collections.abc import Collection, Sequence
from typing import NamedTuple, TypedDict

from aiopg import Cursor

from server.store.chats.sight import audience_of, sees
from server.store.db.keyset_pages import Page, page_of
from server.store.db.seq import take_seqs
from server.store.messages.messages import MESSAGE_JSON

# For its author.
DRAFT_JSON = f"""
    row_to_json((select x from (select
        d.account_id, d.chat_id, d.text,
        (select {MESSAGE_JSON}::json from channels_message m
         where m.id = d.quote_id and m.chat_id = d.chat_id) as quoted,
        d.is_shared, rfc3339(d.written_at) as written_at, d.seq) x))::text"""
# For colleagues. One that is no longer shared has no text.
SHARED_DRAFT_JSON = """
    row_to_json((select x from (select
        d.account_id, d.chat_id, json_build_object('id', d.user_id, 'name',
            (select u.name from users u where u.id = d.user_id)) as "user",
        case when d.is_shared then d.text else '' end as text,
        case when d.is_shared then rfc3339(d.written_at) end as written_at, d.shared_seq as seq) x))::text"""

EXPORTED_DRAFT_JSON = """
    row_to_json((select x from (select
        d.chat_id, (select u.name from users u where u.id = d.user_id) as author, d.text, d.quote_id, d.is_shared,
        rfc3339(d.written_at) as written_at) x))::text"""


class DraftChat(NamedTuple):
    """Whose draft, and of which chat."""

    user_id: int
    provider: str
    account_id: int
    chat_id: int


class NewDraft(TypedDict):
    """A draft as its author's device has it; an empty text is none. Without a time it is written now."""

    text: str
    quote_id: int | None
    is_shared: bool
    written_at: str | None


class SavedDraft(NamedTuple):
    """The draft that counts, as JSON. `is_new`: it is the given one, so it has to be pushed."""

    chat_id: int
    seq: int
    json: str
    shared_seq: int | None
    shared_json: str
    audience: str
    is_new: bool


class SharedDraft(NamedTuple):
    """A draft as colleagues see it."""

    chat_id: int
    seq: int
    json: str
    audience: str


COLUMNS = f"d.chat_id, d.seq, {DRAFT_JSON}, d.shared_seq, {SHARED_DRAFT_JSON}, {audience_of('d.chat_id')}"


async def has_chat(cursor: Cursor, chat: DraftChat) -> bool:
    """Whether the user sees this chat, which then stays until the commit."""
    await cursor.execute(
        f"""select c.id from channels_chat c
            join channels_account a on a.id = c.account_id and a.provider = %(provider)s
            join channels_account_member u on u.account_id = a.id and u.user_id = %(user_id)s
            where c.id = %(chat_id)s and c.account_id = %(account_id)s and {sees()} for key share of c""",
        chat._asdict(),
    )
    return await cursor.fetchone() is not None


SAVE_DRAFT = f"""
    with d as (
        insert into channels_draft as known
            (chat_id, user_id, account_id, text, quote_id, is_shared, written_at, seq, shared_seq)
        values (%(chat_id)s, %(user_id)s, %(account_id)s, %(text)s,
            (select m.id from channels_message m where m.id = %(quote_id)s and m.chat_id = %(chat_id)s),
            %(is_shared)s, least(coalesce(%(written_at)s::timestamptz, now()), now()), %(seq)s, %(shared_seq)s)
        on conflict (chat_id, user_id) do update set text = excluded.text, quote_id = excluded.quote_id,
            is_shared = excluded.is_shared, written_at = excluded.written_at, seq = excluded.seq,
            shared_seq = coalesce(excluded.shared_seq, known.shared_seq)
        where excluded.written_at >= known.written_at
        returning *
    )
    select {COLUMNS}, true from d"""


async def save_draft(
    cursor: Cursor, chat: DraftChat, draft: NewDraft, seq: int, shared_seq: int | None
) -> SavedDraft:
    """Store the draft with these seqs, unless the stored one was written later; returns the one that counts."""
    await cursor.execute(SAVE_DRAFT, {**chat._asdict(), **draft, "seq": seq, "shared_seq": shared_seq})
    row = await cursor.fetchone()
    if row is None:
        await cursor.execute(
            f"select {COLUMNS}, false from channels_draft d where d.chat_id = %s and d.user_id = %s",
            (chat.chat_id, chat.user_id),
        )
        row = await cursor.fetchone()
    return SavedDraft(*row)


async def is_shared(cursor: Cursor, chat: DraftChat) -> bool:
    """Whether colleagues see the stored draft."""
    await cursor.execute(
        "select is_shared from channels_draft where chat_id = %s and user_id = %s",
        (chat.chat_id, chat.user_id),
    )
    row = await cursor.fetchone()
    return bool(row and row[0])


async def remove_drafts(cursor: Cursor, account_id: int, user_id: int) -> list[SharedDraft]:
    """Remove the user's drafts of an account; returns what colleagues saw, without its text, by seq."""
    values = {"account_id": account_id, "user_id": user_id}
    await cursor.execute(
        """delete from channels_draft where account_id = %(account_id)s and user_id = %(user_id)s
           and shared_seq is null""",
        values,
    )
    await cursor.execute(
        """select count(*) from channels_draft
           where account_id = %(account_id)s and user_id = %(user_id)s and text <> ''""",
        values,
    )
    count = int((await cursor.fetchone())[0])
    if not count:
        return []
    first = await take_seqs(cursor, account_id, count)
    await cursor.execute(
        f"""with old as (
                select chat_id, row_number() over (order by chat_id) - 1 as n from channels_draft
                where account_id = %(account_id)s and user_id = %(user_id)s and text <> ''
            ), d as (
                update channels_draft t set text = '', quote_id = null, is_shared = false,
                    shared_seq = %(first)s + old.n
                from old where t.chat_id = old.chat_id and t.user_id = %(user_id)s returning t.*)
            select d.chat_id, d.shared_seq, {SHARED_DRAFT_JSON}, {audience_of("d.chat_id")} from d order by 2""",
        values | {"first": first},
    )
    return [SharedDraft(*row) for row in await cursor.fetchall()]


async def list_own_drafts(cursor: Cursor, user_id: int, limit: int, after: int) -> Page:
    """The user's drafts in chats that they see, oldest change first."""
    await cursor.execute(
        f"""select {DRAFT_JSON}, '', d.seq from channels_draft d
            join channels_chat c on c.id = d.chat_id
            join channels_account_member u on u.account_id = d.account_id and u.user_id = d.user_id
            where d.user_id = %(user_id)s and d.seq > %(after)s and d.text <> '' and {sees()}
            order by d.seq limit %(limit)s + 1""",
        {"user_id": user_id, "after": after, "limit": limit},
    )
    return page_of(await cursor.fetchall(), limit)


async def list_shared_drafts(cursor: Cursor, chat_id: int, user_id: int) -> Sequence[str]:
    """What colleagues of the user are writing in a chat and share, the newest first. The caller authorises."""
    await cursor.execute(
        f"""select {SHARED_DRAFT_JSON} from channels_draft d
            where d.chat_id = %s and d.user_id <> %s and d.is_shared and d.text <> '' order by d.shared_seq desc""",
        (chat_id, user_id),
    )
    return [str(row[0]) for row in await cursor.fetchall()]


# Each account's page is read from its index of shared drafts.
LIST_ALL_SHARED = f"""
    select {SHARED_DRAFT_JSON}, '', d.id from (
        select s.* from channels_account_member u
        join channels_account a on a.id = u.account_id and a.provider = %(provider)s
        cross join lateral (
            select t.* from channels_draft t join channels_chat c on c.id = t.chat_id
            where t.account_id = a.id and t.is_shared and t.text <> '' and t.user_id <> %(user_id)s
                and t.id > %(after)s and {sees()}
            order by t.id limit %(limit)s + 1) s
        where u.user_id = %(user_id)s and (%(only)s::bigint[] is null or a.id = any(%(only)s))
        order by s.id limit %(limit)s + 1) d
    order by d.id"""


async def list_all_shared(
    cursor: Cursor, user_id: int, provider: str, only: Collection[int] | None, *, limit: int, after: int
) -> Page:
    """What colleagues are writing in all chats that the user sees and share, the oldest first."""
    await cursor.execute(
        LIST_ALL_SHARED,
        {
            "user_id": user_id,
            "provider": provider,
            "only": None if only is None else list(only),
            "limit": limit,
            "after": after,
        },
    )
    return page_of(await cursor.fetchall(), limit)
