"""Ratings in the forms in which contacts write them, what is none, and the texts of a number."""

import pytest

from server.rules.answering.surveys import DEFAULTS, MAX_ANSWER, read_rating, texts_of

# fmt: off
BARE = {
    1: ["1", " 1\n", "1.", "1!", "(1)", "1️⃣", "1⃣", "１", "①", "١", "۱", "१", "¹", "*1*", "_1_", "~1~", "‎1", "-1", "#1",
        "1/5", "1 star", "⭐", "⭐️", "1 ⭐"],
    2: ["2", "2/5", "2 / 5", "2 of 5", "2 out of 5", "2 de 5", "2 von 5", "２／５", "🌟🌟", "2 stars", "2 puntos",
        "2 pontos"],
    3: ["3", "3 👍", "👍🏽 3", "⭐ ⭐ ⭐", "★★★☆☆", "3 Sterne", "3 estrellas", "3 estrelas!", "3 Punkte"],
    4: ["4", "4️⃣", "⭐⭐⭐⭐", "4/5.", "4/5 ⭐", "4 ⭐⭐⭐⭐", '"4"', "4…"],
    5: ["5", "5/5", "5 / 5 🎉", "⭐️⭐️⭐️⭐️⭐️", "５", "५", "5 -", "5 ❤️❤️❤️"],
}
WITH_WORDS = {
    5: ["5 great service", "5, thanks", "5 - thank you", "5\nmuito bom", "Great! 5/5", "Sehr gut ⭐⭐⭐⭐⭐",
        "5 stars, thanks"],
    4: ["4/5 good", "4. Nicht schlecht", "⭐⭐⭐⭐ ok", "Estuvo bien, 4 de 5"],
    2: ["2: too slow", "2 pizzas"],
}
NONE = [
    None, "", "  ", "ok", "five", "0", "6", "10", "55", "15", "5/10", "7/5", "4.5", "4,5", "3-4", "3 – 4",
    "5:30", "12:05",
    "5%", "5 %", "5€", "$5", "€ 5", "2x", "2 x pizza", "1st", "1º", "5 10", "+5511988880000", "the 5", "I need 5",
    "room 4/55", "1/2/2026", "4/5/2026", "4.5.2026", "½", "5a", "5kg", "5pm",
    "⭐⭐⭐⭐⭐⭐", "4 ⭐⭐⭐⭐⭐", "☆☆☆☆☆", "👍", "n. 5",
    "5" + " " * MAX_ANSWER,
]
# fmt: on


@pytest.mark.parametrize(
    ("score", "text"), [(score, text) for score, texts in BARE.items() for text in texts]
)
def test_a_score_alone(score: int, text: str) -> None:
    assert read_rating(text) == (score, False)


@pytest.mark.parametrize(
    ("score", "text"), [(score, text) for score, texts in WITH_WORDS.items() for text in texts]
)
def test_a_score_with_words(score: int, text: str) -> None:
    assert read_rating(text) == (score, True)


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_rating(text: str | None) -> None:
    assert read_rating(text) is None


@pytest.mark.parametrize(
    ("phone", "language"),
    [
        ("+491701234567", "de"),
        ("+423123456", "de"),
        ("+420123456789", "en"),
        ("+5511988880000", "pt"),
        ("+351912345678", "pt"),
        ("+59171234567", "es"),
        ("+5215512345678", "es"),
        ("+14155550100", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_the_texts_follow_from_the_country_of_the_number(phone: str | None, language: str) -> None:
    assert texts_of(phone) is DEFAULTS[language]
    assert texts_of(phone).language == language
