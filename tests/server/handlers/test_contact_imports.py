"""Imports of contacts over REST, run by the worker: three steps, rejected rows, and an export that reads back."""

import csv
import io
from typing import Any

from aiohttp import FormData

from server.contacts.import_batches import (
    LEAST_ROWS,
    LONG_SECONDS,
    MOST_ROWS,
    SHORT_SECONDS,
    BatchSize,
)
from server.schemas.contact_imports import ContactImportList, OneContactImport
from tests.server.handlers.test_contact_fields import contact_path, make_admin
from tests.server.handlers.test_contact_records import CONTACTS, insert_contacts, names
from tests.support.declared import strict
from tests.support.factories import (
    BIAS_PHONE,
    CHANNELS,
    audit_lines,
    make_account,
    make_contact,
    make_field,
    make_label,
    sign_in_as,
)
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer
from workers.contact_imports import run_imports
from workers.context import open_parts

HEAD = "Phone,Name,City,Born,Tags"


def table_form(data: bytes) -> FormData:
    form = FormData(default_to_multipart=True)
    form.add_field("attachments", io.BytesIO(data), filename="contacts.csv", content_type="text/csv")
    return form


def imports_path(account_id: int, rest: str = "") -> str:
    return f"{CHANNELS}/{account_id}/contact-imports{rest}"


async def upload(owner: Peer, account_id: int, text: str | bytes) -> dict[str, Any]:
    data = text if isinstance(text, bytes) else text.encode()
    made = await owner.ok("POST", imports_path(account_id), data=table_form(data))
    uploaded: dict[str, Any] = made["import"]
    return uploaded


async def run(stack: Stack) -> None:
    async with open_parts(stack.config) as parts:
        await run_imports(parts)


async def show(owner: Peer, account_id: int, import_id: int) -> dict[str, Any]:
    answer = await owner.ok("GET", imports_path(account_id, f"/{import_id}"))
    assert strict(OneContactImport()).validate(answer) == {}
    listed = await owner.ok("GET", imports_path(account_id))
    assert strict(ContactImportList()).validate(listed) == {}
    shown: dict[str, Any] = answer["import"]
    return shown


async def step(
    stack: Stack, owner: Peer, account_id: int, import_id: int, name: str, **body: Any
) -> dict[str, Any]:
    """Check or start an import, and run it."""
    await owner.ok("POST", imports_path(account_id, f"/{import_id}/{name}"), body)
    await run(stack)
    return await show(owner, account_id, import_id)


async def import_all(
    stack: Stack, owner: Peer, account_id: int, text: str | bytes, **body: Any
) -> dict[str, Any]:
    """All three steps with the suggested targets."""
    made = await upload(owner, account_id, text)
    await step(stack, owner, account_id, made["id"], "check", **{"targets": made["targets"], **body})
    return await step(stack, owner, account_id, made["id"], "start")


def counts(shown: dict[str, Any]) -> tuple[int, int, int, int]:
    return shown["added"], shown["updated"], shown["unchanged"], shown["rejected"]


async def table(owner: Peer, path: str) -> list[list[str]]:
    answer = await owner.call("GET", path)
    assert answer.status == 200
    return list(csv.reader(io.StringIO(answer.raw.decode("utf-8-sig"), newline="")))


async def test_a_table_is_mapped_checked_and_stored(web_only: Stack) -> None:
    owner, _, account_id, bia = await make_admin(web_only)
    city, born = await make_field(owner, "City"), await make_field(owner, "Born", "date")
    vip, wave = await make_label(owner, "VIP"), await make_label(owner, "March")
    text = "\n".join(
        (
            HEAD,
            f"+{BIAS_PHONE},Bia of the bakery,Porto,1.4.1990,vip",
            "+351 910 000 001,Tomás,'=Lisboa,1985-12-31,",
            "910000002,Without a country,,,",
            "+351 910 000 003,Odd day,,31/12/1985,",
            ",Nobody,,,",
            "+351 910 000 001,Tomás Almeida,,,",
            "+351 910 000 004,Wrong label,,,Nope",
        )
    )
    made = await upload(owner, account_id, text)
    assert made["columns"] == HEAD.split(",")
    assert made["targets"] == ["phone", "own_name", f"field:{city}", f"field:{born}", "labels"]
    assert (made["rows"], made["state"], made["sample"][0][2]) == (7, "uploaded", "Porto")
    checked = await step(
        web_only, owner, account_id, made["id"], "check", targets=made["targets"], label_id=wave
    )
    assert (checked["state"], checked["position"]) == ("checked", 7)
    assert counts(checked) == (2, 1, 0, 4), "the check cannot know that a row adds what a later one changes"
    assert await names(owner) == ["Bia Lima"], "nothing is stored before the third step"
    done = await step(web_only, owner, account_id, made["id"], "start")
    assert (done["state"], done["sample"]) == ("done", [])
    assert counts(done) == (1, 2, 0, 4)
    assert await names(owner) == ["Bia of the bakery", "Tomás Almeida"]
    shown = (await owner.ok("GET", contact_path(account_id, bia)))["contact"]
    assert shown["fields"] == {str(city): "Porto", str(born): "1990-04-01"}
    assert set(shown["labels"]) == {vip, wave}
    (tomas,) = (await owner.ok("GET", f"{CONTACTS}?q=351910000001"))["items"]
    assert (tomas["fields"][str(city)], tomas["labels"], tomas["whatsapp_name"]) == ("=Lisboa", [wave], None)
    rejected = await table(owner, imports_path(account_id, f"/{made['id']}/rejected.csv"))
    assert rejected[0] == ["row", "reason", *HEAD.split(",")]
    assert [(row[0], row[1].partition(":")[0]) for row in rejected[1:]] == [
        ("4", "phone"),
        ("5", "Born"),
        ("6", "No id, WhatsApp id, phone or username."),
        ("8", "labels"),
    ]
    (line,) = [line for line in await audit_lines(web_only) if line.action == "contacts.imported"]
    assert line.details == {"import_id": made["id"], "rows": 7, "mode": "both"}


async def test_an_export_reads_back_as_what_it_was(web_only: Stack) -> None:
    owner, _, account_id, bia = await make_admin(web_only)
    values = {
        await make_field(owner, "Note"): "'=1+1\nsecond line; third",
        await make_field(owner, "phone"): "own column",
        await make_field(owner, "Amount", "number"): -12.5,
        await make_field(owner, "Paid", "yes_no"): False,
        await make_field(owner, "Likes", "multi_list", ["Bread", "Cake, cold"]): ["Bread", "Cake, cold"],
        await make_field(owner, "Site", "link"): "https://x.example/?a=1;2",
    }
    label_id = await make_label(owner, "VIP")
    await owner.ok(
        "PATCH",
        contact_path(account_id, bia),
        {"own_name": "@Bia", "fields": {str(k): v for k, v in values.items()}},
    )
    await owner.ok("PUT", contact_path(account_id, bia, f"/labels/{label_id}"))
    await insert_contacts(web_only, account_id, ("120000000000077@lid", None, "zed.77"))
    head, *rows = await table(owner, f"{CHANNELS}/{account_id}/contacts.csv")
    assert head[:7] == ["id", "whatsapp_id", "phone", "username", "own_name", "whatsapp_name", "labels"]
    assert rows[0][4] == "'@Bia", "no cell is a formula"
    raw = (await owner.call("GET", f"{CHANNELS}/{account_id}/contacts.csv")).raw
    assert counts(await import_all(web_only, owner, account_id, raw)) == (0, 0, 2, 0)
    # Into another account, where none of them is known: the people are the same, their ids here are not.
    other = await make_account(web_only, owner, "acc-2")
    assert counts(await import_all(web_only, owner, other, raw)) == (2, 0, 0, 0)
    (copy,) = (await owner.ok("GET", f"{CONTACTS}?account_id={other}&q=Bia"))["items"]
    assert (copy["own_name"], copy["phone"], copy["labels"]) == ("@Bia", f"+{BIAS_PHONE}", [label_id])
    assert copy["fields"] == {str(field_id): value for field_id, value in values.items()}
    again = await table(owner, f"{CHANNELS}/{other}/contacts.csv")
    # An imported person has no name of WhatsApp's yet; nor a username, which only WhatsApp gives.
    assert [row[4] for row in again[1:]] == ["'@Bia", ""]
    assert [line.action for line in await audit_lines(web_only)].count("contacts.exported") == 3


async def test_modes_and_identifiers(web_only: Stack) -> None:
    owner, _, account_id, bia = await make_admin(web_only)
    await insert_contacts(web_only, account_id, ("120000000000077@lid", None, "Zed.77"))
    lid = "999000000000001@lid"
    text = (
        f"id,whatsapp_id,username,own_name\n{bia},,,B\n,,@zed.77,Z\n,{lid},,New\n,,nobody,X\n{bia},{lid},,Y\n"
    )
    only_new = await import_all(web_only, owner, account_id, text, mode="add")
    # The last row names a contact and one that an earlier row has added.
    assert counts(only_new) == (1, 0, 0, 4)
    reasons = await table(owner, imports_path(account_id, f"/{only_new['id']}/rejected.csv"))
    assert [row[1] for row in reasons[1:]] == [
        "There is such a contact already.",
        "There is such a contact already.",
        "There is no such contact.",
        "These ids are of different contacts.",
    ]
    only_known = await import_all(web_only, owner, account_id, text, mode="update")
    assert counts(only_known) == (0, 2, 1, 2)
    assert await names(owner) == ["B", "New", "Z"]


async def test_what_is_not_a_table_is_rejected(web_only: Stack) -> None:
    owner, _, account_id, _ = await make_admin(web_only)
    path = imports_path(account_id)
    for data in (b"name\n", b"\x00\x01\x02", b",,\nx,y,z\n", b'a,b\n"x', ("a," * 130 + "\nx\n").encode()):
        answer = await owner.call("POST", path, data=table_form(data))
        assert answer.status == 422, data[:20]
    assert (await owner.call("POST", path, {"x": 1})).status == 400
    assert (await owner.ok("GET", path))["items"] == []


async def test_tables_of_other_spreadsheets_are_read(web_only: Stack) -> None:
    owner, _, account_id, _ = await make_admin(web_only)
    text = "Telefone;Name\r\n+351910000005;José\r\n\r\n"
    for encoding in ("utf-8", "utf-16", "cp1252"):
        made = await upload(owner, account_id, text.encode(encoding))
        assert (made["targets"], made["rows"], made["sample"]) == (
            ["phone", "own_name"],
            1,
            [["+351910000005", "José"]],
        ), encoding


async def test_steps_are_taken_in_order_with_targets_that_exist(web_only: Stack) -> None:
    owner, _, account_id, _ = await make_admin(web_only)
    made = await upload(owner, account_id, "phone,x\n+351910000005,y\n")
    path = imports_path(account_id, f"/{made['id']}")
    assert (await owner.call("POST", f"{path}/start")).status == 409
    private = await make_label(owner, "Own", shared=False)
    for body in (
        {"targets": ["phone"]},
        {"targets": ["phone", "phone"]},
        {"targets": ["own_name", ""]},
        {"targets": ["phone", "field:999"]},
        {"targets": ["phone", "avatar"]},
        {"targets": ["phone", ""], "mode": "replace"},
        {"targets": ["phone", ""], "label_id": private},
    ):
        assert (await owner.call("POST", f"{path}/check", body)).status == 422, body
    good = {"targets": ["phone", ""]}
    await owner.ok("POST", f"{path}/check", good)
    assert (await owner.call("POST", f"{path}/check", good)).status == 409, "it is being checked"
    second = await upload(owner, account_id, "phone\n+351910000006\n")
    other = imports_path(account_id, f"/{second['id']}/check")
    answer = await owner.call("POST", other, {"targets": ["phone"]})
    assert (answer.status, answer.body["error"]["code"]) == (409, "conflict"), "one at a time"
    await run(web_only)
    assert (await show(owner, account_id, made["id"]))["state"] == "checked"
    assert (await owner.call("DELETE", path)).status == 204
    assert (await owner.call("GET", path)).status == 404
    assert (await owner.call("POST", f"{path}/start")).status == 404
    foreign = await make_account(web_only, await sign_in_as(web_only, "owner"), "acc-9")
    assert (await owner.call("GET", imports_path(foreign, f"/{second['id']}"))).status == 404


async def test_an_import_continues_where_it_was_and_drops_what_another_stored(web_only: Stack) -> None:
    owner, _, account_id, _ = await make_admin(web_only)
    rows = "".join(f"+3519100{n:05},Name {n}\n" for n in range(400))
    made = await upload(owner, account_id, f"phone,own_name\n{rows}")
    await step(web_only, owner, account_id, made["id"], "check", targets=made["targets"])
    await owner.ok("POST", imports_path(account_id, f"/{made['id']}/start"))
    # As a worker leaves it that was killed after some batches.
    await web_only.execute("update contact_import set position = 150, added = 150 where id = %s", made["id"])
    await run(web_only)
    done = await show(owner, account_id, made["id"])
    assert (done["state"], counts(done)) == ("done", (400, 0, 0, 0))
    assert await web_only.execute("select count(*) from channels_contact where own_name like 'Name%%'") == [
        (250,)
    ]


async def test_an_erasure_drops_files_and_rows_of_imports(web_only: Stack) -> None:
    owner, _, account_id, bia = await make_admin(web_only)
    done = await import_all(web_only, owner, account_id, f"phone,Born\n+{BIAS_PHONE},x\nx,y\n")
    waiting = await upload(owner, account_id, f"phone\n+{BIAS_PHONE}\n")
    await owner.ok("DELETE", contact_path(account_id, bia))
    shown = await show(owner, account_id, waiting["id"])
    assert (shown["state"], shown["sample"]) == ("cancelled", [])
    assert (await show(owner, account_id, done["id"]))["state"] == "done"
    rejected = await table(owner, imports_path(account_id, f"/{done['id']}/rejected.csv"))
    assert len(rejected) == 1
    assert await web_only.execute("select count(*) from contact_import where sha256 is not null") == [(0,)]
    assert await web_only.execute("select count(*) from channels_media_blob where released_at is null") == [
        (0,)
    ]
    await make_contact(web_only, account_id)


def test_batches_are_sized_by_how_long_the_account_is_locked() -> None:
    size = BatchSize()
    for _ in range(10):
        size.adapt(LONG_SECONDS * 2)
    assert size.rows == LEAST_ROWS
    size.adapt((LONG_SECONDS + SHORT_SECONDS) / 2)
    assert size.rows == LEAST_ROWS
    for _ in range(100):
        size.adapt(SHORT_SECONDS / 2)
    assert size.rows == MOST_ROWS
