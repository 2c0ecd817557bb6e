"""Pages through UniPile's lists of chats and messages, newest first (unipile-api.md §§6–9)."""

import asyncio
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from server.unipile.client import UnipileClient
from server.unipile.errors import NotTaken, OutcomeUnknown
from server.unipile.lists.attendees import Attendees, items_of, read_attendees
from server.unipile.lists.chats import StoredChat, read_chat

MAX_LIMIT = 250
# All attempts of one read together. A read has no side effects, so it is retried until then.
READ_SECONDS = 20.0
FIRST_BACKOFF_SECONDS, LONGEST_BACKOFF_SECONDS = 0.2, 4.0
EXACT_MILLISECONDS = re.compile(r"\.(\d{3})\d*\+00:00$")


@dataclass(frozen=True, slots=True)
class RawPage:
    """The objects of one page, and the opaque cursor of the next; None after the last."""

    items: list[Mapping[str, object]]
    cursor: str | None


class History:
    """Pages through UniPile's lists, newest first."""

    def __init__(self, client: UnipileClient) -> None:
        self._client = client

    async def list_chats(
        self, external_account_id: str, cursor: str | None, limit: int
    ) -> tuple[list[StoredChat], str | None]:
        page = await self._page(("chats",), {"account_id": external_account_id}, cursor, limit)
        return [chat for item in page.items if (chat := read_chat(item)) is not None], page.cursor

    async def list_chat_messages(self, provider_chat_id: str, cursor: str | None, limit: int) -> RawPage:
        return await self._page(("chats", provider_chat_id, "messages"), {}, cursor, limit)

    async def list_messages(self, external_account_id: str, after: datetime, cursor: str | None) -> RawPage:
        filters = {"account_id": external_account_id, "after": _exact(after)}
        return await self._page(("messages",), filters, cursor, MAX_LIMIT)

    async def list_attendees(self, provider_chat_id: str) -> Attendees:
        """The attendees of a chat; this list has no pages (§6.2)."""
        return read_attendees(await self._read(("chats", provider_chat_id, "attendees"), {}))

    async def _page(
        self, path: tuple[str, ...], filters: Mapping[str, str], cursor: str | None, limit: int
    ) -> RawPage:
        """One page. A cursor carries its filters; UniPile ignores those beside it (§1.5), or applies them."""
        more = {"cursor": cursor} if cursor else {}
        answer = await self._read(path, {**filters, "limit": str(limit), **more})
        following = answer.get("cursor")
        # A cursor that points to itself would be read forever.
        is_new = isinstance(following, str) and following not in ("", cursor)
        return RawPage(items_of(answer), str(following) if is_new else None)

    async def _read(self, path: tuple[str, ...], params: Mapping[str, str]) -> Mapping[str, object]:
        """Raises NotTaken after the last retry, Rejected when UniPile rejects the request."""
        loop = asyncio.get_running_loop()
        deadline, pause = loop.time() + READ_SECONDS, FIRST_BACKOFF_SECONDS
        while True:
            try:
                async with asyncio.timeout_at(deadline):
                    return await self._client.read(*path, params=params)
            except TimeoutError as error:
                raise NotTaken("timeout", "UniPile did not answer in time.") from error
            except (NotTaken, OutcomeUnknown) as error:
                wait = pause * random.uniform(0.5, 1.5)  # noqa: S311 - jitter, not a secret
                if loop.time() + wait > deadline:
                    raise NotTaken(error.type, error.title, error.status) from error
            await asyncio.sleep(wait)
            pause = min(2 * pause, LONGEST_BACKOFF_SECONDS)


def _exact(moment: datetime) -> str:
    """A time in the format of the filters: milliseconds and a Z (§1.5)."""
    return EXACT_MILLISECONDS.sub(r".\1Z", moment.isoformat(timespec="milliseconds"))
