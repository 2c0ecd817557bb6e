"""CSV that reads back as it was written, and calculates nothing."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from workers.spreadsheets import csv_lines

SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


def read_back(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline=""), strict=True))


@given(st.lists(st.lists(TEXT, min_size=2, max_size=4), max_size=5))
def test_every_text_comes_back_and_none_begins_as_a_formula(rows: list[list[str]]) -> None:
    found = read_back(csv_lines(rows))
    assert [[cell.removeprefix("'") for cell in row] for row in found] == [
        [cell.removeprefix("'") for cell in row] for row in rows
    ]
    assert not [cell for row in found for cell in row if cell.startswith(SIGNS)]
    assert not [cell for row in found for cell in row if cell.lstrip().startswith(SIGNS)]


def test_formulas_are_texts_and_numbers_are_numbers() -> None:
    data = csv_lines([["=1+1", " =HYPERLINK(1)", "+55", -3, None, True, 'a"b,c\r\nd']])
    assert data == b'\'=1+1,\' =HYPERLINK(1),\'+55,-3,,true,"a""b,c\r\nd"\r\n'
