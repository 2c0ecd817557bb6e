"""What push and mail say about a target at risk, in each language."""

from datetime import UTC, datetime, timedelta

import pytest

from server.rules.notifications import LANGUAGES
from server.store.notifying.deliveries import Quoted, QuotedTarget
from workers.people.notification_texts import body_of, line_of
from workers.people.target_texts import TARGET_TEXTS, describe_target

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "minutes", "text"),
    [
        ("en", 25, "First reply due in 25 min"),
        ("en", 0.1, "First reply due in 1 min"),
        ("en", 119, "First reply due in 119 min"),
        ("en", 150, "First reply due in 2 h"),
        ("en", 3 * 1440, "First reply due in 3 days"),
        ("en", -25, "First reply overdue by 25 min"),
        ("de", 2 * 1440, "Erste Antwort fällig in 2 Tagen"),
        ("de", -150, "Erste Antwort seit 2 h überfällig"),
        ("es", 25, "Primera respuesta: vence en 25 min"),
        ("pt", -25, "Primeira resposta: venceu há 25 min"),
    ],
)
def test_it_says_which_promise_and_when_it_is_breached(language: str, minutes: float, text: str) -> None:
    target = QuotedTarget("first_reply", NOW + timedelta(minutes=minutes))
    assert describe_target(target, language, NOW) == text


def test_there_are_texts_of_each_promise_in_each_language() -> None:
    assert set(TARGET_TEXTS) == set(LANGUAGES)
    assert {frozenset(texts.promises) for texts in TARGET_TEXTS.values()} == {
        frozenset(("first_reply", "next_reply", "close"))
    }


def test_a_line_names_the_chat_and_quotes_no_message() -> None:
    target = QuotedTarget("close", datetime.now(UTC) + timedelta(days=3, minutes=1))
    line = Quoted(1, 1, "target", 1, 7, None, "Bia Lima", None, "en", target)
    assert body_of(line) == "Closing due in 3 days"
    assert "Bia Lima" in line_of(line) and "Closing due in 3 days" in line_of(line)
