"""Rows as CSV (RFC 4180) that no spreadsheet takes for formulas, whatever somebody wrote to us."""

import csv
import io
from collections.abc import Iterable, Sequence

# With one of these a cell begins to calculate, also behind white space.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def csv_lines(rows: Iterable[Sequence[object]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8", "replace")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    is_formula = not isinstance(value, int) and (
        text.startswith(FORMULA) or text.lstrip().startswith(FORMULA)
    )
    return f"'{text}" if is_formula else text
