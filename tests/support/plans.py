"""Reads from Postgres's log how many rows each step of each statement has read (the module auto_explain)."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

SETTINGS = {
    "session_preload_libraries": "auto_explain",
    "auto_explain.log_min_duration": "0",
    "auto_explain.log_analyze": "on",
    "auto_explain.log_timing": "off",
    "auto_explain.log_format": "json",
    "auto_explain.log_nested_statements": "on",
    "auto_explain.log_parameter_max_length": "0",
}
PLAN = re.compile(r"plan:\s*(?=\{)")
REMOVED = ("Rows Removed by Filter", "Rows Removed by Index Recheck", "Rows Removed by Join Filter")


@dataclass(frozen=True)
class Scan:
    """A step that reads a table: in how many rows it has looked, and how it found them."""

    relation: str
    rows: int
    kind: str
    statement: str

    def __str__(self) -> str:
        return f"{self.kind} read {self.rows} rows of {self.relation}: {self.statement}"


def scans_in(log: str) -> Iterator[Scan]:
    """Every step of every plan in this part of the log."""
    decoder = json.JSONDecoder()
    for found in PLAN.finditer(log):
        plan, _ = decoder.raw_decode(log, found.end())
        yield from _scans(plan["Plan"], " ".join(plan["Query Text"].split())[:160])


def _scans(step: Mapping[str, Any], statement: str) -> Iterator[Scan]:
    if "Relation Name" in step:
        read = step["Actual Rows"] + sum(step.get(name, 0) for name in REMOVED)
        kind = f"{step['Node Type']} {step.get('Index Name', '')}".strip()
        yield Scan(step["Relation Name"], round(read * step["Actual Loops"]), kind, statement)
    for inner in step.get("Plans", ()):
        yield from _scans(inner, statement)
