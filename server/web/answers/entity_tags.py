"""Entity tags: whether a client already has what it asks for (RFC 9110 §13.1.2), and the tags of pages."""

import hashlib
import re
from collections.abc import Sequence

from aiohttp import hdrs, web

from server.store.accounts.page_versions import PageVersion

# An entity tag of a list; tags can contain commas.
TAG = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\U0010ffff]*")')
ANY = "*"
TAG_BYTES = 15


def asked_tags(request: web.Request) -> Sequence[str]:
    """The tags in If-None-Match, quoted, or `*` for any. Weak ones count like strong ones, as the standard compares
    them here.
    """
    if hdrs.IF_NONE_MATCH not in request.headers:
        return ()
    header = ",".join(request.headers.getall(hdrs.IF_NONE_MATCH))
    return (ANY,) if header.strip() == ANY else TAG.findall(header)


def has_version(request: web.Request, tag: str) -> bool:
    """Whether the client has the version with this tag, of something that exists."""
    asked = asked_tags(request)
    return f'"{tag}"' in asked or ANY in asked


class PageTags:
    """Makes the tags of pages: a keyed hash, so that a tag tells nothing about an account and cannot be guessed. All
    instances make the same.
    """

    def __init__(self, secret: str, *shape: str) -> None:
        """`shape`: whatever changes when the same rows are shown differently."""
        salted = "\0".join((secret, *shape)).encode()
        self._key = hashlib.blake2b(salted, person=b"confab page tags").digest()

    def tag_of(self, user_id: int, url: str, version: PageVersion) -> str:
        """The quoted tag of the page at this path and query, as this user sees it."""
        text = f"{user_id} {version.seq} {version.names} {url}".encode()
        return f'"{hashlib.blake2b(text, digest_size=TAG_BYTES, key=self._key).hexdigest()}"'
