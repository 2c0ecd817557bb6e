"""A sandbox's state: the world, fault switches, webhook deliveries and timers."""

import asyncio
from collections.abc import Callable
from typing import Any

from sandbox.faults import Dice
from sandbox.output.live import Live
from sandbox.output.serialize import message_event_json
from sandbox.output.views import account_view, chat_view, message_view
from sandbox.output.webhooks import Dispatcher
from sandbox.settings import SandboxSettings
from sandbox.store.archive import Archive
from sandbox.store.entities import Account, Json, Message, Webhook
from sandbox.store.world import World

# UniPile may omit any declared key; these are the ones a receiver does not need.
OPTIONAL_KEYS = (
    "account_info",
    "attendees",
    "quoted",
    "reply_to",
    "folder",
    "subject",
    "chat_pinned",
    "is_forwarded",
)


class Simulator:
    """The state that API routes and control routes operate on."""

    def __init__(self, settings: SandboxSettings) -> None:
        self.settings = settings
        # Several are valid at once, as in UniPile's dashboard.
        self.api_keys = {settings.api_key}
        self.archive = Archive(settings.data, settings.save_seconds)
        self.world = World(self.archive, settings.clock)
        self.dice = Dice()
        self.live = Live()
        self.dispatcher = Dispatcher(settings, self.world, self.archive, self.dice)
        self.closing = asyncio.Event()
        self._timers: set[asyncio.TimerHandle] = set()

    async def open(self) -> None:
        """Load the world or create a new one, and start webhook deliveries."""
        entities = await self.archive.open()
        unfinished = self.world.load(entities)
        if not entities:
            self.world.add_sample_contacts()
        await self.dispatcher.open(unfinished)

    async def close(self) -> None:
        """Stop timers and deliveries and save everything."""
        self.cancel_waits()
        self._cancel_timers()
        await self.dispatcher.close()
        await self.archive.close()

    def cancel_waits(self) -> None:
        """End hanging responses and live streams."""
        self.closing.set()
        self.live.close()

    async def reset(self, preserve_webhooks: bool) -> None:
        """Reset to an empty world and notify the phone pages."""
        self._cancel_timers()
        self.dispatcher.clear()
        await self.world.reset(preserve_webhooks)
        self.live.publish("reload", {})

    def call_later(self, seconds: float, work: Callable[..., Any], *arguments: Any) -> None:
        """Run a function after a delay, unless the sandbox is closed or reset first."""

        def run() -> None:
            self._timers.discard(handle)
            work(*arguments)

        handle = asyncio.get_running_loop().call_later(seconds, run)
        self._timers.add(handle)

    def _cancel_timers(self) -> None:
        for handle in self._timers:
            handle.cancel()
        self._timers.clear()

    async def pause(self, seconds: float) -> None:
        """Sleep, but no longer than the sandbox runs."""
        if seconds > 0:
            await asyncio.wait([closing := asyncio.ensure_future(self.closing.wait())], timeout=seconds)
            closing.cancel()

    def save_account(self, account: Account) -> None:
        """Save an account and publish it to the phone pages."""
        self.world.save(account)
        self.live.publish("account", account_view(account, self.settings))

    def save_message(self, message: Message, event: str | None = None, **extra: Any) -> None:
        """Save a message, publish it to the phone pages and announce the event, if any."""
        self.world.save(message)
        if self.live.is_watched:
            chat = self.world.chat(message.chat_id)
            self.live.publish("message", message_view(message, self.world))
            self.live.publish("chat", chat_view(chat, self.world))
        if event is not None:
            self.announce(event, message, extra)

    def announce(self, event: str, message: Message, extra: Json | None = None) -> None:
        """Send an event to the messaging webhooks, or delay it until the account is OK."""
        account = self.world.account(message.account_id)
        if not account.is_ok:
            account.delayed_events.append({"event": event, "message_id": message.id, "extra": extra or {}})
            self.world.save(account)
            return
        body = message_event_json(event, message, self.world) | (extra or {}) | message.overrides
        for webhook in self._subscribed("messaging", event, account):
            self.dispatcher.submit(
                webhook, message.id, self._with_body_faults(body | {"webhook_name": webhook.name}, webhook)
            )

    def announce_status(self, account: Account, status: str) -> None:
        """Send an account's status to the account-status webhooks."""
        body = {"AccountStatus": {"account_id": account.id, "account_type": "WHATSAPP", "message": status}}
        for webhook in self._subscribed("account_status", None, account):
            self.dispatcher.submit(webhook, account.id, body)

    def _subscribed(self, source: str, event: str | None, account: Account) -> list[Webhook]:
        return [
            webhook
            for webhook in self.world.webhooks.values()
            if webhook.enabled
            and webhook.source == source
            and (event is None or event in webhook.events)
            and (not webhook.account_ids or account.id in webhook.account_ids)
        ]

    def _with_body_faults(self, body: Json, webhook: Webhook) -> Json:
        faults = self.dice.faults
        if faults.attachments_as_object and body.get("attachments"):
            body["attachments"] = _as_in_guide(body["attachments"][0])
        if faults.unknown_keys:
            body |= {"x_new_feature": {"beta": True}, "mentions": []}
        if faults.missing_keys:
            body = {key: value for key, value in body.items() if key not in OPTIONAL_KEYS}
        if webhook.data:
            body = {item["name"]: body[item["key"]] for item in webhook.data if item["key"] in body}
        return body


def _as_in_guide(attachment: Json) -> Json:
    """Return an attachment as in the outdated sample of UniPile's guide, with numbers as strings."""
    return {key: str(value) if isinstance(value, int | float) else value for key, value in attachment.items()}
