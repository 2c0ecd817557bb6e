"""Push and mail call the kinds of notifications as the app does, in each of its languages."""

import json

import pytest

from server.config import ROOT
from server.rules.notifications import EVENTS, LANGUAGES
from workers.people.notification_texts import TEXTS

CATALOGUE = ROOT / "frontend" / "src" / "i18n" / "catalogue"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_kinds_are_worded_as_in_the_app(language: str) -> None:
    app = json.loads((CATALOGUE / language / "notifications.json").read_text())
    assert set(TEXTS[language].kinds) == set(EVENTS)
    for kind, text in TEXTS[language].kinds.items():
        assert text == app[f"notifications.kind.{kind}"]
    assert TEXTS[language].test_text == app["notifications.test.text"]
    assert TEXTS[language].test_title == app["notifications.test.title"]


def test_there_are_texts_for_exactly_the_languages_of_the_app() -> None:
    assert set(TEXTS) == set(LANGUAGES) == {path.name for path in CATALOGUE.iterdir() if path.is_dir()}
