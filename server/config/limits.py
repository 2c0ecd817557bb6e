"""How much of what anybody may ask for: the `[limits]` of config.toml, and the class that each route is counted in."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from server.config.reader import ConfigError, tables

# class -> how many requests an instance lets through before it asks Redis (server/web/rate_limiter.py); 0: never.
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
# Against guessing: these hold also where limits are off.
ALWAYS = frozenset((LOGIN_USER, LOGIN_ADDRESS, LINK_ADDRESS, OLD_PASSWORD, FORGOT_USER))
# Counted by each instance alone, and told of only when they refuse.
LOCAL_ONLY = frozenset((ADDRESS, WEBHOOK))


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and then one every `seconds`."""

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
    """One class: so many at once, and so many a minute in the long run."""

    burst: int
    per_minute: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    # None in the file: on, except against a UniPile on this very machine. Always a bool once loaded.
    enabled: bool | None = None
    classes: Mapping[str, Allowance] = tables(Allowance)


def check_limits(limits: Limits) -> None:
    """Raise ConfigError for a class that is missing or unknown."""
    if missing := sorted(STRIDES.keys() - limits.classes.keys()):
        raise ConfigError(f"config.toml: [limits.{missing[0]}] is missing.")
    if unknown := sorted(limits.classes.keys() - STRIDES.keys()):
        raise ConfigError(f"config.toml: [limits.{unknown[0]}] is not a class Confab knows.")


def rates_of(limits: Limits) -> Mapping[str, Rate]:
    """The rate of each class that is limited."""
    return {
        name: Rate(name, given.burst, 60 / given.per_minute, STRIDES[name])
        for name, given in limits.classes.items()
        if limits.enabled or name in ALWAYS
    }
