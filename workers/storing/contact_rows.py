"""People as a batch tells of them: everybody once, however many names they go by, with the newest word of each kind."""

from collections.abc import Iterable
from typing import Any

from server.text.names import is_same

NEVER = "-infinity"
# name or phone, and when it was told
REPORTED = (("name", "named_at"), ("phone", "phoned_at"))

Mentioned = tuple[int, dict[str, Any], str]  # account id, contact, when it was told


def contact_rows(told: Iterable[Mentioned]) -> list[dict[str, Any]]:
    """One row a person: no two of an account have a name in common."""
    found: list[dict[str, Any]] = []
    by_alias: dict[tuple[int, str], dict[str, Any]] = {}
    for account_id, contact, moment in told:
        row = _row(account_id, contact, moment)
        same = {id(known): known for name in row["ids"] if (known := by_alias.get((account_id, name)))}
        for known in same.values():
            row = _merge(known, row)
            found.remove(known)
        found.append(row)
        by_alias |= dict.fromkeys(((account_id, name) for name in row["ids"]), row)
    return [{**row, "n": n} for n, row in enumerate(found)]


def as_other(who: dict[str, Any] | None, own_name: str | None) -> dict[str, Any] | None:
    """Somebody who is not the account: told under the account's own name, they have none."""
    return who | {"name": None} if who is not None and is_same(who["name"], own_name) else who


def _row(account_id: int, contact: dict[str, Any], moment: str) -> dict[str, Any]:
    values = {key: contact[key] or None for key, _ in REPORTED}
    times = {at: moment if values[key] else NEVER for key, at in REPORTED}
    kept = {key: contact[key] for key in ("ids", "provider_id", "external_id")}
    return {"account_id": account_id, **kept, **values, **times}


def _merge(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Both in one. Times in UTC with milliseconds sort as text; of two equally new words the later in code points."""
    merged = {
        **one,
        "ids": list(dict.fromkeys([*one["ids"], *other["ids"]])),
        "external_id": one["external_id"] or other["external_id"],
    }
    for key, at in REPORTED:
        newest = max((one, other), key=lambda row: (row[key] is not None, row[at], row[key] or ""))
        merged |= {key: newest[key], at: newest[at]}
    return merged
