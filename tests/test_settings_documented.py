"""docs/operations.md has every setting with its default, as a row of a table that a renderer sees, and no other."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import pytest

from server.config import ROOT
from server.config.plans import Plan
from tests.support.markdown import Table, tables

OPERATIONS = ROOT / "docs" / "operations.md"
CONFIG: Mapping[str, Any] = tomllib.loads((ROOT / "config.toml").read_text())
SECTIONS = [name for name, value in CONFIG.items() if isinstance(value, dict)]
SETTING = ["key", "default", "what it does", "when to change it"]
# Computed when the program starts: the file has them only as comments.
COMPUTED = {
    "pace": {"enabled": "on, except against the sandbox"},
    "limits": {"enabled": "on, except where UNIPILE_DSN is this machine"},
}
ENVIRONMENT_NAME = re.compile(r'\benv="([A-Z_]+)"')


def tables_under(heading: str) -> list[Table]:
    return [table for table in tables(OPERATIONS) if table.heading == heading]


def unquoted(cell: str) -> str:
    return cell.replace("`", "")


def documented(section: str) -> dict[str, str]:
    settings, *_ = (table for table in tables_under(f"[{section}]") if table.columns == SETTING)
    assert all(all(row) for row in settings.rows), "an empty cell"
    return {unquoted(name): unquoted(default) for name, default, *_ in settings.rows}


def spelled(value: Any) -> str:
    return "empty" if value in ("", []) else str(value)


@pytest.mark.parametrize("section", SECTIONS)
def test_every_setting_is_a_row_with_its_default(section: str) -> None:
    configured = {key: value for key, value in CONFIG[section].items() if not isinstance(value, dict)}
    wanted = {key: spelled(value) for key, value in configured.items()} | COMPUTED.get(section, {})
    assert documented(section) == wanted


def test_every_limit_is_a_row_with_its_rate() -> None:
    (classes,) = (table for table in tables_under("[limits]") if table.columns[0] == "class")
    rows = {unquoted(name): (int(burst), int(rate)) for name, _, _, burst, rate in classes.rows}
    configured = {name: value for name, value in CONFIG["limits"].items() if isinstance(value, dict)}
    assert rows == {name: (given["burst"], given["per_minute"]) for name, given in configured.items()}


def test_every_key_of_a_plan_is_a_row() -> None:
    (keys,) = (table for table in tables_under("[plans]") if table.columns == ["key", "limits"])
    assert [unquoted(name) for name, _ in keys.rows] == [field.name for field in fields(Plan)]


def test_every_variable_of_the_environment_is_a_row() -> None:
    (variables,) = tables_under("Environment")
    named = {name for row in variables.rows for name in re.findall(r"`([A-Z_]+)`", row[0])}
    declared = {
        name
        for path in (ROOT / "server" / "config").glob("*.py")
        for name in ENVIRONMENT_NAME.findall(path.read_text())
    }
    assert declared <= named
    assert {name for name in named if not name.startswith("CONFAB_")} == declared
