"""The `[limits]` settings: the rate limit classes, and how each is shared between instances."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from server.config.reader import ConfigError, tables

# class -> requests an instance counts locally before it asks Redis (server/redis/rate_limiter.py); 0: never asks.
STRIDES: Mapping[str, int] = {
    "address": 0,
    "webhook": 0,
    "read": 20,
    "write": 5,
    "send": 5,
    "connect": 1,
    "login_user": 1,
    "login_address": 1,
    "link_address": 1,
    "old_password": 1,
    "forgot_user": 1,
}
ADDRESS, WEBHOOK = "address", "webhook"
LOGIN_USER, LOGIN_ADDRESS = "login_user", "login_address"
LINK_ADDRESS, OLD_PASSWORD, FORGOT_USER = "link_address", "old_password", "forgot_user"
# Against guessing passwords and links: in force even with `enabled = false`.
ALWAYS = frozenset((LOGIN_USER, LOGIN_ADDRESS, LINK_ADDRESS, OLD_PASSWORD, FORGOT_USER))
# Counted by each instance separately; the RateLimit headers appear only when they deny a request.
LOCAL_ONLY = frozenset((ADDRESS, WEBHOOK))


@dataclass(frozen=True, slots=True)
class Rate:
    """Allows a burst, then one request every `seconds`."""

    name: str
    burst: int
    seconds: float
    stride: int = 1
    # The RateLimit-Policy header (draft-ietf-httpapi-ratelimit-headers).
    policy: str = field(init=False, default="")

    def __post_init__(self) -> None:
        window = max(1, math.ceil(self.burst * self.seconds))
        object.__setattr__(self, "policy", f'"{self.name}";q={self.burst};w={window}')


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """One class of the file: a burst, and the sustained requests per minute."""

    burst: int
    per_minute: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    # None in the file: on, unless UniPile is on this machine. Always a bool once loaded.
    enabled: bool | None = None
    classes: Mapping[str, Allowance] = tables(Allowance)


def check_limits(limits: Limits) -> None:
    """Raise ConfigError for a class that is missing or unknown."""
    if missing := sorted(STRIDES.keys() - limits.classes.keys()):
        raise ConfigError(f"config.toml: [limits.{missing[0]}] is missing: add it.")
    if unknown := sorted(limits.classes.keys() - STRIDES.keys()):
        raise ConfigError(f"config.toml: [limits.{unknown[0]}] is not a known class: remove it.")


def rates_of(limits: Limits) -> Mapping[str, Rate]:
    """The rate of each class that is in force."""
    return {
        name: Rate(name, given.burst, 60 / given.per_minute, STRIDES[name])
        for name, given in limits.classes.items()
        if limits.enabled or name in ALWAYS
    }
