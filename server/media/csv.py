"""Writes CSV (RFC 4180) that is safe to open in spreadsheets: UTF-8 with a byte order mark, and no formulas."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

# Without it Excel decodes the file in the system's code page.
BYTE_ORDER_MARK = "\ufeff"
# What makes a cell a formula, including full-width forms, also after white space and invisible characters.
FORMULA = re.compile(
    r"[\s\x00-\x1f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]"
)
CONTROL = ("\t", "\r", "\n")
# A plus and digits is only a number, not a formula. Address books and CRMs expect it unquoted.
PHONE = re.compile(r"\+[1-9][0-9]{6,14}")


def csv_head(columns: Sequence[str]) -> bytes:
    """The beginning of a file: byte order mark and column names."""
    return BYTE_ORDER_MARK.encode() + csv_rows([columns])


def csv_rows(rows: Iterable[Sequence[object]]) -> bytes:
    """Rows that end with CR LF; None is an empty cell."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerows([_cell(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8", "replace")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    if isinstance(value, int | float) or PHONE.fullmatch(text):
        return text
    return f"'{text}" if text.startswith(CONTROL) or FORMULA.match(text) else text
