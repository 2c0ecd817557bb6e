"""Reads what an export contains: rows as REST shows them, a page at a time in an order that does not change."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Concatenate, NamedTuple, ParamSpec, Protocol, TypeVar

from aiopg import Cursor

from server.store.chats.chats import CHAT_JOINS, CHAT_JSON
from server.store.chats.contacts import CONTACT_JSON
from server.store.messages.messages import MESSAGE_JSON

PAGE = 500

P = ParamSpec("P")
T = TypeVar("T")
Row = TypeVar("Row", "JsonRow", "ChatRow", "MessageRow")


class Read(Protocol):
    """`Database.read`: runs a store function on a connection of its own."""

    def __call__(
        self, work: Callable[Concatenate[Cursor, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> Awaitable[T]: ...


class JsonRow(NamedTuple):
    id: int
    json: str


class ChatRow(NamedTuple):
    id: int
    is_whole: bool


class MessageRow(NamedTuple):
    id: int
    json: str
    sent_at: datetime


class Scope(NamedTuple):
    """A whole account, or one contact with all their ids and direct chats."""

    account_id: int
    contact_id: int | None
    names: list[str] | None = None
    chat_ids: list[int] | None = None


async def fetch_scope(cursor: Cursor, account_id: int, contact_id: int | None) -> Scope:
    """The scope of an account's export, or of a contact's; the caller has checked that both exist."""
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
# The chats that may contain something of the contact: their direct chats whole, other chats only their messages.
EXPORTED_CHATS = """
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
    select row_to_json((select x from (select t.message_id, t.number, rfc3339(t.at) as at, t.outcome,
        t.error_code, t.provider_msg_id) x))::text
    from channels_send_attempt t where t.message_id = any(%s) order by t.message_id, t.number"""


class ExportedFile(NamedTuple):
    message_id: int
    attachment_id: str
    sha256: str
    size: int
    mimetype: str


async def _page(cursor: Cursor, row: type[Row], statement: str, values: Mapping[str, object]) -> list[Row]:
    await cursor.execute(statement, {**values, "limit": PAGE})
    return [row(*found) for found in await cursor.fetchall()]


async def _walk(read: Read, row: type[Row], statement: str, scope: Scope) -> AsyncIterator[list[Row]]:
    after = 0
    while rows := await read(_page, row, statement, {**scope._asdict(), "after": after}):
        yield rows
        after = rows[-1].id


async def contacts(read: Read, scope: Scope) -> AsyncIterator[list[str]]:
    """Pages of contacts, as JSON."""
    async for rows in _walk(read, JsonRow, CONTACTS, scope):
        yield [row.json for row in rows]


async def chats(read: Read, scope: Scope) -> AsyncIterator[list[str]]:
    """Pages of chats, as JSON; of one contact the direct chats, without the groups they are in."""
    async for rows in _walk(read, JsonRow, CHATS, scope):
        yield [row.json for row in rows]


async def messages(read: Read, scope: Scope, in_groups: str = "theirs") -> AsyncIterator[dict[int, str]]:
    """Pages of messages by id, chat after chat, oldest first. `in_groups` names the condition (WHICH) for chats that
    are not the contact's own.
    """
    async for rows_of_chats in _walk(read, ChatRow, EXPORTED_CHATS, scope):
        for chat_id, is_whole in rows_of_chats:
            statement = MESSAGES.format(which=WHICH["all" if is_whole else in_groups])
            values: dict[str, object] = {
                "chat_id": chat_id,
                "names": scope.names,
                "after_time": "-infinity",
                "after": 0,
            }
            while rows := await read(_page, MessageRow, statement, values):
                yield {row.id: row.json for row in rows}
                values |= {"after_time": rows[-1].sent_at, "after": rows[-1].id}


async def list_attempts(cursor: Cursor, message_ids: Sequence[int]) -> list[str]:
    """The send attempts of these messages, as JSON, by message and attempt number."""
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
