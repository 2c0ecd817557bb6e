"""Reads what an export contains: rows as REST shows them, a page at a time in an order that does not change."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Concatenate, NamedTuple, ParamSpec, Protocol, TypeVar

from aiopg import Cursor

from server.store.automation.auto_replies import fetch_auto_replies_json
from server.store.automation.hours import fetch_hours_json
from server.store.chats.chats import CHAT_JOINS, CHAT_JSON
from server.store.chats.contacts import CONTACT_JSON
from server.store.contacts.contact_fields import FIELD_JSON
from server.store.conversations.activities import ACTIVITY_JSON
from server.store.conversations.conversations import CONVERSATION_JSON
from server.store.conversations.drafts import EXPORTED_DRAFT_JSON
from server.store.conversations.notes import NOTE_JSON
from server.store.messages.messages import MESSAGE_JSON
from server.store.reports.chat_days import CHAT_DAY_JSON
from server.store.reports.stored_facts import FACT_JSON
from server.store.rules.rule_runs import RUN_JSON
from server.store.sending.planned import PLANNED_JSON
from server.store.surveys.surveys import EXPORTED_SURVEY_JSON
from server.store.targets.promises import PROMISE_JSON

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

NEW_CHATS = """
    select n.id, row_to_json((select x from (select n.address, n.chat_id, rfc3339(n.created_at) as created_at,
        n.is_on_whatsapp, rfc3339(n.checked_at) as checked_at, rfc3339(n.answered_at) as answered_at) x))::text
    from channels_new_chat n
    where n.account_id = %(account_id)s and n.id > %(after)s and n.address is not null
        and (%(chat_ids)s::bigint[] is null or n.address = any(%(names)s) or n.chat_id = any(%(chat_ids)s))
    order by n.id limit %(limit)s"""


def _rows_of_chats(table: str, alias: str, json: str, condition: str = "true") -> str:
    """Rows of the account's chats; of a contact those of their direct chats."""
    return f"""
    select {alias}.id, {json} from {table} {alias}
    where {alias}.account_id = %(account_id)s and {alias}.id > %(after)s and {condition}
        and (%(chat_ids)s::bigint[] is null or {alias}.chat_id = any(%(chat_ids)s))
    order by {alias}.id limit %(limit)s"""


# By the name of their file. Notes are about the contact, but were never sent.
PAGES = {
    "contacts": CONTACTS,
    "chats": CHATS,
    "conversations": _rows_of_chats("channels_conversation", "v", CONVERSATION_JSON),
    "activities": _rows_of_chats("channels_activity", "y", ACTIVITY_JSON),
    "drafts": _rows_of_chats("channels_draft", "d", EXPORTED_DRAFT_JSON, "d.text <> ''"),
    "planned": _rows_of_chats("channels_planned_message", "p", PLANNED_JSON),
    "new_chats": NEW_CHATS,
    "rule_runs": _rows_of_chats("rule_run", "n", RUN_JSON, "n.outcome <> 'unmatched'"),
    "surveys": _rows_of_chats("channels_survey", "s", EXPORTED_SURVEY_JSON, "s.asked_at is not null"),
    "report_facts": _rows_of_chats("report_fact", "f", FACT_JSON),
    "report_promises": _rows_of_chats("report_promise", "p", PROMISE_JSON),
    "report_days": _rows_of_chats("report_chat_day", "d", CHAT_DAY_JSON),
    "notes": _rows_of_chats(
        "channels_note", "n", f"""({NOTE_JSON}::jsonb || '{{"is_internal": true}}')::text"""
    ),
}
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


async def pages(read: Read, scope: Scope, name: str) -> AsyncIterator[list[str]]:
    """Pages of one of `PAGES`, as JSON."""
    async for rows in _walk(read, JsonRow, PAGES[name], scope):
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


LABELS = """
    select row_to_json((select x from (select l.id, l.name, l.colour, rfc3339(l.created_at) as created_at) x))::text
    from label l where l.id in (
        select unnest(c.label_ids) from channels_chat c where c.account_id = %(account_id)s
            and (%(chat_ids)s::bigint[] is null or c.id = any(%(chat_ids)s)))
        or l.deleted_at is null and l.id in (
            select x.label_id from channels_contact_label x where x.account_id = %(account_id)s
                and (%(contact_id)s::bigint is null or x.contact_id = %(contact_id)s))
    order by l.id"""
FIELDS = f"""
    select {FIELD_JSON} from contact_field f
    where f.deleted_at is null and exists (
        select from channels_contact_value v where v.field_id = f.id and v.account_id = %(account_id)s
            and (%(contact_id)s::bigint is null or v.contact_id = %(contact_id)s))
    order by f.id"""


async def list_labels(cursor: Cursor, scope: Scope) -> list[str]:
    """The shared labels of the exported chats and contacts, as JSON; private ones belong to their users."""
    await cursor.execute(LABELS, scope._asdict())
    return [row[0] for row in await cursor.fetchall()]


async def list_answering(cursor: Cursor, scope: Scope) -> list[str]:
    """The office hours and auto-replies of a whole account, as JSON; nothing of them is a contact's."""
    if scope.contact_id is not None:
        return []
    hours = await fetch_hours_json(cursor, scope.account_id)
    return [*([hours] if hours else []), await fetch_auto_replies_json(cursor, scope.account_id)]


async def list_fields(cursor: Cursor, scope: Scope) -> list[str]:
    """The fields of which the exported contacts have values, as JSON."""
    await cursor.execute(FIELDS, scope._asdict())
    return [row[0] for row in await cursor.fetchall()]


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
