"""Ids as path segments of UniPile's URLs."""

from urllib.parse import quote

from server.unipile.errors import Rejected


def part_of_path(identifier: str) -> str:
    """An id as one path segment. Raises Rejected for `.` and `..`, which quoting cannot protect: HTTP clients resolve
    them, and a caller's id would reach another route.
    """
    if identifier in (".", ".."):
        raise Rejected("invalid_resource_identifier", "UniPile has no such id.", 404)
    return quote(identifier, safe="")
