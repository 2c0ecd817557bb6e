"""Folding for search: the same for stored texts and queries."""

import json
import unicodedata
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.store.search.tokenize import query_tokens, tokens_of
from server.text.fold import fold

TABLE = json.loads((Path(__file__).parents[2] / "fixtures" / "letters.json").read_text())


@pytest.mark.parametrize(("written", "searched"), TABLE, ids=ascii)
def test_texts_are_found_as_typed(written: str, searched: str) -> None:
    assert fold(searched) in fold(written)
    words = tokens_of(written)
    assert all(any(word.startswith(wanted) for word in words) for wanted in query_tokens(searched))


@pytest.mark.parametrize(
    ("one", "other"),
    [("カキ", "ガキ"), ("हाल", "हिल"), ("ดู", "ดี"), ("Ana", "Anna"), ("حمد", "محمد")],
)
def test_different_words_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("O’Brien", "o'brien"),
        ("Jean\u2011Luc\u00a0 Picard\n", "jean-luc picard"),
        ("\u3164\u200b", ""),
        ("🎉", "🎉"),
        ("हिन्दी", "हिनदी"),
    ],
)
def test_folded_texts(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_an_indic_word_is_one_token() -> None:
    assert tokens_of("नमस्ते दुनिया।") == ["नमसते", "दुनिया"]


@given(st.text())
def test_folding_is_idempotent(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_a_changed_fold_needs_a_migration() -> None:
    """If this changes, fold stored texts again: channels_search_state.seq = 0, `folded` = null, as in 0034."""
    letters = (chr(code) for code in range(0x110000) if unicodedata.ucd_3_2_0.category(chr(code)) != "Cn")
    folds = "\n".join(fold(letter) for letter in letters if not "\ud800" <= letter <= "\udfff")
    assert sha256(folds.encode()).hexdigest()[:16] == "f8fc41ce131fc9fe"
