"""The handbook's blocks of shell commands; one with a line above it that says why is not run."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from server.config import ROOT
from tests.support.markdown import parse, plain

DOCS = ROOT / "docs"
HANDBOOK = [DOCS / "operations.md", *sorted((DOCS / "operations").glob("*.md"))]
LANGUAGES = {"sh", "json", "yaml"}
MARK = "*Not run by the tests: "
NOT_RUN = re.compile(re.escape(MARK) + r"(.+)\*", re.DOTALL)


class Block(NamedTuple):
    """A block; one shell runs those of a section in their order. Without a reason it is run."""

    document: Path
    section: str
    line: int
    text: str
    reason: str | None

    @property
    def place(self) -> str:
        return f"{self.document.relative_to(DOCS)}:{self.line}"


def blocks(document: Path) -> Iterator[Block]:
    """The blocks of commands of a document. A section is what is under a heading of the first two levels."""
    section, previous, paragraph = "", "", ""
    for token in parse(document):
        if token.type == "inline" and previous in ("h1", "h2"):
            section = plain(token.content)
        elif token.type == "inline":
            paragraph = token.content
        elif token.type == "fence":
            reason = NOT_RUN.fullmatch(paragraph)
            if token.info == "sh":
                assert token.map
                yield Block(document, section, token.map[0] + 1, token.content, reason[1] if reason else None)
            paragraph = ""
        previous = token.tag if token.type == "heading_open" else ""


def other_blocks(document: Path) -> list[str]:
    """Blocks that escape the tests: indented ones, and those in an unknown language."""
    return [
        token.content
        for token in parse(document)
        if token.type == "code_block" or (token.type == "fence" and token.info not in LANGUAGES)
    ]


def all_blocks() -> list[Block]:
    return [block for document in HANDBOOK for block in blocks(document)]


def not_run() -> list[str]:
    """Where each block is that is not run, and why."""
    return [f"{block.place}: {block.reason}" for block in all_blocks() if block.reason]


if __name__ == "__main__":
    print("\n".join(not_run()))
