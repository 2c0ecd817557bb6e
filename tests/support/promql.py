"""Reads what a PromQL expression asks for, and the rules of deploy/prometheus/alerts.yml."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

GROUPING = re.compile(r"\b(?:by|without)\s*\(([^)]*)\)")
RANGE = re.compile(r"\[[^\]]*\]")
SELECTOR = re.compile(r"([a-zA-Z_:][\w:]*)\s*(\{[^}]*\})?(?!\w)(\s*\()?")
MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')
KEYWORDS = {"and", "or", "unless", "offset", "bool", "on", "ignoring", "group_left", "group_right"}
RULE = re.compile(r"^ {6}- alert: (\w+)\n((?: {8}.*\n)+)", re.MULTILINE)
FIELD = re.compile(r"^ {8}(\w+):((?: .*)?\n(?: {10}.*\n)*)", re.MULTILINE)


class Selector(NamedTuple):
    """A metric of an expression, with its matchers: (label, operator, value)."""

    metric: str
    matchers: tuple[tuple[str, str, str], ...]


class Rule(NamedTuple):
    """An alert rule: its name, and its fields as they are written."""

    name: str
    fields: dict[str, str]


def read_selectors(expression: str) -> list[Selector]:
    """Every metric that is asked for."""
    text = RANGE.sub("", GROUPING.sub(" ", expression))
    return [
        Selector(name, tuple(MATCHER.findall(matchers)))
        for name, matchers, call in SELECTOR.findall(text)
        if not call and name not in KEYWORDS and not re.fullmatch(r"e\d+|Inf|NaN", name)
    ]


def read_groupings(expression: str) -> set[str]:
    """The labels that results are grouped by."""
    return {label.strip() for found in GROUPING.findall(expression) for label in found.split(",")}


def read_rules(path: Path) -> Iterator[Rule]:
    """The rules of a file that is written as ours is."""
    for name, body in RULE.findall(path.read_text()):
        yield Rule(name, {key: value.strip() for key, value in FIELD.findall(body)})
