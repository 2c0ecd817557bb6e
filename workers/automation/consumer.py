"""What a consumer of the feeds of accounts is, and what it leaves to be done after the commit."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from aiopg import Cursor

from server.config import Config
from server.messages.sending import StoredSend
from server.realtime.events import Push
from server.store.accounts.accounts import FoundAccount
from server.store.automation.feed_events import FeedEvent


@dataclass(slots=True)
class Effects:
    """What a transaction has done that is published and queued after its commit."""

    pushes: list[Push] = field(default_factory=list)
    sends: list[StoredSend] = field(default_factory=list)


A = TypeVar("A", bound=FoundAccount)


class Consumer(Protocol[A]):
    """Processes the events of accounts in which it has a cursor (feed_cursors.start_cursor)."""

    @property
    def name(self) -> str:
        """Of its cursors: never changed."""

    @property
    def page_size(self) -> int:
        """How many events a transaction processes at most."""

    @property
    def find(self) -> Callable[[Cursor, int], Awaitable[A | None]]:
        """`lock_account` if it takes seqs, else `find_account`."""

    async def process(
        self, cursor: Cursor, config: Config, account: A, events: Sequence[FeedEvent]
    ) -> Effects:
        """Act on events of one account. An error rolls all of it back, and it is tried again."""
