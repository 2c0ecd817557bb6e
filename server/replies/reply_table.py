"""Canned replies as a table: CSV that spreadsheets do not evaluate, and that reads back as what was written."""

import csv
import re
from collections.abc import Iterable, Mapping

from server.media.csv import csv_head, csv_rows, escaped, open_table, unescaped
from server.said.said import Said, said

COLUMNS = ("name", "shortcut", "text", "shared", "team", "uses", "last_used_at")
TRUE_WORDS = ("true", "1", "yes")


class UnreadableTableError(ValueError):
    """The text is no table of canned replies."""

    def __init__(self, said: Said) -> None:
        super().__init__(said)
        self.said = said


def write_table(replies: Iterable[Mapping[str, object]]) -> bytes:
    """The rows of an export as CSV."""
    rows = ([escaped(reply[column]) for column in COLUMNS] for reply in replies)
    return csv_head(COLUMNS) + csv_rows(rows)


def read_table(text: str) -> list[dict[str, object]]:
    """The rows of a CSV file, as an import takes them; raises UnreadableTableError."""
    try:
        head, *rows = open_table(text)
    except (csv.Error, ValueError) as error:
        raise UnreadableTableError(said("table_not_csv")) from error
    columns = [name.strip().lower() for name in head]
    if "name" not in columns or "text" not in columns:
        raise UnreadableTableError(said("table_name_text"))
    return [_imported(dict(zip(columns, row, strict=False))) for row in rows if any(row)]


def _imported(cells: Mapping[str, str]) -> dict[str, object]:
    """A row as JSON has it; empty cells are absent."""
    row: dict[str, object] = {"text": unescaped(cells.get("text", ""))}
    row |= {
        name: unescaped(cells[name])
        for name in ("name", "shortcut", "team", "last_used_at")
        if cells.get(name)
    }
    if cells.get("uses"):
        uses = cells["uses"].strip()
        row["uses"] = int(uses) if re.fullmatch(r"[0-9]{1,10}", uses) else uses
    return row | {"shared": cells.get("shared", "").strip().lower() in TRUE_WORDS}
