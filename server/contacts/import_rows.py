"""Reads the rows of an import: by what each finds its contact, and what it sets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from server.contacts.contact_table import FIELD, IDENTIFIERS, LABELS, OWN_NAME, TableRow
from server.contacts.field_values import SEPARATOR, FieldValueError, Value, read_cell
from server.said.said import Said, said
from server.store.contacts.contact_fields import ContactField
from server.text.fold import fold
from server.text.graphemes import is_blank, one_line
from server.text.phones import PhoneError, read_phone
from server.unipile.fields import jids
from server.unipile.fields.addresses import address, with_phone_keys

MAX_ID = 2**63 - 1
MAX_NAME = 200


class RowError(ValueError):
    """A row that cannot be imported; the message says why."""

    def __init__(self, said: Said) -> None:
        super().__init__(said)
        self.said = said


def _cell_error(column: str, reason: Said) -> RowError:
    return RowError(said("row_cell", column=column, reason=reason))


@dataclass(frozen=True, slots=True)
class Definitions:
    """What columns can mean: fields by id, and shared labels by name in lower case."""

    fields: Mapping[int, ContactField]
    labels: Mapping[str, int]


@dataclass(slots=True)
class ContactRow:
    """A row of an import. `aliases` are the ids that it names the contact by, of which the first is the one to store
    for a new contact.
    """

    row: int
    contact_id: int | None = None
    aliases: list[str] = field(default_factory=list)
    phone: str | None = None
    username: str | None = None
    own_name: str | None = None
    folded: str | None = None
    values: dict[int, Value] = field(default_factory=dict)
    labels: list[int] = field(default_factory=list)

    @property
    def keys(self) -> set[str]:
        """What no other row of a batch may have: it could be the same contact."""
        own = set() if self.contact_id is None else {f"id {self.contact_id}"}
        return own | set(self.aliases) | (set() if self.username is None else {f"@{self.username.lower()}"})


def read_row(given: TableRow, targets: Sequence[str], known: Definitions) -> ContactRow:
    """Raises RowError, with the reason."""
    cells = {target: cell.strip() for target, cell in zip(targets, given.cells, strict=False) if target}
    row = ContactRow(given.row)
    _read_identifiers(row, {name: cells[name] for name in IDENTIFIERS if cells.get(name)})
    if name := one_line(cells.get(OWN_NAME, "")):
        row.own_name = _own_name(name)
        row.folded = fold(row.own_name)
    row.labels = _labels(cells.get(LABELS, ""), known.labels)
    for target, cell in cells.items():
        if target.startswith(FIELD) and cell:
            _read_field(row, known.fields.get(int(target.removeprefix(FIELD))), cell)
    return row


def _read_identifiers(row: ContactRow, given: Mapping[str, str]) -> None:
    if not given:
        raise RowError(said("row_no_identifier"))
    if "id" in given:
        row.contact_id = _contact_id(given["id"])
    names = [_whatsapp_id(given["whatsapp_id"])] if "whatsapp_id" in given else []
    if phone := given.get("phone"):
        row.phone = _phone(phone)
        names.append(f"{row.phone.removeprefix('+')}@{jids.PHONE_SERVER}")
    elif names:
        row.phone = jids.phone_of(names[0])
    row.aliases = with_phone_keys(names)
    if username := given.get("username", "").removeprefix("@"):
        row.username = username


def _contact_id(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text[:20]) > MAX_ID:
        raise _cell_error("id", said("row_contact_id"))
    return int(text)


def _whatsapp_id(text: str) -> str:
    found = address(text)
    if found is None or not jids.is_contact(found):
        raise _cell_error("whatsapp_id", said("row_whatsapp_id", example="120363@lid"))
    return found


def _phone(text: str) -> str:
    try:
        return read_phone(text)
    except PhoneError as error:
        raise _cell_error("phone", error.said) from error


def _own_name(name: str) -> str:
    if is_blank(name) or len(name) > MAX_NAME:
        raise _cell_error("own_name", said("row_own_name", most=MAX_NAME))
    return name


def _labels(cell: str, known: Mapping[str, int]) -> list[int]:
    names = [name.strip() for name in cell.split(SEPARATOR) if name.strip()]
    for name in names:
        if name.lower() not in known:
            raise _cell_error("labels", said("row_no_label", name=name))
    return [known[name.lower()] for name in names]


def _read_field(row: ContactRow, definition: ContactField | None, cell: str) -> None:
    if definition is None:
        return  # deleted since the columns were chosen
    try:
        value = read_cell(definition, cell)
    except FieldValueError as error:
        raise _cell_error(definition.name, error.said) from error
    if value is not None:
        row.values[definition.id] = value
