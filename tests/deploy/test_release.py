"""A release has one version everywhere, and notes for those who upgrade to it."""

import re
import tomllib

from server import VERSION
from server.config import ROOT
from tests.support.markdown import headings, tables

UPGRADE = ROOT / "docs/operations/upgrade.md"
RELEASE = re.compile(r"(\d+\.\d+\.\d+) – (\d{4}-\d\d-\d\d)")


def released() -> list[tuple[str, str]]:
    """The versions of the changelog with their dates, newest first."""
    return [
        (match[1], match[2]) for name in headings(ROOT / "CHANGELOG.md") if (match := RELEASE.fullmatch(name))
    ]


def test_the_version_is_the_newest_of_the_changelog() -> None:
    assert released()[0][0] == VERSION
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == VERSION


def test_manifests_and_handbook_name_its_image() -> None:
    places = [*(ROOT / "deploy/kubernetes").glob("*.yaml"), ROOT / "docs/operations/install.md"]
    images = [name for path in places for name in re.findall(r"confab:(\d[\w.]*)", path.read_text())]
    assert images == [VERSION] * 4


def test_there_are_notes_for_each_version_that_has_upgrades() -> None:
    """Since 0.1.0: earlier ones are milestones of the first day."""
    (notes,) = (table for table in tables(UPGRADE) if table.heading == "Notes")
    since = released()[: [version for version, _ in released()].index("0.1.0") + 1]
    assert [row[0] for row in notes.rows] == [f"{version} ({date})" for version, date in since]
