"""A user of Confab as their browser signs in and calls it: the inbox is known by its REST API only."""

import asyncio
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any

import aiohttp

from sandbox.settings import Inbox
from sandbox.store.entities import Json

PATIENCE_SECONDS = 20.0
POLL_SECONDS = 0.1
CHANNELS = "/api/channels/whatsapp"


class InboxError(Exception):
    """Confab answered with an error, or did not answer."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


async def request(
    session: aiohttp.ClientSession, inbox: Inbox, method: str, path: str, body: Json | None, token: str | None
) -> Json:
    """The body of an answer; raises InboxError."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    try:
        async with session.request(method, inbox.url + path, json=body, headers=headers) as answer:
            value: Json = await answer.json() if answer.status != HTTPStatus.NO_CONTENT else {}
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise InboxError("unreachable", f"{inbox.url} does not answer as Confab does.") from error
    if answer.ok:
        return value
    failure = value.get("error", {})
    raise InboxError(failure.get("code", ""), failure.get("message", f"{method} {path}: {answer.status}."))


class User:
    """A user who is signed in, and signs in again when the token has expired."""

    def __init__(self, session: aiohttp.ClientSession, inbox: Inbox, email: str) -> None:
        self._session, self._inbox, self._email = session, inbox, email
        self._token: str | None = None
        self.id, self.name = 0, ""

    async def sign_in(self) -> None:
        """Sign in with the password of the demo team."""
        body = {"email": self._email, "password": self._inbox.password}
        await self._enter("/api/auth/login", body)

    async def accept(self, link: str) -> None:
        """Set the password by a one-time link, and sign in."""
        token = link.partition("#")[2]
        await self._enter("/api/auth/link/accept", {"token": token, "password": self._inbox.password})

    async def _enter(self, path: str, body: Json) -> None:
        session = await request(self._session, self._inbox, "POST", path, body, None)
        self._token, self.id, self.name = session["token"], session["user"]["id"], session["user"]["name"]

    async def call(self, method: str, path: str, body: Json | None = None) -> Json:
        """The body of an answer; raises InboxError."""
        try:
            return await request(self._session, self._inbox, method, path, body, self._token)
        except InboxError as error:
            if error.code != "unauthenticated":
                raise
        await self.sign_in()
        return await request(self._session, self._inbox, method, path, body, self._token)

    async def walk(self, path: str) -> AsyncIterator[Json]:
        """The items of a list, page by page."""
        cursor: str | None = ""
        while cursor is not None:
            page = await self.call("GET", f"{path}?limit=100{cursor and '&cursor='}{cursor}")
            for item in page["items"]:
                yield item
            cursor = page.get("next_cursor")

    async def find(self, path: str, **values: Any) -> Json | None:
        """The first item of a list with these values."""
        async for item in self.walk(path):
            if _has(item, values):
                return item
        return None

    async def wait_for(self, path: str, **values: Any) -> Json:
        """The item of a list's first page with these values, once it is there; raises InboxError."""
        for _ in range(int(PATIENCE_SECONDS / POLL_SECONDS)):
            found = _first((await self.call("GET", f"{path}?limit=100"))["items"], values)
            if found is not None:
                return found
            await asyncio.sleep(POLL_SECONDS)
        raise InboxError("late", f"Not in the inbox after {PATIENCE_SECONDS:g} s: {values}.")


def _first(items: list[Json], values: Json) -> Json | None:
    return next((item for item in items if _has(item, values)), None)


def _has(item: Json, values: Json) -> bool:
    return all(item[key] == value for key, value in values.items())
