"""docs/operations.md tells of every setting that operators turn, with its default in config.toml, and of no other."""

import re
import tomllib
from typing import Any

import pytest

from server.config import ROOT

SECTIONS = ("web", "auth", "mail", "audit", "redis", "unipile", "outbox", "pace", "sync", "media")
ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
# Set when the program starts: the file has it only as a comment.
LEFT_OUT = {"pace": {"enabled": "on, except against the sandbox"}}


def documented(section: str) -> dict[str, str]:
    text = (ROOT / "docs" / "operations.md").read_text()
    begin = text.index(f"### `[{section}]`\n")
    table = text[begin:].split("\n#", 1)[0]
    rows = ROW.findall(table)
    assert len(rows) == table.count("\n| `"), "a row that cannot be read"
    return {name: default.strip("` ") for name, default, *_ in rows}


def spelled(value: Any) -> str:
    return "empty" if value in ("", []) else str(value)


def test_every_limit_is_documented_with_its_rate() -> None:
    limits = tomllib.loads((ROOT / "config.toml").read_text())["limits"]
    text = (ROOT / "docs" / "operations.md").read_text()
    table = text[text.index("### `[limits]`\n") :].split("\n#", 1)[0]
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| [^|]+ \| (\d+) \| (\d+) \|$", table, re.MULTILINE)
    wanted = {name: (given["burst"], given["per_minute"]) for name, given in limits.items()}
    assert {name: (int(burst), int(per_minute)) for name, burst, per_minute in rows} == wanted


@pytest.mark.parametrize("section", SECTIONS)
def test_every_setting_is_documented_with_its_default(section: str) -> None:
    configured = tomllib.loads((ROOT / "config.toml").read_text())[section]
    wanted = {name: spelled(value) for name, value in configured.items()} | LEFT_OUT.get(section, {})
    assert documented(section) == wanted
