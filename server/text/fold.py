"""Folds texts to the letters they are searched by: one fold for names, chats, messages and what is looked for."""

import re
import unicodedata

# What Unicode takes for letters of their own, and people type as others or not at all. The second line is Arabic,
# Persian and Urdu: forms of alef, yeh, kaf and heh, the hamza of its own, and the line that stretches a word.
SPELLED = (
    "æ:ae œ:oe þ:th ð:d đ:d ɖ:d ɗ:d ø:o ł:l ı:i ħ:h ŋ:n ŧ:t ĸ:k ƙ:k ɓ:b ƴ:y ɨ:i ɛ:e ə:e ɔ:o "
    "ٱ:ا ٲ:ا ٳ:ا ٵ:ا ى:ي ی:ي ے:ي ې:ي ک:ك ڪ:ك ة:ه ہ:ه ھ:ه ە:ه ۃ:ه ۀ:ه ء: ـ:"
)
ALIKE = {
    **dict(pair.split(":") for pair in SPELLED.split()),
    **dict.fromkeys("’‘‛ʼʻʹʽˈ`´′׳＇", "'"),
    **dict.fromkeys("“”„‟″״＂", '"'),
    # Blank letters and what joins or varies others.
    **dict.fromkeys("\u034f\u115f\u1160\u3164\uffa0\u17b4\u17b5\u180b\u180c\u180d\u180f", ""),
    "\u2800": " ",
}
# Combining classes of vowels (Thai, Lao, Telugu, Tibetan), which are not accents.
VOWELS = frozenset((84, 91, 103, 118, 129, 130, 132))
KANA, VOICED = re.compile(r"[\u3041-\u30ff]"), re.compile(r"[\u3041-\u30ff][\u3099\u309a]")
MAX_KEPT = 20_000


class _Letters(dict[int, str]):
    """A table for str.translate that learns each character when it is first met."""

    def __missing__(self, code: int) -> str:
        folded = _fold_letter(chr(code))
        if len(self) < MAX_KEPT:
            self[code] = folded
        return folded


def _fold_letter(letter: str) -> str:
    if letter in ALIKE or KANA.match(letter):
        return ALIKE.get(letter, letter)
    plain = unicodedata.normalize("NFKD", letter)
    return "".join(map(_fold_part, unicodedata.normalize("NFKD", plain.casefold())))


def _fold_part(part: str) -> str:
    """Of a decomposed letter: nothing for marks and for what is not seen; ASCII for digits, blanks and dashes."""
    if part in ALIKE:
        return ALIKE[part]
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
    """Without case, accents and invisible characters, in the digits 0–9, with single blanks."""
    folded = text.translate(LETTERS)
    if "\u3099" in folded or "\u309a" in folded:  # half-width kana have their voicing behind them
        folded = VOICED.sub(lambda found: unicodedata.normalize("NFC", found[0]), folded)
    return " ".join(folded.split())
