"""The mail server: `SMTP_URL`, and `[mail]` of config.toml."""

from dataclasses import dataclass
from email.utils import parseaddr
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from server.config.reader import ConfigError, key
from server.config.urls.addresses import is_loopback

# scheme -> default port: submission, and submission over implicit TLS (RFC 8314).
PORTS = {"smtp": 587, "smtps": 465}
WANTED = "SMTP_URL must be like smtp://user:password@mail.example.com:587 or smtps://…:465"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    url: str | None = key(env="SMTP_URL", secret=True, default=None)
    sender: str = ""
    timeout_seconds: float
    digest_minutes: int
    digest_pause_minutes: int

    @property
    def is_on(self) -> bool:
        return self.url is not None

    @property
    def server(self) -> "MailServer":
        return read_smtp_url(self.url or "")


class MailServer(NamedTuple):
    """The submission server: `smtps` is TLS from the start, `starttls` upgrades the connection first."""

    host: str
    port: int
    user: str | None
    password: str | None
    smtps: bool
    starttls: bool


def check_mail(mail: Mail) -> None:
    """Raise ConfigError for an invalid URL or a missing sender."""
    if mail.url is None:
        return
    read_smtp_url(mail.url)
    if "@" not in parseaddr(mail.sender)[1]:
        raise ConfigError(
            "SMTP_URL is set, but CONFAB_MAIL_SENDER (config.toml: [mail] sender) is not an address: set it, as in "
            "Confab <inbox@example.com>."
        )


def read_smtp_url(url: str) -> MailServer:
    """Parse SMTP_URL; raises ConfigError, which does not quote the URL, as it contains a password."""
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
        raise ConfigError(f"{WANTED}; the only option is ?starttls=never.")
    smtps, never = parts.scheme == "smtps", query.get("starttls") == "never"
    user, password = (unquote(text) if text else None for text in (parts.username, parts.password))
    if never and password and not is_loopback(url):
        raise ConfigError("SMTP_URL would send its password without TLS: remove ?starttls=never.")
    return MailServer(
        parts.hostname, port or PORTS[parts.scheme], user, password, smtps, starttls=not smtps and not never
    )
