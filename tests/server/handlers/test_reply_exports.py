"""Canned replies as files: exports import as they were, no cell is a formula, rejected rows have reasons."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.replies.reply_table import COLUMNS, read_table, write_table
from tests.support.factories import sign_in_as
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer

EXPORT, IMPORT = "/api/replies/export", "/api/replies/import"
HARD_TEXTS = (
    "=1+1",
    "'=1+1",
    "''+x",
    "+5511977770003",
    "'+5511977770003",
    "-1",
    "@x",
    "\tx",
    "'",
    'a;b,"c"\r\nd\n',
    " ",
)


async def fill(owner: Peer, team: str) -> None:
    found = await owner.ok("POST", "/api/teams", {"name": team, "user_ids": []})
    for n, text in enumerate(HARD_TEXTS):
        reply = {
            "name": f"Reply {n}",
            "text": text,
            "shortcut": f"r{n}" if n % 2 else None,
            "shared": n % 3 == 0,
        }
        if n == 3:
            reply |= {"team_id": found["team"]["id"]}
        made = await owner.ok("POST", "/api/replies", reply)
        for _ in range(n % 4):
            await owner.call("POST", f"/api/replies/{made['reply']['id']}/use")


async def drop_all(owner: Peer) -> None:
    for item in (await owner.ok("GET", "/api/replies"))["items"]:
        await owner.call("DELETE", f"/api/replies/{item['id']}")


@pytest.mark.parametrize("kind", ["json", "csv"])
async def test_what_was_exported_imports_as_it_was(web_only: Stack, kind: str) -> None:
    owner = await sign_in_as(web_only, "owner")
    await fill(owner, "Sales")
    before = (await owner.ok("GET", EXPORT))["replies"]
    exported = await owner.call("GET", f"{EXPORT}?format={kind}")
    assert "attachment" in exported.headers["Content-Disposition"]
    await drop_all(owner)
    body = {"csv": exported.raw.decode()} if kind == "csv" else exported.body
    assert await owner.ok("POST", IMPORT, body) == {"imported": len(HARD_TEXTS), "rejected": []}
    assert (await owner.ok("GET", EXPORT))["replies"] == before


async def test_no_cell_of_the_table_is_a_formula(web_only: Stack) -> None:
    owner = await sign_in_as(web_only, "owner")
    await fill(owner, "Sales")
    table = (await owner.call("GET", f"{EXPORT}?format=csv")).raw.decode()
    for cell in ("=1+1", "-1", "@x"):
        assert f",{cell}," not in table
        assert f",'{cell}," in table


async def test_rejected_rows_have_their_reasons_and_the_others_are_stored(web_only: Stack) -> None:
    agent = await web_only.sign_in("ana")
    rows: list[dict[str, Any]] = [
        {"name": "Good", "shortcut": "good", "text": "Oi"},
        {"name": "", "text": "Oi"},
        {"name": "Unknown", "text": "{{contact.nme}}"},
        {"name": "Taken", "shortcut": "GOOD"},
        {"name": "Team", "shared": True, "team": "Nowhere"},
        {"name": "Odd", "colour": "red"},
    ]
    answer = await agent.ok("POST", IMPORT, {"replies": rows})
    assert answer["imported"] == 1
    assert [(row["row"], list(row["fields"])) for row in answer["rejected"]] == [
        *((2, ["name"]), (3, ["text"]), (4, ["shortcut"]), (5, ["team"]), (6, ["colour"])),
    ]
    again = await agent.ok("POST", IMPORT, {"replies": rows[:1]})
    assert (again["imported"], again["rejected"][0]["name"]) == (0, "Good")


@pytest.mark.parametrize("table", ["", "name\nOi", "nome;texto\na;b", 'name,text\n"a', "x" * 900_001])
async def test_a_file_that_is_no_table_is_rejected(web_only: Stack, table: str) -> None:
    agent = await web_only.sign_in("ana")
    answer = await agent.call("POST", IMPORT, {"csv": table})
    assert (answer.status, list(answer.body["error"]["fields"])) == (422, ["csv"])
    assert (await agent.call("POST", IMPORT, {"csv": "name,text\n", "replies": []})).status == 422


async def test_a_spreadsheet_may_write_semicolons(web_only: Stack) -> None:
    agent = await web_only.sign_in("ana")
    table = "\ufeffName;Shortcut;Text;Shared\r\nPreços;preco;'=A1;TRUE\r\n;;;\r\n"
    assert (await agent.ok("POST", IMPORT, {"csv": table}))["imported"] == 1
    (reply,) = (await agent.ok("GET", "/api/replies"))["items"]
    assert (reply["name"], reply["shortcut"], reply["text"], reply["shared"]) == (
        "Preços",
        "preco",
        "=A1",
        True,
    )


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1) | st.text(
    "'=+-@\t\r\n ,;\"a1", min_size=1
)


@given(text=TEXTS, name=TEXTS, shared=st.booleans(), uses=st.integers(0, 10**9))
def test_every_text_reads_back_as_it_was(text: str, name: str, shared: bool, uses: int) -> None:
    row = dict.fromkeys(COLUMNS) | {"name": name, "text": text, "shared": shared, "uses": uses}
    (read,) = read_table(write_table([row]).decode())
    assert read == {"name": name, "text": text, "shared": shared} | {"uses": uses}
