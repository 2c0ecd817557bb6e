"""The fault switches, and the random source that decides when they apply."""

import random
from dataclasses import asdict, dataclass, field, fields
from fnmatch import fnmatchcase
from typing import Any

from sandbox.problems import TITLES, Problem
from sandbox.store.entities import Json

ROUTE_STATUSES = {401, 403, 404, 408, 409, 422, 425, 429, 500, 501, 502, 503, 504}
SEND_PATHS = ("/chats", "/chats/*/messages", "/messages/*/forward")


@dataclass(slots=True)
class RouteFault:
    """Answers matching API calls with an error, or lets them hang.

    With `accepted` the call is executed first and only its response is replaced.
    """

    method: str = "*"
    path: str = "*"
    status: int | str = 503
    kind: str | None = None
    probability: float = 1.0
    times: int | None = None
    accepted: bool = False

    def matches(self, method: str, path: str) -> bool:
        """Whether this fault applies to a call; the path is the part after /api/v1."""
        return self.times != 0 and self.method in {"*", method} and fnmatchcase(path, self.path)


@dataclass(slots=True)
class Faults:
    """All switches, off by default. Floats from 0 to 1 are probabilities."""

    seed: int | None = None
    # Webhook deliveries
    webhooks_off: bool = False
    duplicate: float = 0.0
    reorder: float = 0.0
    delay_ms: int = 0
    drop: float = 0.0
    drop_next: int = 0
    fail_first: int = 0
    no_content_type: bool = False
    attachments_as_object: bool = False
    unknown_keys: bool = False
    missing_keys: bool = False
    # What follows a send
    echo_before_response: bool = False
    no_echo: bool = False
    no_delivered: bool = False
    no_read: bool = False
    null_message_id: bool = False
    # API responses
    send_status: int | str | None = None
    send_probability: float = 1.0
    accept_then_timeout: float = 0.0
    hang_ms: int = 120_000
    answer_delay_ms: int = 0
    routes: list[RouteFault] = field(default_factory=list)
    # WhatsApp's limit for messages to contacts who have never written: the error, and how many pass before it
    stranger_error: str | None = None
    stranger_quota: int = 0
    # Accounts
    connect_ms: int = 0
    auth_in_progress: bool = False
    pending_account_404: bool = False
    restart_fails: bool = False
    # Reads return the state of this moment while webhooks continue
    stale_reads: bool = False
    # How unread chats are reported: never, or if marked by hand as `unread` 1 with a count of 0, or as -1
    never_unread: bool = False
    unread_as_flag: bool = False
    unread_as_minus_one: bool = False
    # Contacts and media
    lid_only: bool = False
    hidden_phone: bool = False
    media_expired: bool = False

    def as_json(self) -> Json:
        """Return all switches as JSON."""
        return asdict(self)


INTEGERS = {
    "delay_ms": 600_000,
    "drop_next": 1_000_000,
    "fail_first": 5,
    "hang_ms": 600_000,
    "answer_delay_ms": 600_000,
    "connect_ms": 600_000,
    "stranger_quota": 1_000_000,
}


def parse_faults(body: Json, current: Faults | None = None) -> Faults:
    """Parse a set of switches; missing switches are off, or unchanged from `current`."""
    known = {item.name for item in fields(Faults)}
    unknown = sorted(set(body) - known)
    if unknown:
        raise Problem("invalid_parameters", f"There is no switch {', '.join(unknown)}.")
    values = {} if current is None else {name: getattr(current, name) for name in known}
    return Faults(**values | {name: _parse_switch(name, value) for name, value in body.items()})


def _parse_switch(name: str, value: Any) -> Any:
    if name == "routes":
        return _parse_routes(value)
    if name == "send_status":
        return None if value is None else _parse_status(value)
    if name == "stranger_error":
        return None if value is None else _parse_kind(name, value)
    if name == "seed":
        return None if value is None else _parse_int(name, value, 2**63)
    if name in INTEGERS:
        return _parse_int(name, value, INTEGERS[name])
    if isinstance(getattr(Faults(), name), float):
        return _parse_probability(name, value)
    if not isinstance(value, bool):
        raise Problem("invalid_parameters", f"{name} must be true or false.")
    return value


def _parse_int(name: str, value: Any, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise Problem("invalid_parameters", f"{name} must be an integer from 0 to {most}.")
    return value


def _parse_probability(name: str, value: Any) -> float:
    if not isinstance(value, int | float) or not 0 <= value <= 1:
        raise Problem("invalid_parameters", f"{name} must be a number from 0 to 1.")
    return float(value)


def _parse_status(value: Any) -> int | str:
    if value == "hang":
        return "hang"
    if isinstance(value, bool) or not isinstance(value, int) or value not in ROUTE_STATUSES:
        raise Problem("invalid_parameters", 'A status must be an HTTP error that UniPile uses, or "hang".')
    return value


def _parse_kind(name: str, value: Any) -> str:
    if not isinstance(value, str) or value not in TITLES:
        raise Problem(
            "invalid_parameters", f"{name} must be an error type of UniPile, such as limit_exceeded."
        )
    return value


def _parse_text(name: str, value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise Problem("invalid_parameters", f"{name} must be a non-empty string.")
    return value


def _parse_routes(value: Any) -> list[RouteFault]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Problem("invalid_parameters", "routes must be a list of objects.")
    return [_parse_route(item) for item in value]


def _parse_route(item: Json) -> RouteFault:
    unknown = sorted(set(item) - {entry.name for entry in fields(RouteFault)})
    if unknown:
        raise Problem("invalid_parameters", f"A route fault has no {', '.join(unknown)}.")
    rule = RouteFault(
        _parse_text("method", item.get("method", "*")), _parse_text("path", item.get("path", "*"))
    )
    rule.status = _parse_status(item.get("status", 503))
    rule.kind = None if item.get("kind") is None else _parse_text("kind", item["kind"])
    rule.probability = _parse_probability("probability", item.get("probability", 1.0))
    rule.times = None if item.get("times") is None else _parse_int("times", item["times"], 1_000_000)
    if not isinstance(item.get("accepted", False), bool):
        raise Problem("invalid_parameters", "accepted must be true or false.")
    rule.accepted = item.get("accepted", False)
    return rule


class Dice:
    """Decides randomly whether a fault occurs; the same seed gives the same sequence."""

    def __init__(self) -> None:
        self.faults = Faults()
        self._random = random.Random()

    def set(self, faults: Faults) -> None:
        """Replace the switches; a changed seed restarts the random sequence."""
        if faults.seed is not None and faults.seed != self.faults.seed:
            self._random = random.Random(faults.seed)
        self.faults = faults

    def falls(self, probability: float) -> bool:
        """Draw once; probabilities of 0 and 1 consume no random value."""
        return probability > 0 and (probability >= 1 or self._random.random() < probability)

    def between(self, low: float, high: float) -> float:
        """Draw a value from a range."""
        return self._random.uniform(low, high)

    def is_dropped(self) -> bool:
        """Whether the next event is lost."""
        if self.faults.drop_next > 0:
            self.faults.drop_next -= 1
            return True
        return self.faults.webhooks_off or self.falls(self.faults.drop)

    def route_fault(self, method: str, path: str) -> RouteFault | None:
        """Return the fault that applies to this API call, if any."""
        for rule in [*self.faults.routes, *self._send_faults(method, path)]:
            if rule.matches(method, path) and self.falls(rule.probability):
                if rule.times is not None:
                    rule.times -= 1
                return rule
        return None

    def _send_faults(self, method: str, path: str) -> list[RouteFault]:
        faults = self.faults
        if method != "POST" or not any(fnmatchcase(path, pattern) for pattern in SEND_PATHS):
            return []
        rules = [RouteFault(status="hang", probability=faults.accept_then_timeout, accepted=True)]
        if faults.send_status is not None:
            rules.insert(0, RouteFault(status=faults.send_status, probability=faults.send_probability))
        return rules
