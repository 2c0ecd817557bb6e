"""Dead letters, for owners of the team: listed, looked at without what contacts wrote, redriven, dropped."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from server.queue import INGEST_QUEUE, SYNC_QUEUE
from server.store.dead_letters import insert_dead_letter
from server.web.app_keys import DATABASE, REDIS
from tests.support.dead_letters import insert_dead
from tests.support.factories import make_account, sign_in_as, walk
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, eventually, message_received

DEAD_LETTERS = "/api/admin/dead-letters"
SECRET = "My card is 4111"
STATES = "select state, body, reason from dead_letters where id = %s"


@pytest.fixture
async def owner(stack: Stack) -> AsyncIterator[Peer]:
    yield await sign_in_as(stack, "owner")


async def ids(owner: Peer) -> list[int]:
    return [item["id"] for item in (await owner.ok("GET", DEAD_LETTERS))["items"]]


async def actions(owner: Peer) -> list[tuple[str, str, Any]]:
    lines = (await owner.ok("GET", "/api/audit"))["items"]
    return [
        (line["action"], line["target_id"], line["details"])
        for line in lines
        if line["target_kind"] == "dead_letter"
    ]


async def test_only_those_that_need_attention_are_listed_in_pages(stack: Stack, owner: Peer) -> None:
    made = [await insert_dead(stack, body=json.dumps({"n": n})) for n in range(3)]
    await stack.app[DATABASE].write(insert_dead_letter, "messages", "ignored", "typing", None, "{}")
    listed = await walk(owner, DEAD_LETTERS, limit=2)
    assert [item["id"] for item in listed] == made[::-1]
    assert set(listed[0]) == {"id", "source", "reason", "bytes", "created_at", "updated_at"}


async def test_one_is_shown_without_what_the_contact_wrote(stack: Stack, owner: Peer) -> None:
    body = message_received("acc-1") | {"message": SECRET, "seen": True}
    dead_letter_id = await insert_dead(stack, body=json.dumps(body))
    answer = await owner.call("GET", f"{DEAD_LETTERS}/{dead_letter_id}")
    assert SECRET.encode() not in answer.raw
    fields = {field["path"]: field for field in answer.body["event"]}
    assert fields["message"] == {
        "path": "message",
        "type": "string",
        "length": len(SECRET),
        "value": None,
    }
    assert (fields["account_id"]["value"], fields["seen"]["type"]) == ("acc-1", "true")


async def test_a_redriven_event_is_stored_by_a_worker(stack: Stack, owner: Peer) -> None:
    account_id = await make_account(stack, owner)
    dead_letter_id = await insert_dead(stack, body=json.dumps(message_received("acc-1", text=SECRET)))
    await owner.ok("POST", f"{DEAD_LETTERS}/{dead_letter_id}/redrive")

    async def is_stored() -> bool:
        rows = await stack.execute("select 1 from channels_message where account_id = %s", account_id)
        return len(rows) == 1

    await eventually(is_stored)
    assert await ids(owner) == []
    assert await actions(owner) == [("dead_letter.redriven", str(dead_letter_id), {"source": "messages"})]
    assert (await owner.call("POST", f"{DEAD_LETTERS}/{dead_letter_id}/redrive")).status == 404


async def test_one_that_fails_again_is_back_in_the_list(stack: Stack, owner: Peer) -> None:
    # As the worker writes it, so that it is recognised.
    dead_letter_id = await insert_dead(stack, body='{"event":"message_received"}')
    await owner.ok("POST", f"{DEAD_LETTERS}/{dead_letter_id}/redrive")

    async def is_back() -> bool:
        return await ids(owner) == [dead_letter_id]

    await eventually(is_back)
    shown = (await owner.ok("GET", f"{DEAD_LETTERS}/{dead_letter_id}"))["dead_letter"]
    assert shown["reason"] != "UnusableEventError at parse.py:1"


async def test_what_nothing_could_process_stays(web_only: Stack) -> None:
    owner = await sign_in_as(web_only, "owner")
    made = [await insert_dead(web_only, source) for source in ("history", "job:amend_message", "job:gone")]
    for dead_letter_id in made:
        answer = await owner.call("POST", f"{DEAD_LETTERS}/{dead_letter_id}/redrive")
        assert (answer.status, answer.body["error"]["code"]) == (409, "conflict")
    assert await ids(owner) == made[::-1]
    assert await actions(owner) == []


async def test_a_message_of_the_history_has_the_history_read_again(web_only: Stack) -> None:
    owner = await sign_in_as(web_only, "owner")
    await make_account(web_only, owner)
    await web_only.app[DATABASE].write(insert_dead_letter, "history", "dead", "why", "acc-1", "{}")
    before = await web_only.app[REDIS].zcard(SYNC_QUEUE)
    (dead_letter_id,) = await ids(owner)
    await owner.ok("POST", f"{DEAD_LETTERS}/{dead_letter_id}/redrive")
    assert await web_only.app[REDIS].zcard(SYNC_QUEUE) == before + 1


async def test_a_dropped_one_is_blank_and_not_stored_again(web_only: Stack) -> None:
    owner = await sign_in_as(web_only, "owner")
    body = json.dumps({"message": SECRET})
    dead_letter_id = await insert_dead(web_only, body=body)
    path = f"{DEAD_LETTERS}/{dead_letter_id}"
    await owner.ok("DELETE", path)
    assert await web_only.execute(STATES, dead_letter_id) == [("erased", "{}", "")]
    again = await web_only.app[DATABASE].write(insert_dead_letter, "messages", "dead", "why", None, body)
    assert (again, await ids(owner)) == (False, [])
    assert await actions(owner) == [("dead_letter.dropped", str(dead_letter_id), {"source": "messages"})]
    for method, way in (("GET", ""), ("DELETE", ""), ("POST", "/redrive")):
        assert (await owner.call(method, path + way)).status == 404
    assert await web_only.app[REDIS].zcard(INGEST_QUEUE) == 0
