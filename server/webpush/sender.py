"""Sends encrypted notifications to push services (RFC 8030, 8291), and says what became of each."""

from enum import Enum
from typing import Literal, NamedTuple

import aiohttp

from server.webpush.endpoints import PrivateAddress, PublicResolver, endpoint_problem
from server.webpush.subscriptions import Subscription, encrypt, topic_of
from server.webpush.vapid import Vapid

TIMEOUT = aiohttp.ClientTimeout(total=15, sock_connect=5)
# What is older is of no use on a phone that was off.
TTL_SECONDS = 12 * 3600
CONNECTIONS = 20
TOO_MANY_REQUESTS = 429
ENDED_STATUSES = (404, 410)
LONGEST_WAIT_SECONDS = 3600

Urgency = Literal["normal", "high"]


class Outcome(Enum):
    """What the push service did with it."""

    ACCEPTED = "accepted"
    ENDED = "ended"  # the subscription
    DELAYED = "delayed"  # to be sent again later
    REJECTED = "rejected"  # would be rejected again


class Answer(NamedTuple):
    """The outcome, the status or error that it follows from, and the seconds that the service asks to wait."""

    outcome: Outcome
    reason: str
    retry_after: int | None = None


class WebpushSender:
    """One pool of connections to push services."""

    def __init__(self, vapid: Vapid, *, allows_private: bool) -> None:
        self._vapid = vapid
        self._allows_private = allows_private
        resolver = None if allows_private else PublicResolver()
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=CONNECTIONS, resolver=resolver, use_dns_cache=False),
            timeout=TIMEOUT,
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def close(self) -> None:
        await self._session.close()

    async def send(
        self, subscription: Subscription, payload: bytes, *, subject: str, urgency: Urgency
    ) -> Answer:
        """Send one notification; does not raise. `subject` is what a newer one replaces an older one of."""
        if problem := endpoint_problem(subscription.endpoint, allows_private=self._allows_private):
            return Answer(Outcome.REJECTED, problem)
        headers = {
            "Authorization": self._vapid.authorization(subscription.endpoint),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(TTL_SECONDS),
            "Topic": topic_of(subscription, subject),
            "Urgency": urgency,
        }
        return await self._post(subscription.endpoint, encrypt(subscription, payload), headers)

    async def _post(self, endpoint: str, body: bytes, headers: dict[str, str]) -> Answer:
        try:
            async with self._session.post(
                endpoint, data=body, headers=headers, allow_redirects=False
            ) as response:
                return _answer(response.status, response.headers.get("Retry-After", ""))
        except aiohttp.ClientConnectorError as error:
            is_private = isinstance(error.os_error, PrivateAddress)
            return Answer(Outcome.REJECTED if is_private else Outcome.DELAYED, type(error.os_error).__name__)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            return Answer(Outcome.DELAYED, type(error).__name__)


def _answer(status: int, retry_after: str) -> Answer:
    if status in ENDED_STATUSES:
        return Answer(Outcome.ENDED, str(status))
    if status < 300:
        return Answer(Outcome.ACCEPTED, str(status))
    if status == TOO_MANY_REQUESTS or status >= 500:
        wait = min(int(retry_after), LONGEST_WAIT_SECONDS) if retry_after.isdecimal() else None
        return Answer(Outcome.DELAYED, str(status), wait)
    return Answer(Outcome.REJECTED, str(status))
