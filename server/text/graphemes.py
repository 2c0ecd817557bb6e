"""Text as people type it: what counts as blank, where it may be cut, and which characters only steer its display."""

import regex

# Letters and symbols that draw nothing although Unicode does not call them blank: Hangul fillers, the empty Braille
# cell, a null notehead, and two vowels that Unicode deprecates.
BLANK_LETTERS = "\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0\U0001d159"
# \p{Z}: spaces and line separators; \p{Cc}: controls; \p{DI}: zero-width characters, variation selectors, tags.
INVISIBLE = rf"[\p{{Z}}\p{{Cc}}\p{{Cs}}\p{{DI}}{BLANK_LETTERS}]"
_BLANK = regex.compile(rf"{INVISIBLE}*")
# A keyboard stacks two or three marks on a letter, pointed Hebrew and Tibetan up to six.
MAX_MARKS = 8
_CONTROLS = regex.compile(r"[\p{Cc}\p{Zl}\p{Zp}]")
_BIDI = regex.compile(r"[\u202a-\u202e\u2066-\u2069]")
# Around a name they only keep it from being compared; a variation selector at its end belongs to an emoji.
_EDGES = f"\u00ad\u200b\u200c\u200e\u200f\u2060\ufeff{BLANK_LETTERS} "
_MARKS = regex.compile(rf"(\p{{M}}{{{MAX_MARKS}}})\p{{M}}+")
_RIGHT_TO_LEFT = regex.compile(r"[\p{bidi_class=R}\p{bidi_class=AL}]")
_CLUSTER = regex.compile(r"\X")
# Two characters that combine with nothing: always a place to cut, and nearly always what stands there.
_PLAIN_PAIR = regex.compile(r"\p{GCB=Other}{2}")
_EMOJI = regex.compile(r"\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|[0-9#*]\ufe0f?\u20e3")
_FLAG_HALVES = "".join(map(chr, range(0x1F1E6, 0x1F200)))
# A grapheme that is longer than this may be cut: nobody types one.
_WINDOW = 256
MAX_EMOJI = 32
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"


def is_blank(text: str) -> bool:
    """Whether nobody could see anything of it."""
    if text.isascii():
        return not text.strip() or not any("!" <= character <= "~" for character in text)
    return _BLANK.fullmatch(text) is not None


def cut(text: str, limit: int) -> str:
    """At most `limit` code points, cut between graphemes: never inside an emoji, a flag or an accented letter.

    A single grapheme that is longer than the limit is cut all the same.
    """
    if len(text) <= limit:
        return text
    if _PLAIN_PAIR.match(text, limit - 1):
        return text[:limit]
    start = _near_start(text, limit)
    ends = (start + cluster.end() for cluster in _CLUSTER.finditer(text[start : limit + 1]))
    kept = max((end for end in ends if end <= limit), default=limit)
    return text[:kept]


def _near_start(text: str, limit: int) -> int:
    """Where to begin to look for the last cut: the whole text would cost the square of its flags.

    Never inside a flag, whose halves are told apart only by counting from the first.
    """
    start = max(0, limit - _WINDOW)
    if start and text[start] in _FLAG_HALVES:
        before = start - len(text[:start].rstrip(_FLAG_HALVES))
        start -= before % 2
    return start


def one_line(text: str) -> str:
    """Text for a single line: without controls and directional overrides, blanks joined, marks bounded."""
    if not (text.isascii() and text.isprintable()):
        text = _MARKS.sub(r"\1", _BIDI.sub("", _CONTROLS.sub(" ", text))).strip(_EDGES)
    return " ".join(text.split())


def isolate(text: str) -> str:
    """A name for the middle of a sentence: one that is written from right to left must not turn the rest."""
    if text.isascii() or _RIGHT_TO_LEFT.search(text) is None:
        return text
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}"


def is_emoji(text: str) -> bool:
    """Whether it is one emoji, of however many code points."""
    return len(text) <= MAX_EMOJI and _CLUSTER.fullmatch(text) is not None and _EMOJI.match(text) is not None
