"""Builds a push from each kind of row that clients hear of."""

from collections.abc import Iterable, Sequence
from typing import Literal

from server.realtime.events import CONTACT_EVENT, STATE_EVENT, Push, make_push
from server.redis.channels import Topic, account_topic, user_topic
from server.store.chats.chats import ChangedChat
from server.store.chats.contacts import ChangedContact
from server.store.conversations.activities import StoredActivity
from server.store.conversations.drafts import SharedDraft
from server.store.conversations.notes import StoredNote
from server.store.messages.changes import Change
from server.store.messages.messages import ChangedMessage, InsertedMessage
from server.store.messages.tombstones import Tombstone
from server.store.sending.planned import ChangedPlanned

MessageEvent = Literal["message:new", "message:sent", "message:updated"]
NoteEvent = Literal["note:new", "note:updated"]
UserEvent = Literal["draft:saved", "notification:updated", "notifications:read", "preferences:updated"]


def account_push(account_id: int, seq: int, json: str) -> Push:
    return make_push("account:updated", account_topic(account_id), seq, None, json)


def chat_push(chat: ChangedChat) -> Push:
    return make_push(STATE_EVENT, account_topic(chat.account_id), chat.seq, chat.id, chat.json, chat.audience)


def chat_pushes(chats: Iterable[ChangedChat]) -> list[Push]:
    return [chat_push(chat) for chat in chats]


def message_push(message: ChangedMessage | InsertedMessage, event: MessageEvent = "message:updated") -> Push:
    return make_push(
        event,
        account_topic(message.account_id),
        message.seq,
        message.chat_id,
        message.json,
        message.audience,
    )


def activity_push(activity: StoredActivity) -> Push:
    """What a user did with a chat."""
    return make_push(
        "activity:new",
        account_topic(activity.account_id),
        activity.seq,
        activity.chat_id,
        activity.json,
        activity.audience,
    )


def note_push(note: StoredNote, event: NoteEvent) -> Push:
    """What a user wrote to the others."""
    return make_push(event, account_topic(note.account_id), note.seq, note.chat_id, note.json, note.audience)


def shared_draft_push(account_id: int, draft: SharedDraft) -> Push:
    """What a user is writing and shares, or shares no more."""
    return make_push(
        "draft:updated", account_topic(account_id), draft.seq, draft.chat_id, draft.json, draft.audience
    )


def planned_push(planned: ChangedPlanned) -> Push:
    """A planned message: new, changed, sent, cancelled or failed."""
    return make_push(
        "planned:updated",
        account_topic(planned.account_id),
        planned.seq,
        planned.chat_id,
        planned.json,
        planned.audience,
    )


def contact_push(contact: ChangedContact) -> Push:
    return make_push(CONTACT_EVENT, account_topic(contact.account_id), contact.seq, None, contact.json)


def tombstone_push(tombstone: Tombstone) -> Push:
    """Tells clients to drop what was erased."""
    return make_push(
        tombstone.event,
        account_topic(tombstone.account_id),
        tombstone.seq,
        tombstone.chat_id,
        tombstone.json,
        tombstone.audience,
    )


def tombstone_pushes(tombstones: Iterable[Tombstone]) -> list[Push]:
    return [tombstone_push(tombstone) for tombstone in tombstones]


def amended_pushes(
    message: ChangedMessage | None, chat: ChangedChat | None, replies: Sequence[ChangedMessage]
) -> list[Push]:
    """The pushes of an amendment, which may have changed the message, its chat, and the replies that quote it."""
    pushes = [message_push(changed) for changed in (message, *replies) if changed is not None]
    return pushes if chat is None else [*pushes, chat_push(chat)]


def user_push(event: UserEvent, user_id: int, seq: int, json: str) -> Push:
    """A change of what belongs to a person."""
    return make_push(event, user_topic(user_id), seq, None, json)


def change_push(topic: Topic, change: Change) -> Push:
    """A change read from the rows, as it was pushed when it was made."""
    return make_push(change.event, topic, change.seq, change.chat_id, change.json, change.audience)
