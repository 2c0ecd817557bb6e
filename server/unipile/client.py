"""Calls UniPile's REST API (unipile-api.md §§1–7): one session, deadlines on every call, a bounded number at a time."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import aiohttp
import orjson

from server.unipile.errors import NotTaken, OutcomeUnknown, Rejected, UnipileError, error_from
from server.unipile.events import STATUSES, clean

SOURCE_STATUS_ORDER = ("CREDENTIALS", "PERMISSIONS", "ERROR", "STOPPED", "CONNECTING", "OK")
MESSAGE_EVENTS = (
    "message_received",
    "message_reaction",
    "message_read",
    "message_edited",
    "message_deleted",
    "message_delivered",
)


@dataclass(frozen=True, slots=True)
class ProviderAccount:
    """An account as UniPile holds it; `status` is ours, derived from its sources (§2.4), `phone` is +digits."""

    external_account_id: str
    status: str
    reason: str
    name: str | None
    phone: str | None


@dataclass(frozen=True, slots=True)
class QrCheckpoint:
    """What has to be scanned with the phone; `qrcode` is text to be drawn."""

    external_account_id: str
    qrcode: str


@dataclass(frozen=True, slots=True)
class Registration:
    """A webhook registered at UniPile."""

    id: str
    name: str | None
    url: str
    is_enabled: bool
    headers: Mapping[str, str]


class UnipileClient:
    """The workspace's key can act on every account: it never leaves this class."""

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
        self._slots = asyncio.Semaphore(concurrency)
        self._session = aiohttp.ClientSession(
            headers={"X-API-KEY": api_key, "Accept": "application/json"},
            timeout=aiohttp.ClientTimeout(total=total_timeout_seconds, sock_connect=connect_timeout_seconds),
            connector=aiohttp.TCPConnector(limit=concurrency),
        )

    async def close(self) -> None:
        await self._session.close()

    async def _call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        form: aiohttp.FormData | None = None,
    ) -> dict[str, Any]:
        """One request; raises a UnipileError that says whether UniPile acted."""
        try:
            async with (
                self._slots,
                self._session.request(
                    method,
                    self._base + path,
                    params=params,
                    json=dict(body) if body is not None else None,
                    data=form,
                ) as response,
            ):
                answer = _object(await response.read())
                if response.status >= 400:
                    raise error_from(response.status, answer)
                return answer
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise NotTaken("not_reached", "UniPile could not be reached.") from error
        except TimeoutError as error:
            raise OutcomeUnknown("timeout", "UniPile did not answer in time.") from error
        except aiohttp.ClientError as error:
            raise OutcomeUnknown("connection_lost", "The connection to UniPile broke.") from error

    # -- accounts (§2) -----------------------------------------------------------------------------------------

    async def start_connect(self) -> QrCheckpoint:
        """Begin to connect a WhatsApp number."""
        return _checkpoint(await self._call("POST", "/accounts", body={"provider": "WHATSAPP"}))

    async def start_reconnect(self, external_account_id: str) -> QrCheckpoint:
        """Begin again for an account that is known: the id stays."""
        path = f"/accounts/{_part(external_account_id)}"
        return _checkpoint(await self._call("POST", path, body={"provider": "WHATSAPP"}))

    async def fetch_account(self, external_account_id: str) -> ProviderAccount:
        answer = await self._call("GET", f"/accounts/{_part(external_account_id)}")
        return _account(external_account_id, answer)

    async def delete_account(self, external_account_id: str) -> None:
        await self._call("DELETE", f"/accounts/{_part(external_account_id)}")

    # -- chats and messages (§6, §7) ---------------------------------------------------------------------------

    async def send_text(self, external_account_id: str, provider_chat_id: str, text: str) -> str | None:
        """Send a text; returns the message's id, which UniPile may leave out."""
        form = aiohttp.FormData(default_to_multipart=True)
        form.add_field("account_id", external_account_id)
        form.add_field("text", text)
        answer = await self._call("POST", f"/chats/{_part(provider_chat_id)}/messages", form=form)
        message_id = answer.get("message_id")
        return message_id if isinstance(message_id, str) and message_id else None

    async def set_read(self, provider_chat_id: str, is_read: bool) -> None:
        body = {"action": "setReadStatus", "value": is_read}
        await self._call("PATCH", f"/chats/{_part(provider_chat_id)}", body=body)

    async def fetch_chat_name(self, provider_chat_id: str) -> str | None:
        """A group's subject; often None in direct chats."""
        name = (await self._call("GET", f"/chats/{_part(provider_chat_id)}")).get("name")
        return clean(name[:200]) if isinstance(name, str) and name else None

    # -- webhooks (§5) -----------------------------------------------------------------------------------------

    async def list_webhooks(self) -> list[Registration]:
        registrations: list[Registration] = []
        cursor: str | None = None
        while True:
            answer = await self._call("GET", "/webhooks", params={"cursor": cursor} if cursor else None)
            items = answer.get("items")
            registrations += [_registration(item) for item in items or [] if isinstance(item, dict)]
            cursor = answer.get("cursor")
            if not cursor:
                return registrations

    async def create_webhook(self, name: str, source: str, url: str, secret: str) -> None:
        """Register for all accounts; UniPile sends form-encoded unless a Content-Type is asked for (§4.1)."""
        body: dict[str, Any] = {
            "request_url": url,
            "source": source,
            "name": name,
            "format": "json",
            "enabled": True,
            "headers": [
                {"key": "Content-Type", "value": "application/json"},
                {"key": "Unipile-Auth", "value": secret},
            ],
        }
        if source == "messaging":
            body["events"] = list(MESSAGE_EVENTS)
        await self._call("POST", "/webhooks", body=body)

    async def delete_webhook(self, webhook_id: str) -> None:
        await self._call("DELETE", f"/webhooks/{_part(webhook_id)}")


def _part(identifier: str) -> str:
    """An id as one part of an address. Quoting cannot save the two that every client takes for steps in the tree:
    with them a caller's id would reach another route than the one that is meant.
    """
    if identifier in (".", ".."):
        raise Rejected("invalid_resource_identifier", "UniPile has no such id.", 404)
    return quote(identifier, safe="")


def _object(data: bytes) -> dict[str, Any]:
    try:
        answer = orjson.loads(data)
    except orjson.JSONDecodeError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _checkpoint(answer: Mapping[str, Any]) -> QrCheckpoint:
    account_id, checkpoint = answer.get("account_id"), answer.get("checkpoint")
    qrcode = checkpoint.get("qrcode") if isinstance(checkpoint, dict) else None
    if not isinstance(account_id, str) or not isinstance(qrcode, str):
        raise UnipileError("unexpected_answer", "UniPile did not give a QR code.")
    return QrCheckpoint(account_id, qrcode)


def _account(external_account_id: str, answer: Mapping[str, Any]) -> ProviderAccount:
    """There is no status of the whole in v1: the worst source decides (§2.4)."""
    sources = answer.get("sources")
    words = [source.get("status") for source in sources or [] if isinstance(source, dict)]
    reason = next((word for word in SOURCE_STATUS_ORDER if word in words), "CONNECTING")
    parameters = answer.get("connection_params")
    im = parameters.get("im") if isinstance(parameters, dict) else None
    digits = str(im.get("phone_number") or "").lstrip("+") if isinstance(im, dict) else ""
    name = answer.get("name")
    return ProviderAccount(
        external_account_id=external_account_id,
        status=STATUSES[reason],
        reason=reason,
        name=clean(name[:200]) if isinstance(name, str) and name else None,
        phone=f"+{digits}" if digits.isascii() and digits.isdigit() else None,
    )


def _registration(item: Mapping[str, Any]) -> Registration:
    headers = item.get("headers")
    return Registration(
        id=str(item.get("id") or item.get("webhook_id") or ""),
        name=item.get("name"),
        url=str(item.get("request_url") or ""),
        is_enabled=item.get("enabled") is not False,
        headers={str(h.get("key")): str(h.get("value")) for h in headers or [] if isinstance(h, dict)},
    )
