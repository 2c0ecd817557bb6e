"""One word for one thing: no identifier uses a word of the private English that docs/glossary.md replaces."""

from pathlib import Path

import pytest

from server.config import ROOT
from tests.names import ALLOWED, banned_names, shared_names

LAYERED = ("server", "workers")
CHECKED = (*LAYERED, "sandbox", "bench")


def modules(folders: tuple[str, ...]) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


MODULES = modules(CHECKED)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_uses_the_terms_of_the_field(path: Path) -> None:
    assert banned_names(path.read_text()) == []


@pytest.mark.parametrize(
    "text",
    [
        "def bury_event(): ...",
        "class Standing: ...",
        "def f(told): ...",
        "def f(*, number): ...",
        "wish = 1",
        "class A:\n    kept: int",
        "LOOK_SECONDS = 5",
        "class KeepMessages: ...",
        "for place in (): ...",
        "def f(self):\n    self._hints = 1",
    ],
)
def test_a_banned_word_is_found(text: str) -> None:
    assert len(banned_names(text)) == 1


@pytest.mark.parametrize(
    "text", ["keyword = 1", "def lookup(): ...", "telling = placeholder = 1", "Claims = 1"]
)
def test_a_word_that_only_contains_one_is_not(text: str) -> None:
    assert banned_names(text) == []


def test_every_exception_is_needed() -> None:
    text = "\n".join(path.read_text() for path in MODULES)
    assert {name for name in ALLOWED if name not in text} == set()


def test_neighbouring_packages_share_no_module_name() -> None:
    assert shared_names([path.relative_to(ROOT).as_posix() for path in modules(LAYERED)]) == []


def test_a_shared_module_name_is_found() -> None:
    found = shared_names(["server/store/chats/rows.py", "server/store/messages/rows.py", "server/rows.py"])
    assert found == ["server/store/chats/rows.py and server/store/messages/rows.py"]
