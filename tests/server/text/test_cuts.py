"""Shortened texts (previews, quotes, cards, file names) are never cut inside an emoji and never blank."""

from typing import Any

import pytest

from server.media.types import safe_file_name
from server.store.chats.chats import PREVIEW_LENGTH
from server.store.chats.flags import UNSUPPORTED_PREVIEW, preview_of
from server.unipile.fields.attachments import quoted
from server.unipile.fields.vcards import MAX_TEXT, read_cards
from tests.server.unipile.test_events import parse

FAMILY, FLAG, ACCENT = "👨‍👩‍👧‍👦", "🇧🇷", "e\u0301"
STICKY = pytest.mark.parametrize("grapheme", [FAMILY, FLAG, ACCENT, "👍🏽", "1️⃣"], ids=ascii)


def is_whole(text: str, grapheme: str) -> bool:
    return text == grapheme * (len(text) // len(grapheme))


@STICKY
@pytest.mark.parametrize("before", ["", "a", "ab", "abc", "abcd", "abcde", "abcdef"])
def test_a_preview_ends_with_a_whole_emoji(grapheme: str, before: str) -> None:
    preview = preview_of(before + grapheme * 200, [])
    assert PREVIEW_LENGTH - len(grapheme) < len(preview) <= PREVIEW_LENGTH
    assert is_whole(preview.removeprefix(before), grapheme)
    location: dict[str, Any] = {"type": "location", "location": {"name": grapheme * 200}}
    assert is_whole(preview_of(None, [location]).removeprefix("Location: "), grapheme)


@STICKY
def test_quotes_cards_and_bodies_end_with_a_whole_emoji(grapheme: str) -> None:
    shortened = quoted({"text": grapheme * 2000})
    assert shortened is not None
    assert is_whole(shortened["body"] or "", grapheme)
    (contact,) = read_cards(f"BEGIN:VCARD\nFN:{grapheme * 300}\nEND:VCARD")
    name = contact["name"] or ""
    assert len(name) <= MAX_TEXT
    assert is_whole(name, grapheme)
    assert is_whole(parse(message=grapheme * 40_000).body or "", grapheme)
    assert is_whole(safe_file_name("e\u0301" * 300 + ".txt").removesuffix(".txt"), ACCENT)


@pytest.mark.parametrize("blank", ["", " ", "\u200e", "\u3164", "\u2800\n"], ids=ascii)
def test_a_list_row_is_never_blank(blank: str) -> None:
    assert preview_of(blank, []) == UNSUPPORTED_PREVIEW
    assert preview_of(blank, [{"type": "img"}]) == "Photo"
    assert read_cards(f"BEGIN:VCARD\nFN:{blank}\nTEL:+5511988880000\nEND:VCARD")[0]["name"] is None


def test_a_single_huge_grapheme_is_bounded() -> None:
    assert len(preview_of("a" + "\u0301" * 10_000, [])) == PREVIEW_LENGTH
