"""Folds texts for search: the same fold for names, chats, messages and queries."""

import re
import unicodedata

# Letters that Unicode does not decompose, but that are typed as others or left out. The second line is Arabic, Persian
# and Urdu: forms of alef, yeh, kaf and heh, the standalone hamza, and the tatweel.
SPELLINGS = (
    "æ:ae œ:oe þ:th ð:d đ:d ɖ:d ɗ:d ø:o ł:l ı:i ħ:h ŋ:n ŧ:t ĸ:k ƙ:k ɓ:b ƴ:y ɨ:i ɛ:e ə:e ɔ:o "
    "ٱ:ا ٲ:ا ٳ:ا ٵ:ا ى:ي ی:ي ے:ي ې:ي ک:ك ڪ:ك ة:ه ہ:ه ھ:ه ە:ه ۃ:ه ۀ:ه ء: ـ:"
)
REPLACEMENTS = {
    **dict(pair.split(":") for pair in SPELLINGS.split()),
    **dict.fromkeys("’‘‛ʼʻʹʽˈ`´′׳＇", "'"),
    **dict.fromkeys("“”„‟″״＂", '"'),
    # Blank letters, joiners and variation selectors.
    **dict.fromkeys("\u034f\u115f\u1160\u3164\uffa0\u17b4\u17b5\u180b\u180c\u180d\u180f", ""),
    "\u2800": " ",
}
# Combining classes of vowels (Thai, Lao, Telugu, Tibetan), which are not accents.
VOWELS = frozenset((84, 91, 103, 118, 129, 130, 132))
KANA, VOICED = re.compile(r"[\u3041-\u30ff]"), re.compile(r"[\u3041-\u30ff][\u3099\u309a]")
MAX_CACHED = 20_000


class _Letters(dict[int, str]):
    """A table for str.translate that computes each character on first use."""

    def __missing__(self, code: int) -> str:
        folded = _fold_letter(chr(code))
        if len(self) < MAX_CACHED:
            self[code] = folded
        return folded


def _fold_letter(letter: str) -> str:
    if letter in REPLACEMENTS or KANA.match(letter):
        return REPLACEMENTS.get(letter, letter)
    plain = unicodedata.normalize("NFKD", letter)
    return "".join(map(_fold_part, unicodedata.normalize("NFKD", plain.casefold())))


def _fold_part(part: str) -> str:
    """A character of a decomposed letter: removes marks and invisible characters; digits and dashes become ASCII."""
    if part in REPLACEMENTS:
        return REPLACEMENTS[part]
    category = unicodedata.category(part)
    if category == "Nd":
        return str(unicodedata.decimal(part))
    if category == "Pd":
        return "-"
    if category in ("Cf", "Me") or unicodedata.combining(part) not in (0, 8, *VOWELS) or _is_variation(part):
        return ""
    return part


def _is_variation(part: str) -> bool:
    return "\ufe00" <= part <= "\ufe0f" or "\U000e0100" <= part <= "\U000e01ef"


LETTERS = _Letters()


def fold(text: str) -> str:
    """The text without case, accents and invisible characters, with digits 0–9 and single spaces."""
    folded = text.translate(LETTERS)
    if "\u3099" in folded or "\u309a" in folded:  # half-width kana are followed by their voicing mark
        folded = VOICED.sub(lambda found: unicodedata.normalize("NFC", found[0]), folded)
    return " ".join(folded.split())
