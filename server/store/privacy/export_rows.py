"""What an export holds: rows as REST shows them, read a page at a time in an order that does not move."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, NamedTuple

from aiopg import Cursor

from server.store.chats.chats import CHAT_JOINS, CHAT_JSON
from server.store.chats.contacts import CONTACT_JSON
from server.store.messages.messages import MESSAGE_JSON

PAGE = 500

Read = Callable[..., Awaitable[Any]]


class Scope(NamedTuple):
    """A whole account, or one person with all their names and direct chats."""

    account_id: int
    contact_id: int | None
    names: list[str] | None = None
    chat_ids: list[int] | None = None


async def fetch_scope(cursor: Cursor, account_id: int, contact_id: int | None) -> Scope:
    if contact_id is None:
        return Scope(account_id, None)
    await cursor.execute(
        "select alias from channels_contact_alias where account_id = %s and contact_id = %s",
        (account_id, contact_id),
    )
    names = [row[0] for row in await cursor.fetchall()]
    await cursor.execute(
        "select id from channels_chat where account_id = %s and kind = 'direct' and address = any(%s)",
        (account_id, names),
    )
    return Scope(account_id, contact_id, names, [row[0] for row in await cursor.fetchall()])


CONTACTS = f"""
    select k.id, {CONTACT_JSON} from channels_contact k
    where k.account_id = %(account_id)s and k.id > %(after)s
        and (%(contact_id)s::bigint is null or k.id = %(contact_id)s)
    order by k.id limit %(limit)s"""
CHATS = f"""
    select c.id, {CHAT_JSON} from channels_chat c {CHAT_JOINS}
    where c.account_id = %(account_id)s and c.id > %(after)s
        and (%(chat_ids)s::bigint[] is null or c.id = any(%(chat_ids)s))
    order by c.id limit %(limit)s"""
# The chats in which something of theirs may stand: their own whole, in groups only what is theirs.
PLACES = """
    select c.id, %(chat_ids)s::bigint[] is null or c.id = any(%(chat_ids)s) from channels_chat c
    where c.account_id = %(account_id)s and c.id > %(after)s
        and (%(chat_ids)s::bigint[] is null or c.id = any(%(chat_ids)s) or c.kind <> 'direct')
    order by c.id limit %(limit)s"""
MESSAGES = f"""
    select m.id, {MESSAGE_JSON}, m.sent_at from channels_message m
    where m.chat_id = %(chat_id)s and (m.sent_at, m.id) > (%(after_time)s::timestamptz, %(after)s) and {{which}}
    order by m.sent_at, m.id limit %(limit)s"""
WHICH = {
    "all": "true",
    "theirs": "m.direction = 'in' and m.sender->>'provider_id' = any(%(names)s)",
    "reacted": """m.reactions <> '[]' and exists (select from jsonb_array_elements(m.reactions) r
                  where r->'sender'->>'provider_id' = any(%(names)s))""",
}
ATTEMPTS = """
    select row_to_json((select shape from (select t.message_id, t.number, rfc3339(t.at) as at, t.outcome,
        t.error_code, t.provider_msg_id) shape))::text
    from channels_send_attempt t where t.message_id = any(%s) order by t.message_id, t.number"""


class ExportedFile(NamedTuple):
    message_id: int
    attachment_id: str
    sha256: str
    size: int
    mimetype: str


async def _page(cursor: Cursor, statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    await cursor.execute(statement, {**values, "limit": PAGE})
    rows: list[tuple[Any, ...]] = await cursor.fetchall()
    return rows


async def _walk(read: Read, statement: str, scope: Scope) -> AsyncIterator[list[tuple[Any, ...]]]:
    after = 0
    while rows := await read(_page, statement, {**scope._asdict(), "after": after}):
        yield rows
        after = rows[-1][0]


async def contacts(read: Read, scope: Scope) -> AsyncIterator[list[str]]:
    """Pages of contacts, as JSON."""
    async for rows in _walk(read, CONTACTS, scope):
        yield [row[1] for row in rows]


async def chats(read: Read, scope: Scope) -> AsyncIterator[list[str]]:
    """Pages of chats, as JSON; of one person their own, without the groups they are in."""
    async for rows in _walk(read, CHATS, scope):
        yield [row[1] for row in rows]


async def messages(read: Read, scope: Scope, in_groups: str = "theirs") -> AsyncIterator[dict[int, str]]:
    """Pages of messages by id, chat after chat, oldest first; `in_groups` is what counts of others' chats."""
    async for places in _walk(read, PLACES, scope):
        for chat_id, is_whole in places:
            statement = MESSAGES.format(which=WHICH["all" if is_whole else in_groups])
            values = {"chat_id": chat_id, "names": scope.names, "after_time": "-infinity", "after": 0}
            while rows := await read(_page, statement, values):
                yield {row[0]: row[1] for row in rows}
                values |= {"after_time": rows[-1][2], "after": rows[-1][0]}


async def list_attempts(cursor: Cursor, message_ids: Sequence[int]) -> list[str]:
    await cursor.execute(ATTEMPTS, (list(message_ids),))
    return [row[0] for row in await cursor.fetchall()]


async def list_files(cursor: Cursor, message_ids: Sequence[int]) -> list[ExportedFile]:
    """The stored files of these messages."""
    await cursor.execute(
        """select f.message_id, f.attachment_id, f.sha256, b.size, b.mimetype
           from channels_media f join channels_media_blob b on b.sha256 = f.sha256
           where f.message_id = any(%s) order by f.message_id, f.attachment_id""",
        (list(message_ids),),
    )
    return [ExportedFile(*row) for row in await cursor.fetchall()]
