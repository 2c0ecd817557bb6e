"""The mail server, where there is one: `SMTP_URL`, and `[mail]` of config.toml."""

from dataclasses import dataclass
from email.utils import parseaddr
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from server.config.reader import ConfigError, key
from server.config.urls.addresses import is_loopback

# scheme -> port when the address names none: submission, and submission within TLS (RFC 8314).
PORTS = {"smtp": 587, "smtps": 465}
WANTED = "SMTP_URL must be like smtp://user:password@mail.example.com:587 or smtps://…:465"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    url: str | None = key(env="SMTP_URL", secret=True, default=None)
    sender: str = ""
    timeout_seconds: float

    @property
    def is_on(self) -> bool:
        return self.url is not None

    @property
    def place(self) -> "MailServer":
        return read_smtp_url(self.url or "")


class MailServer(NamedTuple):
    """Where mail is handed over: `smtps` speaks TLS from the start, `starttls` before anything else is said."""

    host: str
    port: int
    user: str | None
    password: str | None
    smtps: bool
    starttls: bool


def check_mail(mail: Mail) -> None:
    """Raise ConfigError for a mail server that cannot be used."""
    if mail.url is None:
        return
    read_smtp_url(mail.url)
    if "@" not in parseaddr(mail.sender)[1]:
        raise ConfigError(
            "CONFAB_MAIL_SENDER (config.toml: [mail] sender) must say from whom mail comes, as in "
            "Confab <inbox@example.com>, since SMTP_URL is set."
        )


def read_smtp_url(url: str) -> MailServer:
    """Take the address apart; raises ConfigError, which does not quote it: it holds a password."""
    try:
        parts = urlsplit(url)
        port, query = parts.port, dict(parse_qsl(parts.query, keep_blank_values=True))
    except ValueError as error:
        raise ConfigError(f"{WANTED}.") from error
    known = query.keys() <= {"starttls"} and query.get("starttls", "") in ("", "required", "never")
    if (
        parts.scheme not in PORTS
        or not parts.hostname
        or port == 0
        or parts.path not in ("", "/")
        or not known
    ):
        raise ConfigError(f"{WANTED}; ?starttls=never is the one thing that may follow.")
    smtps, never = parts.scheme == "smtps", query.get("starttls") == "never"
    user, password = (unquote(text) if text else None for text in (parts.username, parts.password))
    if never and password and not is_loopback(url):
        raise ConfigError("SMTP_URL would send its password unprotected: leave ?starttls=never out.")
    return MailServer(
        parts.hostname, port or PORTS[parts.scheme], user, password, smtps, starttls=not smtps and not never
    )
