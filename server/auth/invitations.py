"""One-time links as this Confab makes and shows them: under its address, and by mail where there is a mail server."""

import orjson

from server.auth.one_time_links import NewLink, make_link
from server.auth.tokens import link_url
from server.config import Config


def new_link(config: Config) -> NewLink:
    return make_link(config.secrets.jwt_secret, is_mailed=config.mail.is_on)


def show_link(config: Config, link: NewLink, expires_at: str) -> str:
    """As JSON; `is_mailed` says that it goes out by mail too."""
    url = link_url(config.web.public_url, link.token)
    return orjson.dumps({"url": url, "expires_at": expires_at, "is_mailed": link.is_mailed}).decode()
