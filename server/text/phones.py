"""Parses phone numbers as people write and paste them; frontend/src/lib/phone.ts passes the same table of cases."""

import re
import unicodedata
from urllib.parse import unquote

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumber, ValidationResult

from server.said.said import Said, said

EXAMPLE = "+55 11 98888 0000"
ADD_COUNTRY = said("phone_country", example=EXAMPLE)
NOT_A_PHONE = said("phone_none", example=EXAMPLE)
TOO_SHORT, TOO_LONG = said("phone_short"), said("phone_long")

MAX_PASTED, MAX_WRITTEN = 2000, 100
LABEL = re.compile(
    r"(?:tel|phone|fone|telefone?|whatsapp|wa|cel|celular|mobile?|mob|handy|callto|sms)\.?(?:;[a-z=]{1,20})*\s*:?\s*(?://)?",
    re.I,
)
LINK = re.compile(
    r"(?:(?:https?://)?(?:www\.)?(?:wa\.me/(?:c/)?|(?:(?:api|web)\.)?whatsapp\.com/send/?\?(?:[^#]*&)?phone=)"
    r"|whatsapp://send/?\?(?:[^#]*&)?phone=)([^&#?/]+)",
    re.I,
)
JID = re.compile(r"(\+?\d+)(?::\d+)?@(?:s\.whatsapp\.net|c\.us)", re.I)
CONTEXT = re.compile(r";phone-context=(\+[\d.()-]+)", re.I)
# Extensions are dialled after the call is answered, and are not part of a WhatsApp number.
EXTENSION = re.compile(
    r"(?:;[a-z-]+=.*|[ ,-]{0,2}(?:[x×#,;]{1,3}|\b(?:ext(?:ension|n)?|ramal|anexo|durchwahl|dw|poste|int(?:erno)?)\b"
    r"|доб) ?[.:=]? ?\d{1,7}#?| ?\(?(?:whatsapp|zap|wpp)\)?)$",
    re.I,
)
EDGES = " *_~\"'`“”‘’«»<>,;:!?"
SEPARATORS = frozenset(" .()[]/-·•‧∙~")
TRUNK_ZERO = re.compile(r"^([(\[]?\+? ?(?:00 ?)?\d{1,3}[)\]]?)[ .-]*[(\[] ?0 ?[)\]]")
# In Italy, San Marino and the Vatican the 0 is also dialled from abroad.
ZERO_STAYS = frozenset(("39", "378", "379"))
# WhatsApp's form of Mexican mobile numbers from before 2019, when the 1 was removed from the numbering plan.
OLD_MEXICAN = re.compile(r"521\d{10}", re.ASCII)

# Countries whose mobile numbers have two forms, one of them with an extra digit. WhatsApp registered older accounts
# under the form that is not used today: Brazil's ninth digit, Mexico's 1, Argentina's 9.
TWO_FORMS = (
    (re.compile(r"(55[1-9]{2})9?([6-9]\d{7})", re.ASCII), "9"),
    (re.compile(r"(52)1?([2-9]\d{9})", re.ASCII), "1"),
    (re.compile(r"(54)9?([1-3]\d{9})", re.ASCII), "9"),
)

# By default the library loads a country's rules when first needed, under a lock that it does not release if this fails
# (too many open files, a signal): the next country would block the process. All rules cost 30 ms and 1.7 MB.
PhoneMetadata.load_all()


class PhoneError(ValueError):
    """Not an international phone number; the message says why."""

    def __init__(self, said: Said) -> None:
        super().__init__(said)
        self.said = said


def read_phone(text: str) -> str:
    """The phone number in E.164; raises PhoneError if it is invalid or has no country code."""
    tidied = tidy(text)
    if tidied is None:
        raise PhoneError(NOT_A_PHONE)
    digits = tidied.removeprefix("+")
    if digits.startswith("0"):
        raise PhoneError(ADD_COUNTRY)
    if OLD_MEXICAN.fullmatch(digits):
        return f"+{digits}"
    return _with_country_rules(digits, is_international=tidied.startswith("+"))


def _with_country_rules(digits: str, *, is_international: bool) -> str:
    """Apply the country's rules: +44 020 … is +44 20 …. Without a + it must be valid to be international."""
    if len(digits) > 15:
        raise PhoneError(TOO_LONG)
    if len(digits) < 7:
        raise PhoneError(TOO_SHORT if is_international else ADD_COUNTRY)
    try:
        parsed = phonenumbers.parse(f"+{digits}")
    except NumberParseException as error:
        if is_international:  # a country code newer than the library, which WhatsApp may know
            return f"+{digits}"
        raise PhoneError(ADD_COUNTRY) from error
    if digits.startswith("390") and not phonenumbers.is_valid_number(parsed):
        parsed = _without_mobile_zero(parsed, digits)
    if not is_international and not phonenumbers.is_valid_number(parsed):
        raise PhoneError(ADD_COUNTRY)
    reason = phonenumbers.is_possible_number_with_reason(parsed)
    if reason != ValidationResult.IS_POSSIBLE:
        raise PhoneError(TOO_LONG if reason == ValidationResult.TOO_LONG else TOO_SHORT)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def _without_mobile_zero(parsed: PhoneNumber, digits: str) -> PhoneNumber:
    """In Italy landline numbers begin with 0, mobile numbers do not."""
    mobile = phonenumbers.parse(f"+39{digits[3:]}")
    return mobile if phonenumbers.is_valid_number(mobile) else parsed


def phone_of_name(value: object) -> str | None:
    """A phone number from UniPile, in any format, as +digits; it always has a country code."""
    tidied = tidy(str(value)) if isinstance(value, str | int) else None
    digits = (tidied or "").removeprefix("+")
    return f"+{digits}" if 5 <= len(digits) <= 15 and not digits.startswith("0") else None


def tidy(text: str) -> str | None:
    """+digits if the country code is marked, else digits; None if the text contains anything else."""
    written = _cleaned(text)
    if written is None:
        return None
    mark, rest = re.fullmatch(r"(\+(?:00)?|00)?(\d+)", written, re.ASCII).groups()  # type: ignore[union-attr]
    if mark is None or rest.startswith("0"):
        return written.removeprefix("+")
    return f"+{rest}"


def phone_search_forms(text: str) -> list[str]:
    """Search terms for stored numbers: a prefix with +, or digits they contain; also without the trunk 0, and in the
    phone number's other form.
    """
    tidied = tidy(text) or ""
    if tidied.startswith("+"):
        return [tidied, *other_phone_forms(tidied.removeprefix("+"))] if len(tidied) > 2 else []
    known = dict.fromkeys((tidied, tidied.lstrip("0")))
    return [form for digits in known if len(digits) >= 3 for form in (digits, *other_phone_forms(digits))]


def phone_variants(digits: str) -> tuple[str, ...]:
    """Both forms of a phone number, without +, that belong to the same contact; the shorter first."""
    for pattern, mark in TWO_FORMS:
        if match := pattern.fullmatch(digits):
            return match[1] + match[2], match[1] + mark + match[2]
    return (digits,)


def is_same_phone(one: str | None, other: str | None) -> bool:
    """Whether two are forms of the same phone number."""
    if one is None or other is None:
        return False
    return phone_variants(one.lstrip("+"))[0] == phone_variants(other.lstrip("+"))[0]


def other_phone_forms(digits: str) -> list[str]:
    """Further digits to search for: the phone number's other form, also without its country code."""
    numbers = (digits, *(code + digits for code in ("55", "52", "54")))
    found = [form for phone in numbers if len(forms := phone_variants(phone)) > 1 for form in forms]
    return [form for form in dict.fromkeys(found) if digits not in form]


def _cleaned(text: str) -> str | None:
    """The digits, with a leading + if there is one."""
    if len(text) > MAX_PASTED:
        return None
    plain = "".join(map(_plain, unicodedata.normalize("NFKC", text)))
    written = _unwrapped(" ".join(plain.split()).strip(EDGES)).strip(EDGES)
    if len(written) > MAX_WRITTEN:
        return None
    written = TRUNK_ZERO.sub(_without_trunk_zero, EXTENSION.sub("", written), count=1)
    bare = "".join(c for c in written if c not in SEPARATORS)
    return bare if re.fullmatch(r"\+?\d+", bare, re.ASCII) else None


def _plain(character: str) -> str:
    """ASCII for spaces, dashes and the digits of any script; removes invisible characters and symbols such as ☎."""
    category = unicodedata.category(character)
    if category in ("Cf", "Mn", "Me", "So"):
        return ""
    if category == "Nd":
        return str(unicodedata.decimal(character))
    return "-" if category == "Pd" or character in "−ー" else character


def _unwrapped(text: str) -> str:
    """The phone number in a link, a JID or after a label. Those contain international numbers, with or without +."""
    if found := LINK.match(text):
        return "+" + unquote(found[1].replace("+", " ")).strip(" +")
    if found := JID.fullmatch(text):
        return "+" + found[1].removeprefix("+")
    if found := LABEL.match(text):
        text = unquote(text[found.end() :].partition("?")[0])
    context = CONTEXT.search(text)
    return f"{context[1]} {text.partition(';')[0]}" if context else text


def _without_trunk_zero(found: re.Match[str]) -> str:
    """Remove the (0) after a country code, which is dialled only within the country."""
    code = re.sub(r"\D", "", found[1]).removeprefix("00")
    return found[1] + ("0" if code in ZERO_STAYS else "")
