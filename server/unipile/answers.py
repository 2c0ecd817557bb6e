"""Reads UniPile's answers about accounts, chats and webhooks into our own words (unipile-api.md §§2, 5, 6)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from server.rules.account_states import Seen
from server.text.names import subject
from server.text.phones import phone_of_name
from server.text.times import read_time
from server.unipile.errors import UnipileError
from server.unipile.events import STATUSES
from server.unipile.fields import MAX_ID_LENGTH, attachments, provided_name
from server.unipile.plain import clean
from server.unipile.scalars import flag

WHATSAPP = "WHATSAPP"
PAIRING_CODE = re.compile(r"[A-Za-z0-9]{4}-?[A-Za-z0-9]{4}")
SOURCE_STATUS_ORDER = ("CREDENTIALS", "PERMISSIONS", "ERROR", "STOPPED", "CONNECTING", "OK")


@dataclass(frozen=True, slots=True)
class ProviderAccount:
    """An account as UniPile holds it; `seen` is ours, derived from its sources (§2.4), `phone` is +digits."""

    external_account_id: str
    seen: Seen
    reason: str
    name: str | None
    phone: str | None
    is_whatsapp: bool = True
    created_at: datetime | None = None

    @property
    def works(self) -> bool:
        return self.seen is Seen.WORKS


@dataclass(frozen=True, slots=True)
class CheckpointStep:
    """What the phone has to be given: a text to be drawn and scanned, or a code to be typed."""

    external_account_id: str
    qrcode: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Registration:
    """A webhook registered at UniPile."""

    id: str
    name: str | None
    url: str
    is_enabled: bool
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OwnMessage:
    """A message of the account's own as UniPile's list has it; `status` is how far it has come."""

    provider_msg_id: str
    text: str
    status: str
    sent_at: datetime | None
    files: tuple[Mapping[str, Any], ...]  # as a message of ours would show them


def read_own_messages(answer: Mapping[str, Any]) -> list[OwnMessage]:
    """The own messages of one page of a chat's list, oldest first."""
    items = [item for item in answer.get("items") or [] if isinstance(item, dict)]
    return [
        OwnMessage(
            item["id"],
            clean(str(item.get("text") or "")),
            _tick(item),
            read_time(item.get("timestamp")),
            tuple(attachments(item.get("attachments"))),
        )
        for item in reversed(items)
        if flag(item.get("is_sender")) and isinstance(item.get("id"), str)
    ]


def _tick(item: Mapping[str, Any]) -> str:
    if flag(item.get("seen")):
        return "read"
    return "delivered" if flag(item.get("delivered")) else "sent"


def read_checkpoint(answer: Mapping[str, Any]) -> CheckpointStep:
    """The QR code to be scanned."""
    account_id, checkpoint = answer.get("account_id"), answer.get("checkpoint")
    qrcode = checkpoint.get("qrcode") if isinstance(checkpoint, dict) else None
    if not isinstance(account_id, str) or not isinstance(qrcode, str):
        raise UnipileError("unexpected_answer", "UniPile did not give a QR code.")
    return CheckpointStep(account_id, qrcode=qrcode)


def read_pairing(answer: Mapping[str, Any]) -> CheckpointStep:
    """The code to be typed. Neither its field nor the checkpoint's type is documented (§2.2): whatever text of the
    checkpoint looks like WhatsApp's eight characters is it.
    """
    account_id, checkpoint = answer.get("account_id"), answer.get("checkpoint")
    found = checkpoint if isinstance(checkpoint, dict) else {}
    # `type` is a word, and PASSCODE would look like a code too.
    texts = (value for key, value in found.items() if key != "type" and isinstance(value, str))
    code = next((value for value in texts if PAIRING_CODE.fullmatch(value.strip())), None)
    if not isinstance(account_id, str) or code is None:
        raise UnipileError("unexpected_answer", "UniPile did not give a code to type.")
    plain = code.strip().replace("-", "").upper()
    return CheckpointStep(account_id, code=f"{plain[:4]}-{plain[4:]}")


def read_account(external_account_id: str, answer: Mapping[str, Any]) -> ProviderAccount:
    """There is no status of the whole in v1: the worst source decides (§2.4)."""
    sources = answer.get("sources")
    words = [source.get("status") for source in sources or [] if isinstance(source, dict)]
    reason = next((word for word in SOURCE_STATUS_ORDER if word in words), "CONNECTING")
    parameters = answer.get("connection_params")
    im = parameters.get("im") if isinstance(parameters, dict) else None
    return ProviderAccount(
        external_account_id=external_account_id,
        seen=STATUSES[reason],
        reason=reason,
        name=read_name(answer),
        phone=phone_of_name(im.get("phone_number")) if isinstance(im, dict) else None,
        # The key sees every account of the workspace, LinkedIn's and mail's too. One without a type is believed.
        is_whatsapp=answer.get("type") in (None, WHATSAPP),
        created_at=read_time(answer.get("created_at")),
    )


def read_registration(item: Mapping[str, Any]) -> Registration:
    headers = item.get("headers")
    return Registration(
        id=str(item.get("id") or item.get("webhook_id") or ""),
        name=item.get("name"),
        url=str(item.get("request_url") or ""),
        is_enabled=item.get("enabled") is not False,
        headers={str(h.get("key")): str(h.get("value")) for h in headers or [] if isinstance(h, dict)},
    )


def read_id(answer: Mapping[str, Any], key: str) -> str | None:
    value = answer.get(key)
    return value if isinstance(value, str) and 0 < len(value) <= MAX_ID_LENGTH else None


def read_name(answer: Mapping[str, Any]) -> str | None:
    """A group's subject, or what an account is called."""
    return provided_name(answer.get("name"), subject)


def read_other_name(attendees: Mapping[str, Any]) -> str | None:
    """The name of the one attendee who is not the account."""
    items = attendees.get("items")
    people = [item for item in items or [] if isinstance(item, dict) and not flag(item.get("is_self"))]
    return provided_name(people[0].get("name")) if len(people) == 1 else None
