"""The table of UniPile's features names files that exist."""

import re

from server.config import ROOT

TABLE = "## What UniPile can do, and where it is tested"
CELL = re.compile(r"`([\w./]+\.py)`")


def test_every_feature_names_code_and_tests_that_exist() -> None:
    _, _, text = (ROOT / "docs" / "unipile.md").read_text().partition(TABLE)
    rows = [row.split("|")[1:-1] for row in text.splitlines() if row.startswith("|")][2:]
    assert len(rows) > 20
    for feature, code, tests in rows:
        for kind, cell in (("code", code), ("tests", tests)):
            named = CELL.findall(cell)
            assert named, f"{feature}: no {kind}"
            assert [name for name in named if not (ROOT / name).is_file()] == []
        assert all(name.startswith("tests/") for name in CELL.findall(tests))
