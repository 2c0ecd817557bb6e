"""Ids as parts of UniPile's addresses."""

from urllib.parse import quote

from server.unipile.errors import Rejected


def part_of_path(identifier: str) -> str:
    """An id as one part of an address. Quoting cannot save the two that every client takes for steps in the tree:
    with them a caller's id would reach another route than the one that is meant.
    """
    if identifier in (".", ".."):
        raise Rejected("invalid_resource_identifier", "UniPile has no such id.", 404)
    return quote(identifier, safe="")
