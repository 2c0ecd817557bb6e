"""Reads UniPile's answers about accounts, pairing and webhooks (unipile-api.md §§2, 5, 6)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from server.rules.account_states import Seen
from server.text.names import subject
from server.text.phones import phone_of_name
from server.text.times import read_time
from server.unipile.errors import UnipileError
from server.unipile.events.accounts import STATUSES
from server.unipile.fields.scalars import flag
from server.unipile.fields.texts import MAX_ID_LENGTH, provided_name
from server.unipile.lists.attendees import items_of

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
    """What links a phone: the text of a QR code, or a code to be typed."""

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


def read_checkpoint(answer: Mapping[str, object]) -> CheckpointStep:
    """The QR code to be scanned."""
    account_id, checkpoint = answer.get("account_id"), answer.get("checkpoint")
    qrcode = checkpoint.get("qrcode") if isinstance(checkpoint, dict) else None
    if not isinstance(account_id, str) or not isinstance(qrcode, str):
        raise UnipileError("unexpected_answer", "UniPile did not give a QR code.")
    return CheckpointStep(account_id, qrcode=qrcode)


def read_pairing(answer: Mapping[str, object]) -> CheckpointStep:
    """The code to be typed. Neither its field nor the checkpoint's type is documented (§2.2): the field that looks like
    WhatsApp's eight characters is taken.
    """
    account_id, checkpoint = answer.get("account_id"), answer.get("checkpoint")
    found = checkpoint if isinstance(checkpoint, dict) else {}
    # `type` may be PASSCODE, which looks like a code too.
    texts = (value for key, value in found.items() if key != "type" and isinstance(value, str))
    code = next((value for value in texts if PAIRING_CODE.fullmatch(value.strip())), None)
    if not isinstance(account_id, str) or code is None:
        raise UnipileError("unexpected_answer", "UniPile did not give a code to type.")
    plain = code.strip().replace("-", "").upper()
    return CheckpointStep(account_id, code=f"{plain[:4]}-{plain[4:]}")


def read_account(external_account_id: str, answer: Mapping[str, object]) -> ProviderAccount:
    """v1 has no status of the account as a whole: the worst of its sources decides (§2.4)."""
    statuses = [source.get("status") for source in _objects(answer.get("sources"))]
    reason = next((status for status in SOURCE_STATUS_ORDER if status in statuses), "CONNECTING")
    parameters = answer.get("connection_params")
    im = parameters.get("im") if isinstance(parameters, dict) else None
    return ProviderAccount(
        external_account_id=external_account_id,
        seen=STATUSES[reason],
        reason=reason,
        name=read_name(answer),
        phone=phone_of_name(im.get("phone_number")) if isinstance(im, dict) else None,
        # The key sees all accounts of the workspace, LinkedIn and mail too. One without a type counts as WhatsApp.
        is_whatsapp=answer.get("type") in (None, WHATSAPP),
        created_at=read_time(answer.get("created_at")),
    )


def read_registration(item: Mapping[str, object]) -> Registration:
    """One registered webhook."""
    name = item.get("name")
    return Registration(
        id=str(item.get("id") or item.get("webhook_id") or ""),
        name=name if isinstance(name, str) else None,
        url=str(item.get("request_url") or ""),
        is_enabled=item.get("enabled") is not False,
        headers={str(h.get("key")): str(h.get("value")) for h in _objects(item.get("headers"))},
    )


def read_id(answer: Mapping[str, object], key: str) -> str | None:
    value = answer.get(key)
    return value if isinstance(value, str) and 0 < len(value) <= MAX_ID_LENGTH else None


def read_name(answer: Mapping[str, object]) -> str | None:
    """A group's subject, or what an account is called."""
    return provided_name(answer.get("name"), subject)


def read_other_name(attendees: Mapping[str, object]) -> str | None:
    """The name of the one attendee who is not the account."""
    others = [item for item in items_of(attendees) if not flag(item.get("is_self"))]
    return provided_name(others[0].get("name")) if len(others) == 1 else None


def _objects(value: object) -> list[dict[str, object]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
