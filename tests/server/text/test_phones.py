"""Phone numbers as people write and paste them, by the table that the frontend's twin passes too."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.config import ROOT
from server.text import phones

TABLE = json.loads((Path(__file__).parents[2] / "fixtures" / "phones.json").read_text())
WHY = {
    "number": "Not a phone number. Write it like +55 11 98888 0000.",
    "country": "Add the country code, for example +55 11 98888 0000.",
    "short": "This number is too short.",
    "long": "This number is too long.",
}
UNSEEN = "\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u00ad"
GAPS = [" ", "\u00a0", "\u2009", "-", "\u2011", "\u2013", ".", "(", ")", "/", ""]
ZEROS = [0x30, 0x660, 0x6F0, 0x966, 0x9E6, 0xFF10, 0x1D7CE]
# A process without a free file descriptor, and then with some again.
NO_FILES = """
import resource
from server.text.phones import read_phone

most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (3, most))
print(read_phone("+351 912 345 678"))
resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
print(read_phone("+49 151 23456789"))
print(read_phone("+800 1234 5678"))
"""


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


@pytest.mark.system
def test_phone_numbers_are_read_while_no_file_can_be_opened() -> None:
    """The library would load a country's rules from a file, and block for ever after it failed once."""
    run = subprocess.run(
        [sys.executable, "-c", NO_FILES], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert run.stdout.split() == ["+351912345678", "+4915123456789", "+80012345678"], run.stderr
