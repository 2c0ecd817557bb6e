"""Writes rows as CSV (RFC 4180) that spreadsheets show as they are: in UTF-8, with no cell that computes."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

# Without it Excel reads UTF-8 as the system's code page.
BYTE_ORDER_MARK = "\ufeff"
# What makes a cell a formula, in full width too, also behind white space and characters that nobody sees.
FORMULA = re.compile(
    r"[\s\x00-\x1f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]"
)
CONTROL = ("\t", "\r", "\n")
# A plus and digits is a number and computes nothing. Address books and CRMs read it as it stands.
PHONE = re.compile(r"\+[1-9][0-9]{6,14}")


def csv_head(columns: Sequence[str]) -> bytes:
    """How a file begins: the mark that says UTF-8, and the names of the columns."""
    return BYTE_ORDER_MARK.encode() + csv_rows([columns])


def csv_rows(rows: Iterable[Sequence[object]]) -> bytes:
    """The rows, ended by CR LF each; None is empty."""
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
