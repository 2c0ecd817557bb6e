"""The first load stays small: compressed bytes of the scripts and styles that the page has in it or names."""

import gzip
import re

from server.app import STATIC

# A budget is lowered whenever the bundle has become smaller.
MAX_SCRIPT_BYTES = 130_000
MAX_STYLE_BYTES = 8_500
ELEMENTS = {"js": "script", "css": "style"}


def read_page() -> str:
    return (STATIC / "index.html").read_text()


def first_files(suffix: str) -> list[str]:
    """The paths of this type in the page: its entry, its preloads, its stylesheets."""
    return re.findall(rf'(?:src|href)="/([^"]+\.{suffix})"', read_page())


def packed_bytes(suffix: str) -> int:
    element = ELEMENTS[suffix]
    within = re.findall(rf"<{element}>(.*?)</{element}>", read_page(), re.DOTALL)
    texts = [
        *(text.encode() for text in within),
        *((STATIC / name).read_bytes() for name in first_files(suffix)),
    ]
    return sum(len(gzip.compress(text, 9, mtime=0)) for text in texts)


def test_the_scripts_of_the_first_load_stay_within_their_budget() -> None:
    assert any("vendor" in name for name in first_files("js"))
    assert 0 < packed_bytes("js") <= MAX_SCRIPT_BYTES


def test_the_styles_of_the_first_load_stay_within_their_budget() -> None:
    assert 0 < packed_bytes("css") <= MAX_STYLE_BYTES


def test_the_page_is_drawn_with_its_first_answer() -> None:
    """No request stands between it and the frame that a signed-in user sees while the scripts are loading."""
    assert first_files("css") == []
    assert re.findall(r"<script(?![^>]*type=\"module\")[^>]*src=", read_page()) == []
    assert '<div class="frame"' in read_page()
