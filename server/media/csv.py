"""Writes CSV (RFC 4180) that is safe to open in spreadsheets: UTF-8 with a byte order mark, and no formulas; and reads
it back.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

# Without it Excel decodes the file in the system's code page.
BYTE_ORDER_MARK = "\ufeff"
# What makes a cell a formula, including full-width forms, also after white space and invisible characters.
FORMULA = re.compile(
    r"[\s\x00-\x1f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]"
)
CONTROL = ("\t", "\r", "\n")
# What spreadsheets write between cells, by region.
DELIMITERS = (",", ";", "\t")
# Apostrophes before what a spreadsheet would evaluate.
QUOTED = re.compile(r"'+")
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


def escaped(value: object) -> object:
    """One apostrophe more where `unescaped` would take one away, so that a table reads back as what was written."""
    return f"'{value}" if isinstance(value, str) and _has_quote(value) else value


def unescaped(text: str) -> str:
    """A cell without the apostrophe that kept spreadsheets from evaluating it."""
    return text[1:] if _has_quote(text) else text


def _has_quote(text: str) -> bool:
    quote = QUOTED.match(text)
    return quote is not None and bool(
        FORMULA.match(text, quote.end()) or text.startswith(CONTROL, quote.end())
    )


def open_table(text: str) -> Iterator[list[str]]:
    """The rows of a table, whatever spreadsheet wrote it; reading them raises csv.Error or ValueError."""
    text = text.removeprefix(BYTE_ORDER_MARK)
    first, _, _ = text.partition("\n")
    delimiter = max(DELIMITERS, key=first.count)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    if isinstance(value, int | float) or PHONE.fullmatch(text):
        return text
    return f"'{text}" if text.startswith(CONTROL) or FORMULA.match(text) else text
