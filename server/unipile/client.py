"""UniPile's REST API (unipile-api.md §§1–7), one method per route; transport.py sends the calls."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime

import aiohttp

from server.text.names import contact_name
from server.unipile.answers import (
    CheckpointStep,
    ProviderAccount,
    Registration,
    read_account,
    read_checkpoint,
    read_id,
    read_name,
    read_other_name,
    read_pairing,
    read_registration,
)
from server.unipile.breaker import Breaker, State
from server.unipile.errors import UnipileError
from server.unipile.fields.scalars import small_integer
from server.unipile.lists.attendees import items_of
from server.unipile.lists.messages import OwnMessage, read_own_messages
from server.unipile.message_state import MessageState, read_message
from server.unipile.outgoing_file import OutgoingFile
from server.unipile.paths import part_of_path as _part
from server.unipile.transport import Deadlines, File, Transport

DIRECT_CHAT = 0
NEW_ACCOUNT: Mapping[str, object] = {"type": "create", "providers": ["WHATSAPP"]}
# Our name of a chat's flag -> UniPile's action (§6.2).
FLAG_ACTIONS: Mapping[str, str] = {
    "read": "setReadStatus",
    "archived": "setArchiveStatus",
    "pinned": "setPinnedStatus",
    "muted": "setMuteStatus",
}
# The sources of webhooks (§4.5), and the header with the webhook secret.
MESSAGES_SOURCE, STATUS_SOURCE = "messaging", "account_status"
SECRET_HEADER = "Unipile-Auth"  # noqa: S105 - the header's name
MESSAGE_EVENTS = (
    "message_received",
    "message_reaction",
    "message_read",
    "message_edited",
    "message_deleted",
    "message_delivered",
)


class UnipileClient:
    """UniPile's routes as methods; each raises a UnipileError that says whether UniPile acted."""

    # Of every account that is connected through it.
    provider = "whatsapp"

    def __init__(
        self,
        dsn: str,
        api_key: str,
        *,
        concurrency: int,
        connect_timeout_seconds: float,
        total_timeout_seconds: float,
        read_timeout_seconds: float = 10.0,
        pairing_timeout_seconds: float = 60.0,
        breaker_failures: int = 10,
        breaker_seconds: float = 15.0,
        downloads: int = 4,
        download_timeout_seconds: float = 45.0,
    ) -> None:
        self._dsn = dsn
        deadlines = Deadlines(
            connect=connect_timeout_seconds,
            write=total_timeout_seconds,
            read=read_timeout_seconds,
            pairing=pairing_timeout_seconds,
            download=download_timeout_seconds,
        )
        self._transport = Transport(
            dsn,
            api_key,
            concurrency=concurrency,
            downloads=downloads,
            deadlines=deadlines,
            breaker=Breaker(breaker_failures, breaker_seconds),
        )

    @property
    def circuit(self) -> State:
        """The circuit breaker's state in this process."""
        return self._transport.circuit

    async def close(self) -> None:
        await self._transport.close()

    async def _call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
        form: aiohttp.FormData | None = None,
    ) -> dict[str, object]:
        """One call; raises a UnipileError that says whether UniPile acted."""
        json = dict(body) if body is not None else None
        return await self._transport.call(method, path, params=params, json=json, data=form)

    # -- accounts (§2) -----------------------------------------------------------------------------------------

    async def start_connect(self, phone: str | None = None) -> CheckpointStep:
        """Start pairing: with a QR code, or with a code to type on the phone of this number."""
        return await self._pair("/accounts", phone)

    async def _pair(self, path: str, phone: str | None) -> CheckpointStep:
        if phone is None:
            return read_checkpoint(await self._call("POST", path, body={"provider": "WHATSAPP"}))
        body = {"provider": "WHATSAPP", "pairing_phone_number": phone.removeprefix("+")}
        return read_pairing(await self._call("POST", path, body=body))

    async def make_hosted_link(
        self, *, expires_at: datetime, notify_url: str, return_url: str, known: str | None = None
    ) -> str:
        """The URL of UniPile's hosted page that connects a WhatsApp number, or reconnects a known account (§2.6)."""
        body = {
            **({"type": "reconnect", "reconnect_account": known} if known else NEW_ACCOUNT),
            "api_url": self._dsn,
            "expiresOn": _exact(expires_at),
            "notify_url": notify_url,
            "success_redirect_url": return_url,
            "failure_redirect_url": return_url,
        }
        url = (await self._call("POST", "/hosted/accounts/link", body=body)).get("url")
        if not isinstance(url, str) or not url.startswith(("https://", "http://")):
            raise UnipileError("unexpected_answer", "UniPile returned no page.")
        return url

    async def start_reconnect(self, external_account_id: str, phone: str | None = None) -> CheckpointStep:
        """Start pairing again for an existing account, which keeps its id."""
        return await self._pair(f"/accounts/{_part(external_account_id)}", phone)

    async def restart_account(self, external_account_id: str) -> bool:
        """Restart a frozen account; whether UniPile accepted. Its status reports the result."""
        answer = await self._call("POST", f"/accounts/{_part(external_account_id)}/restart")
        return answer.get("object") != "AccountFailedToRestart"

    async def fetch_account(self, external_account_id: str) -> ProviderAccount:
        answer = await self._call("GET", f"/accounts/{_part(external_account_id)}")
        return read_account(external_account_id, answer)

    async def delete_account(self, external_account_id: str) -> None:
        await self._call("DELETE", f"/accounts/{_part(external_account_id)}")

    async def play_busy_day(self, external_account_id: str) -> None:
        """Only the sandbox has this: it links an account that is pairing, and customers write to it."""
        await self._call("POST", f"/sandbox/accounts/{_part(external_account_id)}/busy-day", body={})

    # -- verifying a send (§1.6) -------------------------------------------------------------------------------------

    async def list_own_messages(self, provider_chat_id: str, after: datetime) -> list[OwnMessage]:
        """The account's own messages in a chat after a time, oldest first, of the newest hundred messages."""
        path = f"/chats/{_part(provider_chat_id)}/messages"
        return read_own_messages(
            await self._call("GET", path, params={"after": _exact(after), "limit": "100"})
        )

    # -- chats and messages (§6, §7) ---------------------------------------------------------------------------

    async def send_message(
        self,
        external_account_id: str,
        provider_chat_id: str,
        text: str | None,
        *,
        quoted_msg_id: str | None = None,
        file: OutgoingFile | None = None,
    ) -> str | None:
        """Send a text, a file or both, as a reply if `quoted_msg_id` is given.

        Returns the message's id, which UniPile may omit.
        """
        form = aiohttp.FormData(default_to_multipart=True)
        form.add_field("account_id", external_account_id)
        if text:
            form.add_field("text", text)
        if quoted_msg_id is not None:
            form.add_field("quote_id", quoted_msg_id)
        if file is not None:
            file.add_to(form)
        answer = await self._call("POST", f"/chats/{_part(provider_chat_id)}/messages", form=form)
        return read_id(answer, "message_id")

    async def start_chat(
        self, external_account_id: str, address: str, text: str
    ) -> tuple[str | None, str | None]:
        """Send a first message; returns the ids of chat and message, which UniPile may omit."""
        form = aiohttp.FormData(default_to_multipart=True)
        form.add_field("account_id", external_account_id)
        form.add_field("attendees_ids", address)
        form.add_field("text", text)
        answer = await self._call("POST", "/chats", form=form)
        return read_id(answer, "chat_id"), read_id(answer, "message_id")

    async def fetch_chat_id(self, external_account_id: str, address: str) -> str | None:
        """UniPile's id of the chat with this address."""
        answer = await self._call(
            "GET", f"/chats/{_part(address)}", params={"account_id": external_account_id}
        )
        return read_id(answer, "id")

    async def set_chat(self, provider_chat_id: str, flag: str, value: bool | str) -> None:
        """Set one flag of a chat: read, archived, pinned (true or false), muted (also a time)."""
        body = {"action": FLAG_ACTIONS[flag], "value": value}
        await self._call("PATCH", f"/chats/{_part(provider_chat_id)}", body=body)

    async def fetch_chat_name(self, provider_chat_id: str) -> str | None:
        """A group's subject, or the name of a direct chat's contact."""
        path = f"/chats/{_part(provider_chat_id)}"
        chat = await self._call("GET", path)
        name = read_name(chat)
        if small_integer(chat.get("type")) != DIRECT_CHAT:
            return name
        return contact_name(name) or read_other_name(await self._call("GET", f"{path}/attendees"))

    async def fetch_message(self, provider_msg_id: str) -> MessageState:
        """The current state of a message."""
        return read_message(await self._call("GET", f"/messages/{_part(provider_msg_id)}"))

    def download(
        self, provider_msg_id: str, attachment_id: str
    ) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Stream an attachment. Raises NotTaken while UniPile is unreachable or busy, OutcomeUnknown when it failed,
        Rejected when the file is not available.
        """
        return self._transport.stream(
            f"/messages/{_part(provider_msg_id)}/attachments/{_part(attachment_id)}"
        )

    def download_picture(self, external_id: str, tag: str | None) -> AbstractAsyncContextManager[File]:
        """A contact's picture by UniPile's attendee id; raises like `download`, Rejected when there is none."""
        return self._transport.open_file(f"/chat_attendees/{_part(external_id)}/picture", tag)

    async def edit_message(self, provider_msg_id: str, text: str) -> None:
        """Success means only that UniPile accepted it: WhatsApp has its own time limits (§7)."""
        await self._call("PATCH", f"/messages/{_part(provider_msg_id)}", body={"text": text})

    async def delete_message(self, provider_msg_id: str) -> None:
        """Delete for everyone; success means as little as for an edit."""
        await self._call("DELETE", f"/messages/{_part(provider_msg_id)}")

    async def react(self, provider_msg_id: str, value: str) -> None:
        """Set the account's reaction; an empty value withdraws it."""
        path = f"/messages/{_part(provider_msg_id)}/reactions"
        await self._call("POST", path, body={"reaction": value})

    async def read(self, *path: str, params: Mapping[str, str]) -> dict[str, object]:
        """GET the path of these segments; history.py reads the answer."""
        return await self._call("GET", "".join(f"/{_part(part)}" for part in path), params=params)

    # -- webhooks (§5) -----------------------------------------------------------------------------------------

    async def list_webhooks(self) -> list[Registration]:
        registrations: list[Registration] = []
        cursor: str | None = None
        while True:
            answer = await self._call("GET", "/webhooks", params={"cursor": cursor} if cursor else None)
            registrations += [read_registration(item) for item in items_of(answer)]
            following = answer.get("cursor")
            if not isinstance(following, str) or not following:
                return registrations
            cursor = following

    async def create_webhook(self, name: str, source: str, url: str, secret: str) -> None:
        """Register for all accounts. UniPile sends form encoding unless a Content-Type header is registered (§4.1)."""
        body: dict[str, object] = {
            "request_url": url,
            "source": source,
            "name": name,
            "format": "json",
            "enabled": True,
            "headers": [
                {"key": "Content-Type", "value": "application/json"},
                {"key": SECRET_HEADER, "value": secret},
            ],
        }
        if source == MESSAGES_SOURCE:
            body["events"] = list(MESSAGE_EVENTS)
        await self._call("POST", "/webhooks", body=body)

    async def delete_webhook(self, webhook_id: str) -> None:
        await self._call("DELETE", f"/webhooks/{_part(webhook_id)}")


def _exact(moment: datetime) -> str:
    """The one spelling of a time that UniPile takes (§1.5)."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
