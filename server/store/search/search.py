"""Searches contacts and chats by name or phone number, messages by prefixes of their words."""

from collections.abc import Sequence

from aiopg import Cursor

from server.store.chats.chats import CHAT_JOINS, CHAT_JSON, IS_NAMED, TITLE, named_like
from server.store.db.keyset_pages import Key, Page, page_of
from server.store.messages.messages import MESSAGE_JSON
from server.store.search.tokenize import query_tokens

NAMED_AT_MOST = 10


async def find_contacts(cursor: Cursor, user_id: int, text: str) -> list[str]:
    """Contacts of the user's accounts whose name or phone number contains the text, as JSON, by name."""
    await cursor.execute(
        """select row_to_json(found)::text from (
               select k.id, k.account_id, k.provider_id, k.name, k.phone, k.avatar,
                   (select max(c.id) from channels_contact_alias a
                    join channels_chat c on c.account_id = a.account_id and c.address = a.alias and c.kind = 'direct'
                    where a.contact_id = k.id) as chat_id
               from channels_contact k
               join channels_account_member u on u.account_id = k.account_id and u.user_id = %(user_id)s
               where k.folded like %(named)s or k.phone like any(%(phones)s::text[])
               order by k.name nulls last, k.id limit %(limit)s) found""",
        {"user_id": user_id, "limit": NAMED_AT_MOST, **named_like(text)},
    )
    return [row[0] for row in await cursor.fetchall()]


async def find_chats(cursor: Cursor, user_id: int, text: str) -> list[str]:
    """Chats of the user's accounts by title or phone number, as JSON, most recent first; archived ones too."""
    await cursor.execute(
        f"""select {CHAT_JSON} from channels_chat c {CHAT_JOINS}
            join channels_account_member u on u.account_id = c.account_id and u.user_id = %(user_id)s
            where {IS_NAMED}
            order by coalesce(c.last_message_at, c.created_at) desc, c.id desc limit %(limit)s""",
        {"user_id": user_id, "limit": NAMED_AT_MOST, **named_like(text)},
    )
    return [row[0] for row in await cursor.fetchall()]


async def list_accounts(cursor: Cursor, user_id: int) -> list[int]:
    """The ids of the user's accounts."""
    await cursor.execute("select account_id from channels_account_member where user_id = %s", (user_id,))
    return [row[0] for row in await cursor.fetchall()]


def _tsquery(accounts: Sequence[int], tokens: Sequence[str]) -> str:
    """All tokens in one of the accounts; tokens have only letters and digits."""
    each = (" & ".join(f"'{account}/{token}':*" for token in tokens) for account in accounts)
    return " | ".join(f"({query})" for query in each)


async def find_messages(cursor: Cursor, user_id: int, text: str, *, limit: int, after: Key | None) -> Page:
    """Messages of the user's accounts that contain all words, newest first.

    Matches are sorted before they are joined, so that only one page is joined.
    """
    accounts, tokens = await list_accounts(cursor, user_id), query_tokens(text)
    if not accounts or not tokens:
        return Page([], None)
    after_time, after_id = after or (None, None)
    await cursor.execute(
        f"""with found as (
                select w.message_id from (
                    select message_id, sent_at from channels_message_words
                    where words @@ %(query)s::tsquery and (%(after_id)s is null
                        or (sent_at, message_id) < (%(after_time)s::timestamptz, %(after_id)s::bigint))
                    order by sent_at desc, message_id desc offset 0) w
                join channels_message m on m.id = w.message_id and m.deleted_at is null
                join channels_account_member u on u.account_id = m.account_id and u.user_id = %(user_id)s
                order by w.sent_at desc, w.message_id desc limit %(limit)s + 1)
            select ({MESSAGE_JSON}::jsonb || jsonb_build_object('chat_title', {TITLE}))::text,
                rfc3339(m.sent_at), m.id
            from found join channels_message m on m.id = found.message_id join channels_chat c on c.id = m.chat_id
                {CHAT_JOINS}
            order by m.sent_at desc, m.id desc""",
        {
            "user_id": user_id,
            "query": _tsquery(accounts, tokens),
            "after_time": after_time,
            "after_id": after_id,
            "limit": limit,
        },
    )
    return page_of(await cursor.fetchall(), limit)
