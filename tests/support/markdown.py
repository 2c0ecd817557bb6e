"""Parses Markdown as a renderer does: headings, tables, paragraphs, links."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")
NOT_IN_SLUG = re.compile(r"[^\w\- ]")


class Table(NamedTuple):
    """A rendered table, with the text of the heading above it; cells are Markdown."""

    heading: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]


@cache
def parse(path: Path) -> list[Token]:
    return MarkdownIt().enable("table").parse(path.read_text())


def plain(text: str) -> str:
    """Text without the markup of code, emphasis and links."""
    return LINK.sub(r"\1", text).replace("`", "").replace("*", "")


def headings(path: Path) -> list[str]:
    """The texts of all headings, without their markup."""
    tokens = parse(path)
    return [
        plain(tokens[index + 1].content) for index, token in enumerate(tokens) if token.type == "heading_open"
    ]


@cache
def slugs(path: Path) -> set[str]:
    """The anchors that a forge gives the headings."""
    return {NOT_IN_SLUG.sub("", text.lower()).replace(" ", "-") for text in headings(path)}


def tables(path: Path) -> Iterator[Table]:
    heading, row, rows = "", list[str](), list[list[str]]()
    previous = ""
    for token in parse(path):
        if token.type == "inline" and previous == "heading_open":
            heading = plain(token.content)
        elif token.type == "table_open":
            rows = []
        elif token.type == "tr_open":
            row = []
        elif token.type == "inline" and previous in ("td_open", "th_open"):
            row.append(token.content)
        elif token.type == "tr_close":
            rows.append(row)
        elif token.type == "table_close":
            yield Table(heading, rows[0], rows[1:])
        previous = token.type


def paragraphs(path: Path) -> Iterator[str]:
    previous = ""
    for token in parse(path):
        if token.type == "inline" and previous == "paragraph_open":
            yield token.content
        previous = token.type


def links(path: Path) -> Iterator[str]:
    """The targets of all links and pictures."""
    for token in parse(path):
        for child in token.children or ():
            if target := child.attrGet("href") or child.attrGet("src"):
                yield str(target)
