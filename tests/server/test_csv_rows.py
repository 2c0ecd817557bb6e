"""A file for spreadsheets: read back it is what was written, and nothing in it is computed."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.csv_rows import FORMULA_BEGINNINGS, csv_lines

CELLS = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=cmd|" /C calc"!A0', "=\n1"]
)
def test_nothing_is_a_formula(text: str) -> None:
    (row,) = csv.reader(io.StringIO(csv_lines([[text]]).decode(), newline=""))
    assert row == [f"'{text}"]


@given(st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=5))
def test_what_is_read_back_is_what_was_written(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(csv_lines(rows).decode(), newline="")))
    assert [
        [cell.removeprefix("'") if cell[1:2] in FORMULA_BEGINNINGS else cell for cell in row] for row in read
    ] == [
        [cell.removeprefix("'") if cell[1:2] in FORMULA_BEGINNINGS else cell for cell in row] for row in rows
    ]
    assert not [cell for row in read for cell in row if cell.startswith(FORMULA_BEGINNINGS)]


def test_lines_end_as_the_standard_says_and_nothing_is_empty() -> None:
    assert csv_lines([["a", None, 1], ["b,c", 'd"e', "f\ng"]]) == b'a,,1\r\n"b,c","d""e","f\ng"\r\n'
