"""CSV for spreadsheets: Excel reads it as UTF-8, no cell is a formula, phone numbers stay as they are."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.media.csv import PHONE, csv_head, csv_rows

SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
FORMULAS = (
    *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=cmd|" /C calc"!A0', "=\n1", "\tx", "\nx"),
    *(
        " =HYPERLINK(1)",
        "\xa0=1",
        "\u3000@x",
        "＝1+1",
        "＋1",
        "－1",
        "＠x",
        "\u200b=1",
        "\ufeff=1",
        "\u202e=1",
    ),
    # Similar to a phone number, but not one.
    *(
        "+55 11 98888-0000",
        "+5511988880000+1",
        "+5511988880000\n",
        "+0511988880000",
        "+123456",
        "+٥٥١١٩٨٨٨٨٠٠٠٠",
    ),
    *("+1234567890123456", "++5511988880000", "+5511988880000*cmd", "-5511988880000", "=5511988880000"),
)


def read_back(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))


@pytest.mark.parametrize("text", FORMULAS)
def test_nothing_is_a_formula(text: str) -> None:
    assert read_back(csv_rows([[text]])) == [[f"'{text}"]]


@pytest.mark.parametrize("text", ["+5511988880000", "+4915112345678", "+1234567", "+123456789012345"])
def test_a_phone_number_stays_a_phone_number(text: str) -> None:
    assert read_back(csv_rows([["Bia", text]])) == [["Bia", text]]


@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), max_size=5))
def test_every_text_round_trips_and_none_is_a_formula(rows: list[list[str]]) -> None:
    found = read_back(csv_rows(rows))
    assert [[cell.removeprefix("'") for cell in row] for row in found] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ]
    cells = [cell for row in found for cell in row if not PHONE.fullmatch(cell)]
    assert not [
        cell for cell in cells if cell.startswith(("\t", "\r", "\n")) or cell.strip().startswith(SIGNS)
    ]


def test_the_utf_8_bom_is_written_once() -> None:
    data = csv_head(["name", "phone"]) + csv_rows([["João", None]])
    assert data == b"\xef\xbb\xbfname,phone\r\n" + "João,\r\n".encode()


def test_values_of_every_kind_are_written_plainly() -> None:
    data = csv_rows([["a", None, -3, True, False, 1.5], ["b,c", 'd"e', "f\ng", "\ud800", "", 0]])
    assert data == b'a,,-3,true,false,1.5\r\n"b,c","d""e","f\ng",?,,0\r\n'
