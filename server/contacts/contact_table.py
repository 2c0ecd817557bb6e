"""Contacts as a table: its columns, and which of them is which when a table is imported."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from server.contacts.field_values import SEPARATOR, write_cell
from server.media.csv import csv_rows, escaped, open_table, unescaped
from server.said.said import Said, said
from server.store.chats.contacts import ListedContact
from server.store.contacts.contact_fields import ContactField
from server.text.graphemes import cut, one_line

MAX_BYTES = 20 * 1024**2
MAX_ROWS, MAX_COLUMNS, MAX_HEADER = 200_000, 120, 100
SAMPLE_ROWS, SAMPLE_CELL = 5, 200
# By which a row finds its contact. People without a phone have a WhatsApp id, perhaps a username.
IDENTIFIERS = ("id", "whatsapp_id", "phone", "username")
OWN_NAME, LABELS, FIELD = "own_name", "labels", "field:"
# What an export has beside fields; WhatsApp's name is for people only.
COLUMNS = (*IDENTIFIERS, OWN_NAME, "whatsapp_name", LABELS)
ENCODINGS = ("utf-8-sig", "cp1252")
# How other programs call them.
OTHER_NAMES = {
    "name": OWN_NAME,
    "full name": OWN_NAME,
    "telefone": "phone",
    "telefon": "phone",
    "teléfono": "phone",
    "mobile": "phone",
    "whatsapp": "phone",
    "phone number": "phone",
    "tags": LABELS,
    "etiquetas": LABELS,
}


class UnreadableTableError(ValueError):
    """The file is no table of contacts; the message says why."""

    def __init__(self, said: Said) -> None:
        super().__init__(said)
        self.said = said


class TableHead(NamedTuple):
    """The names of the columns, the first rows, and how many rows there are."""

    columns: list[str]
    sample: list[list[str]]
    rows: int


class TableRow(NamedTuple):
    """A row with its position, as spreadsheets count: the names of the columns are row 1."""

    row: int
    cells: list[str]


def read_head(data: bytes) -> TableHead:
    """The head of an uploaded table, all of which is read once; raises UnreadableTableError."""
    rows = _rows(data)
    head = next(rows, None)
    columns = [] if head is None else [cut(one_line(name), MAX_HEADER) for name in head.cells]
    if not any(columns) or len(columns) > MAX_COLUMNS:
        raise UnreadableTableError(said("table_columns", most=MAX_COLUMNS))
    sample: list[list[str]] = []
    count = 0
    for count, row in enumerate(rows, 1):
        if count > MAX_ROWS:
            raise UnreadableTableError(said("table_rows", most=MAX_ROWS))
        if count <= SAMPLE_ROWS:
            sample.append([cut(cell, SAMPLE_CELL) for cell in row.cells[: len(columns)]])
    if not count:
        raise UnreadableTableError(said("table_empty"))
    return TableHead(columns, sample, count)


def read_rows(data: bytes) -> Iterator[TableRow]:
    """The rows below the names of the columns, without blank ones."""
    rows = _rows(data)
    next(rows, None)
    return rows


def _rows(data: bytes) -> Iterator[TableRow]:
    try:
        for row, cells in enumerate(open_table(_decoded(data)), 1):
            if any(cell.strip() for cell in cells):
                yield TableRow(row, [unescaped(cell.replace("\x00", "")) for cell in cells])
    except (csv.Error, ValueError) as error:
        raise UnreadableTableError(said("table_not_csv")) from error


def _decoded(data: bytes) -> str:
    """Spreadsheets save UTF-8, UTF-16 or the system's code page."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError("unknown encoding")


def suggest_targets(columns: Sequence[str], fields: Mapping[int, ContactField]) -> list[str]:
    """A target for each column whose name says what it is, each target once; else an empty text."""
    known = {**OTHER_NAMES, **{name: name for name in (*IDENTIFIERS, OWN_NAME, LABELS)}}
    known |= {field_column(field).casefold(): f"{FIELD}{field.id}" for field in fields.values()}
    found: list[str] = []
    for name in columns:
        target = known.get(name.strip().casefold(), "")
        found.append("" if target in found else target)
    return found


def field_column(field: ContactField) -> str:
    """The name of a field's column, which is not that of another column."""
    taken = {*COLUMNS, *OTHER_NAMES}
    return f"field {field.name}" if field.name.casefold() in taken else field.name


def export_columns(fields: Mapping[int, ContactField]) -> list[str]:
    return [*COLUMNS, *map(field_column, fields.values())]


def write_rows(
    contacts: Sequence[ListedContact], fields: Mapping[int, ContactField], labels: Mapping[int, str]
) -> bytes:
    """Contacts as rows of an export, which an import reads back."""
    return csv_rows([escaped(cell) for cell in _cells(contact, fields, labels)] for contact in contacts)


def _cells(
    contact: ListedContact, fields: Mapping[int, ContactField], labels: Mapping[int, str]
) -> list[object]:
    values = contact["fields"]
    shown: dict[str, object] = {
        **contact,
        "whatsapp_id": contact["provider_id"],
        LABELS: f"{SEPARATOR} ".join(labels[one] for one in contact["labels"] if one in labels),
    }
    cells = [values.get(str(field_id)) for field_id in fields]
    return [
        *(shown[name] for name in COLUMNS),
        *(None if value is None else write_cell(value) for value in cells),
    ]
