"""Parses the options of REDIS_URL, which follow the question mark and are called as in redis-py."""

import re
from collections.abc import Callable, Mapping
from math import isfinite
from typing import TypedDict, cast
from urllib.parse import parse_qsl

# Other option names are not quoted: if a password was not percent-encoded, they are part of it.
NAME = re.compile(r"\w{1,40}", re.ASCII)
BOOLEANS = {
    **dict.fromkeys(("1", "true", "yes", "on", "t", "y"), True),
    **dict.fromkeys(("0", "false", "no", "off", "f", "n"), False),
}
MOST_REPLICAS = 9


class RedisOptions(TypedDict, total=False):
    """Keyword arguments of redis-py's connections; times are in seconds."""

    host: str
    port: int
    path: str
    db: int
    username: str
    password: str
    client_name: str
    socket_timeout: float
    socket_connect_timeout: float
    socket_keepalive: bool
    health_check_interval: float
    ssl_cert_reqs: str
    ssl_check_hostname: bool
    ssl_ca_certs: str
    ssl_ca_data: str
    ssl_certfile: str
    ssl_keyfile: str
    # Ours: taken out before a connection gets them.
    wait_replicas: int
    sentinel_username: str
    sentinel_password: str


class UrlError(ValueError):
    """What is wrong with the URL, without quoting it."""


def read_database(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 6:
        raise UrlError("must name the database by its number, as in redis://host:6379/0")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not (isfinite(seconds) and seconds > 0):
        raise UrlError("must be a number of seconds above zero")
    return seconds


def _interval(text: str) -> float:
    return 0.0 if text == "0" else _seconds(text)


def _boolean(text: str) -> bool:
    try:
        return BOOLEANS[text.lower()]
    except KeyError:
        raise UrlError("must be true or false") from None


def _cert_reqs(text: str) -> str:
    # Some libraries use the name of Python's constant, CERT_NONE.
    value = text.lower().removeprefix("cert_")
    if value not in ("none", "optional", "required"):
        raise UrlError("must be none, optional or required")
    return value


def _replicas(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 0 < int(text) <= MOST_REPLICAS:
        raise UrlError(f"must be a number of replicas from 1 to {MOST_REPLICAS}")
    return int(text)


def _text(text: str) -> str:
    return text


OPTIONS: Mapping[str, Callable[[str], str | float]] = {
    "db": read_database,
    "username": _text,
    "password": _text,
    "client_name": _text,
    "socket_timeout": _seconds,
    "socket_connect_timeout": _seconds,
    "socket_keepalive": _boolean,
    "health_check_interval": _interval,
    "ssl_cert_reqs": _cert_reqs,
    "ssl_check_hostname": _boolean,
    "ssl_ca_certs": _text,
    "ssl_ca_data": _text,
    "ssl_certfile": _text,
    "ssl_keyfile": _text,
    "wait_replicas": _replicas,
    "sentinel_username": _text,
    "sentinel_password": _text,
}


def read_options(query: str) -> RedisOptions:
    options: dict[str, str | float] = {}
    for name, text in parse_qsl(query, keep_blank_values=True):
        if name not in OPTIONS:
            shown = f"the option {name}" if NAME.fullmatch(name) else "an option"
            raise UrlError(f"has {shown}, which Confab does not know: use only {', '.join(OPTIONS)}")
        if name in options:
            raise UrlError(f"has the option {name} twice: remove one")
        if not text:
            raise UrlError(f"has the option {name} without a value: add one, or remove it")
        try:
            options[name] = OPTIONS[name](text)
        except UrlError as wrong:
            raise wrong if name == "db" else UrlError(f"has the option {name}, which {wrong}") from None
    return cast(RedisOptions, options)
