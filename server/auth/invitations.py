"""Creates one-time links under this installation's public URL, and describes them for the API."""

import orjson

from server.auth.one_time_links import NewLink, make_link
from server.auth.tokens import link_url
from server.config import Config


def new_link(config: Config) -> NewLink:
    """A new link; it is mailed too if a mail server is set."""
    return make_link(config.secrets.jwt_secret, is_mailed=config.mail.is_on)


def show_link(config: Config, link: NewLink, expires_at: str) -> str:
    """The link as the API's JSON; `is_mailed` says that it is also sent by mail."""
    url = link_url(config.web.public_url, link.token)
    return orjson.dumps({"url": url, "expires_at": expires_at, "is_mailed": link.is_mailed}).decode()
