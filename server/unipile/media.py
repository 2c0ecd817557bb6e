"""Media at UniPile: a download that streams, and a file that streams into a send (unipile-api.md §7, §8.3)."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
import orjson
from aiohttp.abc import AbstractStreamWriter
from aiohttp.payload import Payload

from server.unipile.errors import NotTaken, OutcomeUnknown, UnipileError, error_from
from server.unipile.paths import part_of_path

CHUNK_BYTES = 64 * 1024
MAX_ERROR_BYTES = 64 * 1024


class UnipileMedia:
    """Downloads, apart from the other calls: they may take longer, and none of those waits for them."""

    def __init__(
        self,
        dsn: str,
        api_key: str,
        *,
        concurrency: int,
        connect_timeout_seconds: float,
        total_timeout_seconds: float,
    ) -> None:
        self._base = f"{dsn}/api/v1"
        self._session = aiohttp.ClientSession(
            headers={"X-API-KEY": api_key},
            timeout=aiohttp.ClientTimeout(total=total_timeout_seconds, sock_connect=connect_timeout_seconds),
            connector=aiohttp.TCPConnector(limit=concurrency),
        )

    async def close(self) -> None:
        await self._session.close()

    @asynccontextmanager
    async def download(self, provider_msg_id: str, attachment_id: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """The bytes of an attachment as they come; raises NotTaken while UniPile is away or busy, OutcomeUnknown when
        it failed at this one, Rejected when there is nothing to be had.
        """
        path = f"/messages/{part_of_path(provider_msg_id)}/attachments/{part_of_path(attachment_id)}"
        async with self._answer(path) as response:
            yield _chunks(response)

    @asynccontextmanager
    async def _answer(self, path: str) -> AsyncIterator[aiohttp.ClientResponse]:
        try:
            response = await self._session.get(self._base + path)
        except (aiohttp.ClientError, TimeoutError) as error:
            raise _passing(error) from error
        async with response:
            if response.status >= 400:
                raise await _failure(response)
            yield response


async def _chunks(response: aiohttp.ClientResponse) -> AsyncIterator[bytes]:
    try:
        async for chunk in response.content.iter_chunked(CHUNK_BYTES):
            yield chunk
    except (aiohttp.ClientError, TimeoutError) as error:
        raise _passing(error) from error


async def _failure(response: aiohttp.ClientResponse) -> UnipileError:
    try:
        body = orjson.loads(await response.content.read(MAX_ERROR_BYTES))
    except (aiohttp.ClientError, TimeoutError, ValueError):
        body = None
    return error_from(response.status, body if isinstance(body, dict) else {})


def _passing(error: Exception) -> UnipileError:
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return NotTaken("not_reached", "UniPile could not be reached.")
    return OutcomeUnknown("timeout", "UniPile did not answer in time.")


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A file of a send; `open` begins to read it anew."""

    file_name: str
    mimetype: str
    size: int
    is_voice: bool
    open: Callable[[], Awaitable[AsyncIterator[bytes]]]

    def add_to(self, form: aiohttp.FormData) -> None:
        """As the form's file: its bytes are read while they are sent."""
        name = "voice_message" if self.is_voice else "attachments"
        form.add_field(name, _FilePayload(self), content_type=self.mimetype, filename=self.file_name)


class _FilePayload(Payload):
    """Streams a file whose size is known, so that the form has a length as UniPile's other clients send it."""

    def __init__(self, file: OutgoingFile) -> None:
        super().__init__(file, content_type=file.mimetype)
        self._file = file
        self._size = file.size

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        raise TypeError("A file has no text.")

    async def write(self, writer: AbstractStreamWriter) -> None:
        async for chunk in await self._file.open():
            await writer.write(chunk)
