"""Reads migrations for what the version before could not live with."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import sqlparse

# On top of a migration that removes what nothing uses: `-- contract of 0075`, which brought its replacement.
CONTRACT = re.compile(r"^-- contract of (\d{4})$", re.MULTILINE)
BODY = re.compile(r"\$(\w*)\$.*?\$\1\$", re.DOTALL)
CREATED = re.compile(r"^create (?:unlogged )?table (?:if not exists )?([\w.]+)")
DROPPED = re.compile(
    r"^drop (?:table|view|materialized view|type|domain|sequence|schema) (?:if exists )?(.+)"
)
ALTERED = re.compile(r"^alter (?:table|view|type|domain)(?: if exists)?(?: only)? ([\w.]+) (.+)")
# Actions of `alter table`, and what each does to a version that does not know of it.
ACTIONS = {
    r"rename\b": "renames",
    r"set schema\b": "moves",
    r"drop (?!constraint\b|default\b)": "drops",
    r"alter (?:column )?\S+ (?:set data )?type\b": "changes the type of a column",
    r"alter (?:column )?\S+ set not null\b": "requires a value",
    r"alter (?:column )?\S+ drop default\b": "takes a default away",
    r"add (?!constraint\b|check\b|unique\b|primary\b|foreign\b|exclude\b)"
    r"(?!.*\b(?:default|generated)\b).*\bnot null\b": "adds a column that requires a value",
}


def statements(text: str) -> Iterator[str]:
    """In lower case on one line each, without comments and the bodies of functions."""
    for statement in sqlparse.split(sqlparse.format(text, strip_comments=True)):
        plain = " ".join(BODY.sub("$$", statement).lower().split()).rstrip("; ")
        if plain:
            yield plain


def actions(text: str) -> Iterator[str]:
    """The actions of an `alter table`: parted by the commas outside parentheses."""
    depth, action = 0, ""
    for letter in text + ",":
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            yield action.strip()
            action = ""
        else:
            action += letter


def created_tables(texts: Iterable[str]) -> set[str]:
    """The tables that these migrations create, which the version before does not know."""
    found = (CREATED.match(statement) for text in texts for statement in statements(text))
    return {match[1] for match in found if match}


def breaks(text: str, own: set[str]) -> list[str]:
    """What it does to anything but these tables that is no expansion."""
    found = []
    for statement in statements(text):
        if dropped := DROPPED.match(statement):
            names = {name.strip() for name in dropped[1].removesuffix(" cascade").split(",")}
            found += [f"drops {name}" for name in sorted(names - own)]
        elif (altered := ALTERED.match(statement)) and altered[1] not in own:
            found += [
                f"{effect} in {altered[1]}: {action}"
                for action in actions(altered[2])
                for pattern, effect in ACTIONS.items()
                if re.match(pattern, action)
            ]
    return found


def number_of(path: Path) -> int:
    return int(path.name[:4])


def contract_of(text: str) -> int | None:
    """The number of the migration that this one completes."""
    match = CONTRACT.search(text)
    return int(match[1]) if match else None
