"""Flags of a chat (read, archived, pinned, muted), its title and its preview, set here or by UniPile."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypedDict

from aiopg import Cursor

from server.store.chats.chats import CHANGED_CHAT, CHAT_JOINS, PREVIEW_LENGTH, ChangedChat
from server.store.chats.unread_rules import BEFORE_NEWEST, count_unread
from server.store.db.seq import take_seqs
from server.text.graphemes import cut, is_blank

DELETED_PREVIEW, OWN_DELETED_PREVIEW = "This message was deleted", "You deleted this message"
ATTACHMENT_PREVIEWS = {
    "img": "Photo",
    "video": "Video",
    "audio": "Audio",
    "location": "Location",
    "contact": "Contact",
}
# A message of a kind that UniPile does not support: a poll, an order, a view-once picture.
UNSUPPORTED_PREVIEW = "Unsupported message"


class ChatChanges(TypedDict, total=False):
    """The flags to set on a chat; what is absent stays. `read_seq` goes with `read`: up to which seq it was read."""

    read: bool
    read_seq: int
    archived: bool
    pinned: bool
    muted_until: datetime | str | None


# `read` moves the mark to the given `read_seq`, else to the newest seq; or back to just before the newest message that
# came in.
PATCH_CHAT = f"""
    with chat as (
        update channels_chat c set
            read_seq = mark.read_seq, marked_unread = mark.is_marked,
            unread_count = case when %(read)s is null then c.unread_count
                else {count_unread("mark.read_seq", "mark.is_marked")} end,
            archived = coalesce(%(archived)s, c.archived),
            pinned = coalesce(%(pinned)s, c.pinned),
            muted_until = case when %(mutes)s then %(muted_until)s::timestamptz else c.muted_until end,
            marked_at = now(), seq = mark.seq, updated_at = now()
        from (
            select c.id, x.seq, case
                    when %(read)s is null then c.read_seq
                    when %(read)s then greatest(c.read_seq, least(coalesce(x.read_seq, x.seq), x.seq))
                    else least(c.read_seq, {BEFORE_NEWEST}) end as read_seq,
                case when %(read)s is null then c.marked_unread
                    when %(read)s then c.marked_unread and coalesce(x.read_seq, x.seq) < c.read_seq
                    else true end as is_marked
            from unnest(%(ids)s::bigint[], %(read_seqs)s::bigint[], %(seqs)s::bigint[]) as x (id, read_seq, seq)
            join channels_chat c on c.id = x.id) mark
        where c.id = mark.id
        returning c.*
    )
    select {CHANGED_CHAT} from chat c {CHAT_JOINS} order by c.seq"""


async def patch_chat(cursor: Cursor, account_id: int, chat_id: int, changes: ChatChanges) -> ChangedChat:
    """Set the given flags of a chat, take a seq for it and return it. `read` moves the read mark up to `read_seq`, or
    past all messages; the seq locks the account.
    """
    (changed,) = await patch_chats(cursor, account_id, {chat_id: changes.get("read_seq")}, changes)
    return changed


async def patch_chats(
    cursor: Cursor, account_id: int, read_seqs: Mapping[int, int | None], changes: ChatChanges
) -> list[ChangedChat]:
    """The same for the chats that are the keys of `read_seqs`, each with its own `read_seq`; by seq."""
    ids = list(read_seqs)
    first = await take_seqs(cursor, account_id, len(ids))
    if changes.get("read") is False:
        # Made later than the replies still being sent, whose outcome must not undo it.
        await cursor.execute(
            "update channels_message set seen_seq = null where chat_id = any(%s) and status = 'sending'",
            (ids,),
        )
    await cursor.execute(
        PATCH_CHAT,
        {
            "ids": ids,
            "read_seqs": list(read_seqs.values()),
            "seqs": list(range(first, first + len(ids))),
            "read": changes.get("read"),
            "archived": changes.get("archived"),
            "pinned": changes.get("pinned"),
            "mutes": "muted_until" in changes,
            "muted_until": changes.get("muted_until"),
        },
    )
    return [ChangedChat(*row) for row in await cursor.fetchall()]


async def list_flagged(cursor: Cursor, chat_ids: Collection[int], changes: ChatChanges) -> set[int]:
    """Those of these chats that are read, or archived, as wanted; the transaction holds their account's lock."""
    await cursor.execute(
        """select id from channels_chat where id = any(%s)
               and (%s::boolean is null or (unread_count = 0) = %s) and (%s::boolean is null or archived = %s)""",
        (list(chat_ids), *(changes.get(name) for name in ("read", "read", "archived", "archived"))),
    )
    return {row[0] for row in await cursor.fetchall()}


class ChatState(NamedTuple):
    """The flags of a chat, with UniPile's ids of the chat and its account."""

    account_id: int
    external_account_id: str
    provider_chat_id: str
    archived: bool
    pinned: bool
    muted_until: str | None
    is_muted_for_good: bool
    sends_read_receipts: bool
    has_unread: bool


async def fetch_chat_state(cursor: Cursor, chat_id: int) -> ChatState | None:
    """None if the chat does not exist."""
    await cursor.execute(
        """select a.id, a.external_account_id, c.provider_chat_id, c.archived, c.pinned,
               case when c.muted_until > now() then rfc3339(c.muted_until) end,
               coalesce(c.muted_until >= '9999-01-01', false), a.read_receipts, c.unread_count > 0
           from channels_chat c join channels_account a on a.id = c.account_id where c.id = %s""",
        (chat_id,),
    )
    row = await cursor.fetchone()
    return row and ChatState(*row)


SET_TITLE = f"""
    with renamed as (
        update channels_chat c set title = %(title)s, seq = %(seq)s, updated_at = now()
        where c.id = %(chat_id)s returning c.*
    )
    select {CHANGED_CHAT} from renamed c {CHAT_JOINS}"""


async def rename_chat(cursor: Cursor, account_id: int, chat_id: int, title: str) -> ChangedChat | None:
    """Set the title that UniPile reports (a group's subject); None if the chat has it already. The account must be
    locked.
    """
    await cursor.execute(
        "select from channels_chat where id = %s and title is distinct from %s", (chat_id, title)
    )
    if await cursor.fetchone() is None:
        return None
    seq = await take_seqs(cursor, account_id, 1)
    await cursor.execute(SET_TITLE, {"chat_id": chat_id, "title": title, "seq": seq})
    return ChangedChat(*await cursor.fetchone())


FOLLOW_AMENDMENT = f"""
    with changed as (
        update channels_chat c set last_message_preview = coalesce(%(preview)s, c.last_message_preview),
            unread_count = case when %(recounts)s then {count_unread()} else c.unread_count end,
            seq = %(seq)s, updated_at = now()
        where c.id = %(chat_id)s returning c.*
    )
    select {CHANGED_CHAT} from changed c {CHAT_JOINS}"""


async def follow_amendment(
    cursor: Cursor, account_id: int, chat_id: int, preview: str | None, *, recounts: bool
) -> ChangedChat | None:
    """Update a chat after one of its messages was edited or deleted: the preview if that was the last one (else None),
    and the unread count if `recounts`. None if neither differs. The account must be locked.
    """
    values = {"chat_id": chat_id, "preview": preview, "recounts": recounts}
    await cursor.execute(
        """select from channels_chat where id = %(chat_id)s
           and (coalesce(%(preview)s, last_message_preview) is distinct from last_message_preview
                or %(recounts)s and unread_count > 0)""",
        values,
    )
    if await cursor.fetchone() is None:
        return None
    seq = await take_seqs(cursor, account_id, 1)
    await cursor.execute(FOLLOW_AMENDMENT, values | {"seq": seq})
    return ChangedChat(*await cursor.fetchone())


def message_preview(
    direction: str, body: str | None, attachments: Sequence[Mapping[str, object]], *, is_deleted: bool
) -> str:
    """What the chat list shows of a message, which may be deleted. Only the account itself can delete its own messages;
    UniPile does not report who deleted another's.
    """
    if is_deleted:
        return OWN_DELETED_PREVIEW if direction == "out" else DELETED_PREVIEW
    return preview_of(body, attachments)


def preview_of(body: str | None, attachments: Sequence[Mapping[str, object]]) -> str:
    """What the chat list shows of a message: its text, or a word for its first attachment."""
    if body and not is_blank(body):
        return cut(body, PREVIEW_LENGTH)
    return _attachment_preview(attachments[0]) if attachments else UNSUPPORTED_PREVIEW


def _attachment_preview(attachment: Mapping[str, object]) -> str:
    if attachment.get("sticker"):
        return "Sticker"
    if attachment.get("voice_note"):
        return "Voice message"
    kind = ATTACHMENT_PREVIEWS.get(str(attachment["type"]), "File")
    name = _card_name(attachment)
    return cut(f"{kind}: {name}", PREVIEW_LENGTH) if name else kind


def _card_name(attachment: Mapping[str, object]) -> object:
    """The name of a location, or of the first contact of a card."""
    card, contacts = attachment.get("location"), attachment.get("contacts")
    if not card and isinstance(contacts, list) and contacts:
        card = contacts[0]
    return card.get("name") if isinstance(card, dict) else None
