"""Facets of messages in the search index: chat, sender, author, contents. They begin with `#`, which no word has."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from server.rules.contents import contents_of


class AuthorFacet(NamedTuple):
    """Who wrote an outgoing message or a note: one user, or any API key, any rule, the phone."""

    kind: str
    id: int | None

    def term(self) -> str:
        """The search does not tell keys and rules apart, so only users are indexed one by one."""
        return f"#by:user:{self.id}" if self.kind == "user" else f"#by:{self.kind}"


class Facets(NamedTuple):
    """The facets that a search asks for; None: any."""

    chat_id: int | None = None
    is_own: bool = False
    # The ids of the sender at the provider.
    senders: Sequence[str] | None = None
    content: str | None = None
    author: AuthorFacet | None = None


def facets_of(
    chat_id: int,
    *,
    is_own: bool,
    sender: str | None,
    author: AuthorFacet | None,
    body: str | None,
    attachments: Iterable[Mapping[str, object]],
) -> list[str]:
    """The facets of a message, as they are indexed."""
    origin = "#own" if is_own else sender and f"#from:{sender}"
    return [
        f"#chat:{chat_id}",
        *([origin] if origin else []),
        *([author.term()] if author else []),
        *(f"#has:{content}" for content in contents_of(body, attachments)),
    ]


def facet_query(account_id: int, facets: Facets) -> list[str]:
    """Conditions of a tsquery that must all hold in this account."""
    senders = [_quoted(account_id, f"#from:{sender}") for sender in facets.senders or ()]
    return [
        *([_quoted(account_id, f"#chat:{facets.chat_id}")] if facets.chat_id is not None else []),
        *([_quoted(account_id, "#own")] if facets.is_own else []),
        *([f"({' | '.join(senders)})"] if senders else []),
        *([_quoted(account_id, facets.author.term())] if facets.author is not None else []),
        *([_quoted(account_id, f"#has:{facets.content}")] if facets.content is not None else []),
    ]


def _quoted(account_id: int, facet: str) -> str:
    """A term of a tsquery; the provider's ids may hold any character."""
    return "'{}/{}'".format(account_id, facet.replace("\\", "\\\\").replace("'", "''"))
