"""The rejected rows of an import over REST, each with its reason by code, for its owners alone."""

import pytest

from server.schemas.contact_imports import RejectedRowList
from tests.server.handlers.test_contact_fields import make_admin
from tests.server.handlers.test_contact_imports import import_all, imports_path, table
from tests.support.declared import strict
from tests.support.factories import make_account, make_field
from tests.support.fixtures_stack import Stack

TABLE = "\n".join(
    (
        "Phone,WhatsApp,Id,Name,Born,Tags",
        "+351 910 000 001,,,Tomás,,",
        "12,,,,,",
        ",nobody,,,,",
        ",,x1,,,",
        f"+351 910 000 002,,,{'x' * 201},,",
        "+351 910 000 003,,,,yesterday,",
        "+351 910 000 004,,,,,Nope",
        ",,,No number,,",
        ",,999999999,,,",
        "+351 910 000 001,,,Again,,",
    )
)
WANTED = [
    (3, "row_cell", "phone"),
    (4, "row_cell", "whatsapp_id"),
    (5, "row_cell", "id"),
    (6, "row_cell", "own_name"),
    (7, "row_cell", "Born"),
    (8, "row_cell", "labels"),
    (9, "row_no_identifier", None),
    (10, "row_unknown", None),
]


async def test_each_reason_has_its_code(web_only: Stack) -> None:
    owner, _, account_id, _ = await make_admin(web_only)
    born = await make_field(owner, "Born", "date")
    targets = ["phone", "whatsapp_id", "id", "own_name", f"field:{born}", "labels"]
    done = await import_all(web_only, owner, account_id, TABLE, targets=targets)
    path = imports_path(account_id, f"/{done['id']}/rejected")
    first = await owner.ok("GET", f"{path}?limit=5")
    second = await owner.ok("GET", f"{path}?limit=5&cursor={first['next_cursor']}")
    assert strict(RejectedRowList()).validate(first) == {}
    rows = [*first["items"], *second["items"]]
    assert second["next_cursor"] is None
    found = [(row["row"], row["reason"]["code"], row["reason"]["params"].get("column")) for row in rows]
    assert found == WANTED
    assert rows[5]["reason"]["params"]["reason"] == {"code": "row_no_label", "params": {"name": "Nope"}}
    _, *written = await table(owner, f"{path}.csv")
    assert [[str(row["row"]), row["message"]] for row in rows] == [row[:2] for row in written]
    assert rows[3]["cells"] == ["+351 910 000 002", "", "", "x" * 201, "", ""], (
        "as in the table, not as in a sheet"
    )


@pytest.mark.parametrize("cursor", ["x", "%00"])
async def test_an_invalid_cursor_is_rejected(web_only: Stack, cursor: str) -> None:
    owner, _, account_id, _ = await make_admin(web_only)
    done = await import_all(web_only, owner, account_id, TABLE)
    path = imports_path(account_id, f"/{done['id']}/rejected")
    assert (await owner.call("GET", f"{path}?cursor={cursor}")).status == 422


async def test_rows_of_another_account_do_not_exist(web_only: Stack) -> None:
    owner, _, account_id, _ = await make_admin(web_only)
    done = await import_all(web_only, owner, account_id, TABLE)
    stranger = await web_only.sign_in("stranger")
    other = await make_account(web_only, stranger, "acc-2")
    for path in (
        imports_path(account_id, f"/{done['id']}/rejected"),
        imports_path(other, f"/{done['id']}/rejected"),
    ):
        assert (await stranger.call("GET", path)).status == 404
