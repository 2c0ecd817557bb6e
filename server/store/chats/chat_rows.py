"""Rows that callers build for statements about chats and contacts; each statement reads them with
`jsonb_to_recordset`.
"""

from datetime import datetime
from typing import NotRequired, TypedDict


class ReportedChat(TypedDict):
    """A chat as an event or a list describes it; `kind` is direct, group or channel."""

    account_id: int
    provider_chat_id: str
    address: str | None
    kind: str


class WantedChat(ReportedChat):
    """A chat to find or insert for these messages (provider ids). Without `messages` it is inserted in any case."""

    messages: NotRequired[list[str]]


class ChatAdvance(TypedDict):
    """What stored messages change about their chat: `arrived` of them are unread. `recounts` when the unread count must
    be computed from the rows. The newest message and the title are left out where the batch has none.
    """

    account_id: int
    chat_id: int
    arrived: int
    recounts: bool
    message_id: NotRequired[int]
    sent_at: NotRequired[str]
    message_key: NotRequired[str]
    preview: NotRequired[str]
    title: NotRequired[str]
    titled_at: NotRequired[str]
    phoned_at: NotRequired[str]
    # The first of the messages that a contact waits for an answer to: when it was sent, and its `inserted_seq`.
    waiting_at: NotRequired[str]
    waiting_seq: NotRequired[int]
    # Of a message sent through Confab, which is an answer: `user` or `api_key`.
    author_kind: NotRequired[str]
    author_id: NotRequired[int]


class ContactReport(TypedDict):
    """A contact as a batch of events describes it: all its ids, the newest name, phone and username and when each was
    reported (`-infinity` where none was). `n` counts the rows of a statement. `is_dated`: the newest name and phone
    come from messages of the contact's own chat, which has their times.
    """

    n: int
    account_id: int
    ids: list[str]
    provider_id: str
    external_id: str | None
    name: str | None
    named_at: str
    phone: str | None
    phoned_at: str
    username: str | None
    usernamed_at: str
    is_dated: bool


class PhoneFlags(TypedDict):
    """What UniPile reports as set on a chat; None where it reports nothing. `is_marked`: marked as unread; `counts`:
    has unread messages; `mutes`: `muted_until` was reported.
    """

    provider_chat_id: str
    archived: bool | None
    pinned: bool | None
    mutes: bool
    muted_until: str | None
    is_read: bool
    is_marked: bool
    counts: bool
    last_at: datetime | None
