"""Blank texts, names, cuts and emoji, by the table that the frontend's twin passes too."""

import json
from pathlib import Path
from typing import Any

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from server.text import graphemes
from server.text.names import MAX_NAME, contact_name, is_name, is_same, subject

TABLE: dict[str, list[list[Any]]] = json.loads(
    (Path(__file__).parents[2] / "fixtures" / "texts.json").read_text("utf-8")
)
# Combining characters, mixed with others.
STICKY = st.text(
    st.sampled_from(
        [
            *"ab \r\n1",
            *"é́ัำ각각क्षि",
            *"👨👩❤🏽🇧🇷",
            "\u200d",
            "\ufe0f",
            "\u20e3",
            "\u0600",
            *"\u1100\u1161\u11a8",
        ]
    ),
    max_size=40,
)


@pytest.mark.parametrize(("text", "wanted"), TABLE["blank"], ids=ascii)
def test_invisible_texts_are_blank(text: str, wanted: bool) -> None:
    assert graphemes.is_blank(text) is wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", True),
        ("Olá 👩‍👩‍👧", True),
        ("\uffff", True),
        ("a\x00b", False),
        ("\ud800", False),
        ("👍\udfff", False),
    ],
)
def test_texts_with_nul_or_lone_surrogates_cannot_be_stored(text: str, wanted: bool) -> None:
    assert graphemes.is_storable(text) == wanted


@pytest.mark.parametrize(("candidate", "shown"), TABLE["names"], ids=ascii)
def test_phone_numbers_jids_and_blanks_are_no_names(candidate: str, shown: str | None) -> None:
    assert contact_name(candidate) == shown
    assert is_name(candidate) is (shown is not None)


@pytest.mark.parametrize(("text", "limit", "wanted"), TABLE["cuts"], ids=ascii)
def test_no_grapheme_is_split(text: str, limit: int, wanted: str) -> None:
    assert graphemes.cut(text, limit) == wanted


@pytest.mark.parametrize(("name", "wanted"), TABLE["isolated"], ids=ascii)
def test_a_name_cannot_change_the_text_direction(name: str, wanted: str) -> None:
    assert graphemes.isolate(name) == wanted


@pytest.mark.parametrize(("text", "wanted"), TABLE["emoji"], ids=ascii)
def test_a_reaction_is_one_emoji(text: str, wanted: bool) -> None:
    assert graphemes.is_emoji(text) is wanted


@given(text=STICKY, limit=st.integers(1, 45))
def test_a_cut_is_the_longest_prefix_of_whole_graphemes(text: str, limit: int) -> None:
    prefix = graphemes.cut(text, limit)
    ends = [found.end() for found in regex.finditer(r"\X", text)]
    assert prefix == text[: max((end for end in ends if end <= limit), default=min(limit, len(text)))]


@given(st.text())
def test_one_line_is_idempotent(text: str) -> None:
    line = graphemes.one_line(text)
    assert not regex.search(r"[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]", line)
    assert graphemes.one_line(line) == line


@given(st.text(max_size=300))
def test_a_name_is_bounded_never_blank_and_idempotent(text: str) -> None:
    name = contact_name(text)
    if name is not None:
        assert 0 < len(name) <= MAX_NAME
        assert not graphemes.is_blank(name)
        assert contact_name(name) == name


def test_a_group_may_be_named_with_digits_or_a_full_stop() -> None:
    assert [subject(candidate) for candidate in ("2026", ".", " 5511988880000 ", "\u3164", "", None)] == [
        "2026",
        ".",
        "5511988880000",
        None,
        None,
        None,
    ]


def test_the_accounts_own_name_is_recognised() -> None:
    assert is_same("My Shop", "my shop")
    assert is_same("Ｍy Shop", "My Shop")
    assert not is_same("My Shop", "My Shop 2")
    assert not is_same(None, None)


@pytest.mark.parametrize("grapheme", ["a", "🇧🇷", "👩\u200d🚀", "e\u0301"], ids=ascii)
@pytest.mark.parametrize("before", ["", "a", "🇧"], ids=ascii)
def test_a_long_text_is_cut_without_reading_it_whole(grapheme: str, before: str) -> None:
    """Counting flags from the beginning is quadratic: most of a minute for these."""
    text = before + grapheme * 80_000
    for limit in (120, 1000, 65_535):
        prefix = graphemes.cut(text, limit)
        assert limit - len(grapheme) < len(prefix) <= limit
        assert before == "🇧" or prefix == before + grapheme * ((len(prefix) - len(before)) // len(grapheme))
