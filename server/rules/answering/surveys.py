"""Reads a rating from 1 to 5 out of what a contact answers, and has the texts that a number asks and thanks with."""

import re
import unicodedata
from typing import NamedTuple

BEST = 5
# Longer texts are letters to a person, whatever they begin with.
MAX_ANSWER = 500
STARS, EMPTY_STARS = "⭐🌟★✭✮✯", "☆"
# What WhatsApp sets bold, italic and struck through with, and blanks.
FORMATTING = "*_~ \t\r\n"
# Variation selectors, joiners, the keycap of 5️⃣, tones of skin, and marks of direction.
INVISIBLE = re.compile(
    "[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\ufeff]"
)
UNITS = "stars?|points?|sternen?|punkte?|estrellas?|puntos?|estrelas?|pontos?"
# A digit that ends there: no part of a word, a number, a time, a price, a fraction or a range.
DIGIT = r"(?P<digit>[1-5])(?!\w)(?!\s*[-–—:.,/⁄]\s*\d)(?!\s*(?:[%°€$£]|[x×*]\s))(?!\s+\d)"
OF_FIVE = r"(?P<{0}>[1-5])\s*(?:/|of|out of|de|von|sur)\s*5(?!\w)(?!\s*[-–—:.,/⁄]\s*\d)"
STAR_RUN = f"(?P<{{0}}>[{STARS}](?:\\s?[{STARS}])*)(?:\\s?[{EMPTY_STARS}])*"
BEGINS = re.compile(
    rf"[^\w€$£]*?(?:{OF_FIVE.format('first')}|{STAR_RUN.format('stars')}|{DIGIT})(?P<rest>.*)", re.DOTALL
)
# Behind words only what cannot be anything else.
ENDS = re.compile(
    rf"(?P<rest>.*?)(?:(?<!\w){OF_FIVE.format('first')}|{STAR_RUN.format('stars')})\W*", re.DOTALL
)
UNIT = re.compile(rf"\s*(?:{UNITS})\b", re.IGNORECASE)
WORD = re.compile(r"[^\W_]")
# What every rating has one of; most texts have none, and are read no further.
SIGN = re.compile(f"[\\d{STARS}\u00b9\u00b2\u00b3\u2070-\u2079\u2460-\u2464]")


class Rating(NamedTuple):
    """A score, and whether the contact wrote words with it, which a user has to read."""

    score: int
    has_words: bool = False


def read_rating(text: str | None) -> Rating | None:
    """The rating that a text begins with, or ends with if it says out of how many; None if it is none."""
    if text is None or len(text) > MAX_ANSWER or not SIGN.search(text):
        return None
    plain = INVISIBLE.sub("", _plain_digits(text)).strip(FORMATTING)
    found = BEGINS.fullmatch(plain) or ENDS.fullmatch(plain)
    if found is None:
        return None
    groups = found.groupdict()
    stars = _count_stars(groups["stars"])
    score = int(groups["first"] or groups.get("digit") or stars)
    rest = UNIT.sub("", groups["rest"], count=1)
    if score > BEST or _count_stars(rest) not in (0, 1, score):
        return None
    return Rating(score, WORD.search(rest) is not None)


def _plain_digits(text: str) -> str:
    """The text with the digits of all scripts as ASCII; stars stay what they are."""
    normal = unicodedata.normalize("NFKC", text)
    return "".join(str(unicodedata.digit(c)) if c.isdigit() else c for c in normal)


def _count_stars(text: str | None) -> int:
    return sum(character in STARS for character in text or "")


class SurveyTexts(NamedTuple):
    """What a number asks, and how it thanks for the answer."""

    language: str
    question: str
    thanks: str


DEFAULTS = {
    "en": SurveyTexts(
        "en",
        "How did we do? Please rate our conversation from 1 (poor) to 5 (excellent). A number is enough.",
        "Thank you for your rating.",
    ),
    "de": SurveyTexts(
        "de",
        "Wie zufrieden waren Sie? Bewerten Sie unser Gespräch von 1 (schlecht) bis 5 (sehr gut). Eine Zahl genügt.",
        "Vielen Dank für Ihre Bewertung.",
    ),
    "es": SurveyTexts(
        "es",
        "¿Cómo le atendimos? Valore nuestra conversación del 1 (mal) al 5 (excelente). Basta con un número.",
        "Gracias por su valoración.",
    ),
    "pt": SurveyTexts(
        "pt",
        "Como foi o nosso atendimento? Dê uma nota de 1 (ruim) a 5 (excelente). Basta um número.",
        "Agradecemos a sua avaliação.",
    ),
}
# Country codes where one of these languages is the usual one.
COUNTRIES = {
    "de": "49 43 41 423",
    "es": "34 52 53 54 56 57 58 51 502 503 504 505 506 507 591 593 595 598",
    "pt": "55 351 244 258 238 239",
}
LANGUAGES = {code: language for language, codes in COUNTRIES.items() for code in codes.split()}


def language_of(phone: str | None) -> str:
    """The language of a number's country: English where it is none of the four, or not known."""
    digits = (phone or "").removeprefix("+")
    codes = (digits[:length] for length in (3, 2))
    return next((LANGUAGES[code] for code in codes if code in LANGUAGES), "en")


def texts_of(phone: str | None) -> SurveyTexts:
    """The default texts of a number, in the language of its country."""
    return DEFAULTS[language_of(phone)]
