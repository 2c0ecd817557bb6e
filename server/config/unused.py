"""Lists settings that are given but have no effect, so that the start can warn about them."""

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from server.config.environment import Environment
from server.said.said import Said, said

if TYPE_CHECKING:
    from server.config import Config

# Read from .env by Docker Compose, not by Confab.
_COMPOSE_NAMES = re.compile(
    r"PUBLISH_ADDRESS|HTTPS?_PORT|ACME_(EMAIL|SERVER)|(BACKUP|TLS)_FOLDER|[A-Z]+_IMAGE|(COMPOSE|DOCKER)_\w+"
)


class Rule(NamedTuple):
    """Environment variables that have an effect only under a condition, and its name in the sentence."""

    names: re.Pattern[str]
    is_used: "Callable[[Config], bool]"
    needs: str


def _rule(names: str, is_used: "Callable[[Config], bool]", needs: str) -> Rule:
    return Rule(re.compile(names), is_used, needs)


RULES = (
    _rule(r"UNIPILE_API_KEY", lambda c: not c.sandbox.enabled, "dsn"),
    _rule(r"SANDBOX_PORT|CONFAB_SANDBOX_\w+", lambda c: c.sandbox.enabled, "no_dsn"),
    _rule(r"CONFAB_MAIL_\w+", lambda c: c.mail.is_on, "mail"),
    _rule(r"VAPID_SUBJECT|CONFAB_WEBPUSH_\w+", lambda c: c.webpush.is_on, "push"),
    _rule(r"AWS_\w+", lambda c: c.media.url.startswith("s3:"), "bucket"),
    _rule(
        r"CONFAB_PACE_(?!ENABLED|STOP_HOURS)\w+",
        lambda c: bool(c.pace.enabled),
        "pace",
    ),
    _rule(r"CONFAB_LIMITS_(?!ENABLED)\w+", lambda c: bool(c.limits.enabled), "limits"),
    _rule(
        r"JWT_SECRET_PREVIOUS",
        lambda c: c.secrets.jwt_secret_previous != c.secrets.jwt_secret,
        "other",
    ),
    _rule(
        r"WEBHOOK_SECRET_PREVIOUS",
        lambda c: c.secrets.webhook_secret_previous != c.secrets.webhook_secret,
        "other_webhook",
    ),
    _rule(
        r"CONFAB_BILLING_SECRET_PREVIOUS",
        lambda c: c.billing.secret not in ("", c.billing.secret_previous),
        "billing",
    ),
    _rule(r"DATA_DIR", lambda c: _uses_data_dir(c), "data"),
)


def _uses_data_dir(config: "Config") -> bool:
    outside = (config.database.url, config.redis.url, config.unipile.dsn)
    return None in outside or not config.media.url


def list_unused_settings(
    config: "Config", environment: Environment, known: Iterable[str], libraries: re.Pattern[str]
) -> tuple[Said, ...]:
    """One sentence for each setting without effect. `known` are the variables that set a field, `libraries` matches
    those that a library reads itself.
    """
    conditional = [
        said(f"setting_needs_{rule.needs}", name=name)
        for name in sorted(environment.values)
        for rule in RULES
        if (
            name in environment.only_in_file or not libraries.fullmatch(name)
        )  # AWS_… in the environment may be meant for other programs
        and rule.names.fullmatch(name)
        and not rule.is_used(config)
    ]
    unknown = [
        said("setting_unknown", name=name)
        for name in sorted(environment.only_in_file.difference(known))
        if not libraries.fullmatch(name) and not _COMPOSE_NAMES.fullmatch(name)
    ]
    return (*environment.ignored, *conditional, *unknown)
