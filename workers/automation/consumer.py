"""What a consumer of the feeds of accounts is, and what it leaves to be done after the commit."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from aiopg import Cursor

from server.config import Config
from server.messages.sending import StoredSend
from server.realtime.events import Push
from server.store.accounts.accounts import LockedAccount
from server.store.automation.feed_events import FeedEvent


@dataclass(slots=True)
class Effects:
    """What a transaction has done that is published and queued after its commit."""

    pushes: list[Push] = field(default_factory=list)
    sends: list[StoredSend] = field(default_factory=list)


class Consumer(Protocol):
    """Processes the events of accounts in which it has a cursor (feed_cursors.start_cursor)."""

    @property
    def name(self) -> str:
        """Of its cursors: never changed."""

    @property
    def page_size(self) -> int:
        """How many events a transaction processes at most."""

    async def process(
        self, cursor: Cursor, config: Config, account: LockedAccount, events: Sequence[FeedEvent]
    ) -> Effects:
        """Act on events of one account, which is locked. An error rolls all of it back, and it is tried again."""
