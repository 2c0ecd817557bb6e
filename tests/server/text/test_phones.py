"""Phone numbers as people write and paste them, by the table that the frontend's twin passes too."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.text import phones

TABLE = json.loads((Path(__file__).parents[2] / "fixtures" / "phones.json").read_text())
WHY = {
    "number": phones.NOT_A_PHONE,
    "country": phones.ADD_COUNTRY,
    "short": phones.TOO_SHORT,
    "long": phones.TOO_LONG,
}
UNSEEN = "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u00ad"
GAPS = [" ", "\u00a0", "\u2009", "-", "\u2011", "\u2013", ".", "(", ")", "/", ""]
ZEROS = [0x30, 0x660, 0x6F0, 0x966, 0x9E6, 0xFF10, 0x1D7CE]


@pytest.mark.parametrize("case", TABLE["read"], ids=lambda case: ascii(case["text"]))
def test_a_phone_number_is_parsed_in_any_notation(case: dict[str, Any]) -> None:
    assert phones.read_phone(case["text"]) == case["phone"]


@pytest.mark.parametrize("case", TABLE["refused"], ids=lambda case: ascii(case["text"]))
def test_an_invalid_phone_number_is_rejected_with_its_reason(case: dict[str, Any]) -> None:
    with pytest.raises(phones.PhoneError) as error:
        phones.read_phone(case["text"])
    assert str(error.value) == WHY[case["why"]]


@given(st.data())
def test_invisible_characters_and_digit_scripts_are_ignored(data: st.DataObject) -> None:
    zero = data.draw(st.sampled_from(ZEROS))
    written = "".join(
        data.draw(st.sampled_from([*UNSEEN, ""])) + chr(zero + int(digit)) + data.draw(st.sampled_from(GAPS))
        for digit in "5511988880000"
    )
    assert phones.read_phone("+" + written) == "+5511988880000"


@given(st.text(max_size=60) | st.text("+0123456789()x;= -", max_size=30))
def test_any_text_is_a_phone_number_or_rejected(text: str) -> None:
    try:
        read = phones.read_phone(text)
    except phones.PhoneError:
        return
    assert read[0] == "+"
    assert read[1:].isascii()
    assert 7 <= len(read[1:]) <= 15
    assert phones.read_phone(read) == read


@pytest.mark.parametrize("text", [" " * 2000, "x" * 2000, ";a" * 1000, "(0)" * 600, "0" * 2000, "1" * 10**6])
def test_a_hostile_text_is_rejected_quickly(text: str) -> None:
    with pytest.raises(phones.PhoneError):
        phones.read_phone(text)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("\u202a+55 11 98888\u20110000\u202c", ["+5511988880000", "551188880000"]),
        ("011 98888-0000", ["011988880000", "11988880000", "551188880000"]),
        ("0055 11 98888", ["+551198888"]),
        ("٩٨٨٨٨", ["98888"]),
        ("0000", ["0000"]),
        ("+44 (0)20", ["+4420"]),
        ("+4", []),
        ("12", []),
        ("12 Monkeys", []),
    ],
)
def test_a_phone_number_is_searched_by_its_digits(text: str, digits: list[str]) -> None:
    assert phones.phone_search_forms(text) == digits


@pytest.mark.parametrize(
    ("reported", "phone"),
    [
        ("+55 11 98888-0000", "+5511988880000"),
        ("5511988880000", "+5511988880000"),
        ("011 98888-0000", None),
        ("", None),
        (5511988880000, "+5511988880000"),
        (True, None),
        ("Bia", None),
    ],
)
def test_a_phone_number_from_unipile_has_its_country_code(reported: object, phone: str | None) -> None:
    assert phones.phone_of_name(reported) == phone
