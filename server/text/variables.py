"""Variables of canned replies and auto-replies: `{{contact.name | default: 'there'}}`.

The app resolves those of a reply that it inserts, the server those that a rule, a macro or an auto-reply sends.
"""

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

VARIABLES = (
    "contact.name",
    "contact.first_name",
    "contact.phone",
    "agent.name",
    "agent.first_name",
    "account.name",
    "today",
)
# Of a number that is closed; only its welcome and its away text have it.
OPENS_AT = "hours.opens_at"
KNOWN = frozenset((*VARIABLES, OPENS_AT))
# Braces that are not closed are text.
BRACES = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
VARIABLE = re.compile(
    r"""\s*(?P<name>[a-z_.]{1,40})\s*"""
    r"""(?:\|\s*default\s*:\s*(?:'(?P<single>[^'{}]{0,200})'|"(?P<double>[^"{}]{0,200})")\s*)?""",
    re.ASCII,
)
MAX_SHOWN = 50


def unknown_variables(text: str, known: Collection[str] = VARIABLES) -> list[str]:
    """What is between braces and none of the known variables, in order, each once and cut."""
    found: dict[str, None] = {}
    for inner in BRACES.findall(text):
        match = VARIABLE.fullmatch(inner)
        if match is None or match["name"] not in known:
            found["{{" + inner.strip()[:MAX_SHOWN] + "}}"] = None
    return list(found)


class Used(NamedTuple):
    """A variable in a text."""

    name: str
    has_default: bool


def used_variables(text: str) -> list[Used]:
    """The variables of a text, in its order."""
    found = (VARIABLE.fullmatch(inner) for inner in BRACES.findall(text))
    return [Used(m["name"], _default_of(m) is not None) for m in found if m and m["name"] in KNOWN]


class MissingValueError(ValueError):
    """A variable has neither a value nor a default; its text is the variable as it is written."""


def resolve(text: str, values: Mapping[str, str | None], *, strict: bool = False) -> str:
    """The text with the values of its variables, or their defaults. One that has neither becomes nothing, or raises
    MissingValueError if it is `strict`. Other text between braces stays.
    """

    def value_of(braces: re.Match[str]) -> str:
        variable = VARIABLE.fullmatch(braces[1])
        if variable is None or variable["name"] not in KNOWN:
            return braces[0]
        value = values.get(variable["name"]) or _default_of(variable)
        if value is None and strict:
            raise MissingValueError("{{" + variable["name"] + "}}")
        return value or ""

    return BRACES.sub(value_of, text)


def _default_of(variable: re.Match[str]) -> str | None:
    return variable["single"] if variable["single"] is not None else variable["double"]
