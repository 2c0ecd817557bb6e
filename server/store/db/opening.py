"""Decides how a connection to Postgres is opened, and which settings its session or each transaction gets."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from psycopg2.extensions import make_dsn, parse_dsn

# The code depends on these, so they override the role, the database and DATABASE_URL.
FIXED = {
    "timezone": "UTC",
    "standard_conforming_strings": "on",
    "default_transaction_isolation": "read committed",
}
# Too late after the first statement: connect_errors.py checks the first, `begin` in transaction.py sets the second.
BEFORE_ANY_STATEMENT = ("standard_conforming_strings", "default_transaction_isolation")
TOKEN = re.compile(r"(?:\\.|\S)+", re.DOTALL)
SETTING = re.compile(r"(?:-c|--)([A-Za-z_][\w.-]*)=(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Opening:
    """A connection string for libpq, and the statement that sets the settings of each transaction ("" where the session
    has them).
    """

    dsn: str
    preamble: str
    connect_timeout_seconds: int


def plan_opening(
    url: str, settings: Mapping[str, str], *, connect_timeout_seconds: int, in_session: bool
) -> Opening:
    """Settings go into the startup parameter `options`, or into each transaction: a pooler that assigns connections per
    transaction rejects `options`, and a plain `set` would leak into the next client's transaction.

    Settings in the URL's own `options` override `settings`, not FIXED.
    """
    given = {
        name: value for name, value in parse_dsn(url).items() if (name, value) != ("connect_timeout", "0")
    }
    own, other_options = _read_options(given.pop("options", ""))
    effective = {**settings, **own, **FIXED}
    parameters = {
        "fallback_application_name": "confab",
        "connect_timeout": str(connect_timeout_seconds),
        **(_several_hosts(connect_timeout_seconds) if "," in given.get("host", "") else {}),
        **given,
        "client_encoding": "UTF8",
        # Passed even if empty, or libpq reads PGOPTIONS.
        "options": " ".join(other_options + (_as_options(effective) if in_session else [])),
    }
    preamble = "" if in_session else _as_statement(effective)
    return Opening(make_dsn(**parameters), preamble, int(parameters["connect_timeout"]))


def _several_hosts(connect_timeout_seconds: int) -> dict[str, str]:
    """Only the primary will do. A host that drops packets must not use up all the time: in a non-blocking connect,
    libpq leaves `connect_timeout` to its caller.
    """
    return {
        "target_session_attrs": "read-write",
        "tcp_user_timeout": str(connect_timeout_seconds * 1000),
    }


def _read_options(text: str) -> tuple[dict[str, str], list[str]]:
    """Split as Postgres does (pg_split_opts) into settings and other options (a proxy's `endpoint=…`)."""
    settings: dict[str, str] = {}
    others: list[str] = []
    options = iter(TOKEN.findall(text))
    for option in options:
        whole = f"-c{next(options, '')}" if option == "-c" else option
        found = SETTING.fullmatch(whole)
        if found:
            settings[found[1].replace("-", "_").lower()] = re.sub(r"\\(.)", r"\1", found[2], flags=re.DOTALL)
        else:
            others.append(option)
    return settings, others


def _as_options(settings: Mapping[str, str]) -> list[str]:
    return ["-c " + re.sub(r"([\s\\])", r"\\\1", f"{name}={value}") for name, value in settings.items()]


def _as_statement(settings: Mapping[str, str]) -> str:
    """`set_config` reads lists (search_path) as `options` does; `set local` would take one for a single name."""
    calls = [
        f"set_config({_quoted(name)}, {_quoted(value)}, true)"
        for name, value in settings.items()
        if name not in BEFORE_ANY_STATEMENT
    ]
    return f"select {', '.join(calls)}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
