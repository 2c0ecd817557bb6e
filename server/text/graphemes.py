"""Blank texts, cutting between graphemes, and characters that only control how a text is displayed."""

import regex

# Letters and symbols that are invisible although Unicode does not class them as blank: Hangul fillers, the empty
# Braille cell, a null notehead, and two deprecated vowels.
BLANK_LETTERS = "\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\U0001d159"
# \p{Z}: spaces and line separators; \p{Cc}: controls; \p{DI}: zero-width characters, variation selectors, tags.
INVISIBLE = rf"[\p{{Z}}\p{{Cc}}\p{{Cs}}\p{{DI}}{BLANK_LETTERS}]"
_BLANK = regex.compile(rf"{INVISIBLE}*")
# Keyboards produce two or three marks on a letter, pointed Hebrew and Tibetan up to six.
MAX_MARKS = 8
_CONTROLS = regex.compile(r"[\p{Cc}\p{Zl}\p{Zp}]")
_BIDI = regex.compile(r"[\u202a-\u202e\u2066-\u2069]")
# Removed around names, where they would only prevent comparison; a final variation selector belongs to an emoji.
_EDGES = f"\u00ad\u200b\u200c\u200e\u200f\u2060\ufeff{BLANK_LETTERS} "
_MARKS = regex.compile(rf"(\p{{M}}{{{MAX_MARKS}}})\p{{M}}+")
_RIGHT_TO_LEFT = regex.compile(r"[\p{bidi_class=R}\p{bidi_class=AL}]")
_CLUSTER = regex.compile(r"\X")
# Two characters that never combine: a cut between them is always valid. This is by far the most common case.
_PLAIN_PAIR = regex.compile(r"\p{GCB=Other}{2}")
_EMOJI = regex.compile(r"\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|[0-9#*]\ufe0f?\u20e3")
_FLAG_HALVES = "".join(map(chr, range(0x1F1E6, 0x1F200)))
# Graphemes longer than this may be cut; they do not occur in real text.
_WINDOW = 256
MAX_EMOJI = 32
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"


def is_blank(text: str) -> bool:
    """Whether the text has no visible character."""
    if text.isascii():
        return not text.strip() or not any("!" <= character <= "~" for character in text)
    return _BLANK.fullmatch(text) is not None


def is_storable(text: str) -> bool:
    """Whether Postgres and UTF-8 can represent the text: it has no NUL and no lone surrogate."""
    try:
        # A look at each character took 34 ms for 300,000 of them; this takes 0.03 ms.
        return b"\x00" not in text.encode()
    except UnicodeEncodeError:
        return False


def cut(text: str, limit: int) -> str:
    """At most `limit` code points, cut between graphemes, so never inside an emoji, a flag or an accented letter.

    A single grapheme that exceeds the limit is cut.
    """
    if len(text) <= limit:
        return text
    if _PLAIN_PAIR.match(text, limit - 1):
        return text[:limit]
    start = _near_start(text, limit)
    ends = (start + cluster.end() for cluster in _CLUSTER.finditer(text[start : limit + 1]))
    last_end = max((end for end in ends if end <= limit), default=limit)
    return text[:last_end]


def _near_start(text: str, limit: int) -> int:
    """Where to start the search for the last cut; searching the whole text would be quadratic in its flags.

    Never inside a flag, whose halves can only be paired by counting from the first.
    """
    start = max(0, limit - _WINDOW)
    if start and text[start] in _FLAG_HALVES:
        before = start - len(text[:start].rstrip(_FLAG_HALVES))
        start -= before % 2
    return start


def one_line(text: str) -> str:
    """Text for a single line: without controls and directional overrides, with single spaces and few marks."""
    if not (text.isascii() and text.isprintable()):
        text = _MARKS.sub(r"\1", _BIDI.sub("", _CONTROLS.sub(" ", text))).strip(_EDGES)
    return " ".join(text.split())


def isolate(text: str) -> str:
    """A name to embed in a sentence; a right-to-left name is isolated so that it does not reorder the rest."""
    if text.isascii() or _RIGHT_TO_LEFT.search(text) is None:
        return text
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}"


def is_emoji(text: str) -> bool:
    """Whether the text is a single emoji, of any number of code points."""
    return len(text) <= MAX_EMOJI and _CLUSTER.fullmatch(text) is not None and _EMOJI.match(text) is not None
