"""Amendments: reactions, edits and deletions, applied to stored messages from UniPile's word or a webhook's hint."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from aiopg import Cursor

from server.store.chats import flags
from server.store.chats.chats import ChangedChat
from server.store.chats.unread_rules import is_countable
from server.store.db.prepared import Prepared
from server.store.db.seq import take_seqs
from server.store.messages import attachments as media
from server.store.messages import reactions
from server.store.messages.messages import CHANGED, ChangedMessage
from server.store.messages.reactions import Known

# Of two words about the same thing the newer one counts, in any order of arrival; of two equally new ones the later
# in code points.
INSERT_AMENDMENTS = Prepared(
    "keep_amendments",
    """
    insert into channels_amendment as known (account_id, provider_msg_id, kind, person, content, told_at)
    select account_id, provider_msg_id, kind, person, content, told_at
    from jsonb_to_recordset(%(rows)s::jsonb) as x
        (account_id bigint, provider_msg_id text, kind text, person text, content jsonb, told_at timestamptz)
    on conflict (account_id, provider_msg_id, kind, person) do update
        set content = excluded.content, told_at = excluded.told_at
        where (excluded.told_at, excluded.content::text collate "C")
            > (known.told_at, known.content::text collate "C")""",
)


async def insert_amendments(cursor: Cursor, rows: Sequence[Mapping[str, Any]]) -> None:
    """Lay down what webhooks said, one row a message, kind and person."""
    await INSERT_AMENDMENTS.execute(cursor, {"rows": orjson.dumps(rows).decode()})


LIST_AMENDED = Prepared(
    "list_amended",
    """
    select distinct account_id, provider_msg_id from channels_amendment
    join jsonb_to_recordset(%(rows)s::jsonb) as x (account_id bigint, provider_msg_id text)
        using (account_id, provider_msg_id)""",
)


async def list_amended(cursor: Cursor, keys: Sequence[Mapping[str, Any]]) -> list[tuple[int, str]]:
    """Which of these messages {account_id, provider_msg_id} something was said about already."""
    await LIST_AMENDED.execute(cursor, {"rows": orjson.dumps(keys).decode()})
    return [(row[0], row[1]) for row in await cursor.fetchall()]


class Amendment(NamedTuple):
    """A webhook's word about a message."""

    kind: str
    person: str
    content: dict[str, Any]
    told_at: datetime


class ProviderState(NamedTuple):
    """A message as UniPile holds it, read at `read_at` by the database's clock."""

    body: str | None
    is_edited: bool
    is_deleted: bool
    reactions: list[dict[str, Any]]
    read_at: datetime


async def list_amendments(
    cursor: Cursor, account_id: int, provider_msg_id: str
) -> tuple[datetime, list[Amendment]]:
    """(the time now, what was said about a message, oldest first)."""
    await cursor.execute("select clock_timestamp()")
    now = (await cursor.fetchone())[0]
    await cursor.execute(
        """select kind, person, content::text, told_at from channels_amendment
           where account_id = %s and provider_msg_id = %s order by told_at, person collate "C" """,
        (account_id, provider_msg_id),
    )
    rows = await cursor.fetchall()
    return now, [Amendment(row[0], row[1], orjson.loads(row[2]), row[3]) for row in rows]


class Content(NamedTuple):
    """What an amendment can change about a message."""

    body: str | None
    attachments: list[Any]
    reactions: list[dict[str, Any]]
    edited_at: datetime | None
    deleted_at: datetime | None


class StoredMessage(NamedTuple):
    """A stored message with its content; `is_unread` when it counts among its chat's unread."""

    id: int
    chat_id: int
    direction: str
    is_last: bool
    is_unread: bool
    confirmed_at: datetime | None
    content: Content


async def _fetch_target(cursor: Cursor, account_id: int, provider_msg_id: str) -> StoredMessage | None:
    await cursor.execute(
        f"""select m.id, m.chat_id, m.direction, c.last_message_id is not distinct from m.id,
               ({is_countable("m")} and m.inserted_seq > c.read_seq) is true,
               nullif(m.confirmed_at, '-infinity'),
               m.body, m.attachments::text, m.reactions::text, m.edited_at, m.deleted_at
           from channels_message m join channels_chat c on c.id = m.chat_id
           where m.account_id = %s and m.provider_msg_id = %s""",
        (account_id, provider_msg_id),
    )
    row = await cursor.fetchone()
    if row is None:
        return None
    content = Content(row[6], orjson.loads(row[7]), orjson.loads(row[8]), row[9], row[10])
    return StoredMessage(row[0], row[1], row[2], row[3], row[4], row[5], content)


class Amended(NamedTuple):
    """What changed, to be published; both None when nothing did."""

    message: ChangedMessage | None = None
    chat: ChangedChat | None = None


async def apply_provider_state(
    cursor: Cursor, account_id: int, provider_msg_id: str, truth: ProviderState, hints: Sequence[Amendment]
) -> Amended:
    """Make a stored message what UniPile says it is, and forget the hints that this covers; the account is locked."""
    target = await _fetch_target(cursor, account_id, provider_msg_id)
    if target is None or (target.confirmed_at is not None and target.confirmed_at >= truth.read_at):
        return Amended()
    await cursor.execute(
        "update channels_message set confirmed_at = %s where id = %s", (truth.read_at, target.id)
    )
    # UniPile's message says who, not what they are called: that a webhook said once is kept.
    names = {r["sender"]["provider_id"]: r["sender"]["name"] for r in target.content.reactions}
    told = [hint.content for hint in hints if hint.kind == "reaction"]
    names |= {content["provider_id"]: content["name"] for content in told if content["name"]}
    known = await reactions.fetch_known_contacts(cursor, account_id, truth.reactions, ())
    shown = reactions.show(truth.reactions, known, names)
    amended = await _write(cursor, account_id, target, _content_of(target.content, truth, shown, hints))
    await _forget(cursor, account_id, provider_msg_id, hints)
    return amended


async def apply_early_events(
    cursor: Cursor, account_id: int, provider_msg_id: str, hints: Sequence[Amendment]
) -> Amended:
    """Take webhooks at their word, since UniPile could not be asked; the account is locked. The hints stay, so that
    an older one that comes late does not win.
    """
    target = await _fetch_target(cursor, account_id, provider_msg_id)
    if target is None:
        return Amended()
    content = target.content
    people = [hint.person for hint in hints]
    known = await reactions.fetch_known_contacts(cursor, account_id, content.reactions, people)
    for hint in hints:
        if target.confirmed_at is None or hint.told_at > target.confirmed_at:
            content = _take(content, hint, known)
    named = reactions.show(content.reactions, known, {})
    return await _write(cursor, account_id, target, content._replace(reactions=named))


def _content_of(
    known: Content, truth: ProviderState, reactions: list[dict[str, Any]], hints: Sequence[Amendment]
) -> Content:
    told = {hint.kind: hint for hint in hints}
    if truth.is_deleted or known.deleted_at is not None:
        return _deleted(known, told["deleted"].told_at if "deleted" in told else truth.read_at)
    # UniPile may have the new text without calling it edited: then the webhook's word for it is enough.
    edit = told.get("edited")
    is_edited = truth.is_edited or (edit is not None and edit.content["body"] == truth.body != known.body)
    if not is_edited:
        return known._replace(reactions=reactions)
    moment = edit.told_at if edit is not None else truth.read_at
    is_same = known.edited_at is not None and truth.body == known.body
    return known._replace(
        body=truth.body, reactions=reactions, edited_at=known.edited_at if is_same else moment
    )


def _deleted(known: Content, moment: datetime) -> Content:
    """Nothing of it is left but the place where it was."""
    return Content(None, [], [], None, known.deleted_at or moment)


def _take(content: Content, hint: Amendment, known: Known) -> Content:
    if content.deleted_at is not None:
        return content
    if hint.kind == "deleted":
        return _deleted(content, hint.told_at)
    if hint.kind == "edited":
        return content._replace(body=hint.content["body"], edited_at=hint.told_at)
    if hint.content["value"] is None:
        return content
    who = reactions.same(hint.person, known)
    others = [reaction for reaction in content.reactions if reactions.reactor_of(reaction, known) != who]
    own = [_told_reaction(hint)] if hint.content["value"] else []
    return content._replace(reactions=others + own)


def _told_reaction(hint: Amendment) -> dict[str, Any]:
    sender = {"provider_id": hint.content["provider_id"], "name": hint.content["name"]}
    return {"value": hint.content["value"], "sender": sender, "is_own": hint.content["is_own"]}


AMEND_MESSAGE = f"""
    with m as (
        update channels_message t set body = %(body)s, attachments = %(attachments)s::jsonb,
            reactions = %(reactions)s::jsonb, edited_at = %(edited_at)s, deleted_at = %(deleted_at)s,
            seq = %(seq)s, updated_at = now()
        where t.id = %(id)s returning t.*
    )
    select {CHANGED} from m"""


async def _write(cursor: Cursor, account_id: int, target: StoredMessage, content: Content) -> Amended:
    """One number for the message and one for its chat, if either is different."""
    if content == target.content:
        return Amended()
    values = {
        "id": target.id,
        "body": content.body,
        "attachments": orjson.dumps(content.attachments).decode(),
        "reactions": orjson.dumps(content.reactions).decode(),
        "edited_at": content.edited_at,
        "deleted_at": content.deleted_at,
        "seq": await take_seqs(cursor, account_id, 1),
    }
    await cursor.execute(AMEND_MESSAGE, values)
    message = ChangedMessage(*await cursor.fetchone())
    is_gone = content.deleted_at is not None and target.content.deleted_at is None
    if is_gone:
        await media.release_files(cursor, target.id)
    preview = _preview_of(target.direction, content) if target.is_last else None
    chat = await flags.follow_amendment(
        cursor, account_id, target.chat_id, preview, recounts=is_gone and target.is_unread
    )
    return Amended(message, chat)


def _preview_of(direction: str, content: Content) -> str:
    if content.deleted_at is not None:
        return flags.deleted_preview(is_own=direction == "out")
    return flags.preview_of(content.body, content.attachments)


async def _forget(cursor: Cursor, account_id: int, provider_msg_id: str, hints: Sequence[Amendment]) -> None:
    """Drop exactly the words that were there before UniPile was asked."""
    for hint in hints:
        await cursor.execute(
            """delete from channels_amendment where account_id = %s and provider_msg_id = %s
               and kind = %s and person = %s and told_at = %s""",
            (account_id, provider_msg_id, hint.kind, hint.person, hint.told_at),
        )
