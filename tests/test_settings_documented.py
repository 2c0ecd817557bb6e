"""docs/operations.md tells of every setting that operators turn, with its default in config.toml, and of no other."""

import re
import tomllib
from typing import Any

import pytest

from server.config import ROOT

SECTIONS = ("web", "unipile", "outbox", "pace", "sync", "media")
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


@pytest.mark.parametrize("section", SECTIONS)
def test_every_setting_is_documented_with_its_default(section: str) -> None:
    configured = tomllib.loads((ROOT / "config.toml").read_text())[section]
    wanted = {name: spelled(value) for name, value in configured.items()} | LEFT_OUT.get(section, {})
    assert documented(section) == wanted
