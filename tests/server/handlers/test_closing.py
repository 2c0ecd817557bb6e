"""Closing: with a category where the account asks for one, one chat or many, and with a note for colleagues."""

from typing import Any

from tests.server.handlers.test_audit import lines
from tests.server.handlers.test_bulk import change, make_three
from tests.server.handlers.test_conversations import chat_of, chat_path, in_days, write_again
from tests.server.handlers.test_labels import key_of
from tests.server.handlers.test_owners import make_pair
from tests.support.factories import CHANNELS, sign_in_as
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer

CLOSED: dict[str, Any] = {"status": "closed"}


async def require_category(owner: Peer, account_id: int, *, is_on: bool = True) -> None:
    body = {"category_required": is_on}
    changed = await owner.ok("PATCH", f"{CHANNELS}/{account_id}", body)
    assert changed["account"]["category_required"] is is_on


async def refusal(peer: Peer, path: str, body: dict[str, Any]) -> tuple[int, str]:
    answer = await peer.call("PUT", path, body)
    return answer.status, answer.body["error"]["code"]


async def notes_of(peer: Peer, account_id: int, chat_id: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await peer.ok("GET", chat_path(account_id, chat_id, "/notes")))["items"]
    return found


async def test_a_conversation_is_closed_with_a_category_where_the_account_asks_for_one(
    web_only: Stack,
) -> None:
    owner, ana, account_id, chat_id, _ = await make_pair(web_only)
    path = chat_path(account_id, chat_id, "/status")
    await write_again(web_only, account_id, chat_id)
    await require_category(owner, account_id)
    before = await chat_of(owner, account_id, chat_id)
    for peer in (owner, ana, await key_of(ana)):
        assert await refusal(peer, path, CLOSED) == (422, "category_required")
    assert await refusal(ana, path, CLOSED | {"category": " \n"}) == (422, "invalid")
    assert await chat_of(owner, account_id, chat_id) == before
    # What else the caller has to see comes first; other states need no category.
    assert await refusal(ana, path, CLOSED | {"state_seq": 0}) == (409, "changed")
    assert await refusal(ana, path, CLOSED | {"seen_seq": 0}) == (409, "newer_messages")
    await ana.ok("PUT", path, {"status": "snoozed", "until": in_days(1)})
    await ana.ok("PUT", path, {"status": "open"})
    closed = await ana.ok("PUT", path, CLOSED | {"category": "billing"})
    assert (closed["chat"]["status"], closed["note"]) == ("closed", None)
    # It is closed already: nothing to refuse.
    await ana.ok("PUT", path, CLOSED)
    await ana.ok("PUT", path, {"status": "open"})
    await require_category(owner, account_id, is_on=False)
    await ana.ok("PUT", path, CLOSED)


async def test_of_many_chats_none_is_closed_without_it(web_only: Stack) -> None:
    owner, ana, account_id, ids = await make_three(web_only)
    await change(owner, account_id, ids[:1], "close")
    await require_category(owner, account_id)
    stale = {str(ids[1]): 0}
    done = await change(ana, account_id, ids, "close", state_seqs=stale)
    assert (done["changed"], done["unchanged"]) == ([], ids[:1])
    assert done["skipped"] == [
        {"chat_id": ids[1], "code": "changed"},
        {"chat_id": ids[2], "code": "category_required"},
    ]
    seen = await change(ana, account_id, ids[1:], "close", seen_seqs={str(ids[1]): 0})
    assert [one["code"] for one in seen["skipped"]] == ["newer_messages", "category_required"]
    closed = await change(ana, account_id, ids[1:], "close", category="spam")
    assert {chat["status"] for chat in closed["changed"]} == {"closed"}


async def test_who_manages_the_account_sets_it_and_the_audit_log_says_so(web_only: Stack) -> None:
    owner = await sign_in_as(web_only, "owner")
    agent, ana, account_id, *_ = await make_pair(web_only)
    number, body = f"{CHANNELS}/{account_id}", {"category_required": True}
    assert (await agent.ok("GET", number))["account"]["category_required"] is False
    assert (await ana.call("PATCH", number, body)).status == 403
    assert (await (await web_only.sign_in("eva")).call("PATCH", number, body)).status == 404
    socket = await ana.listen()
    await require_category(agent, account_id)
    await socket.wait_for_event("account:updated", category_required=True)
    await require_category(agent, account_id)  # so already: no second line
    (line,) = await lines(owner, action="account.changed")
    assert (line["actor_id"], line["details"]) == (agent.user_id, body)
    # The other settings are as they were.
    changed = (await agent.ok("PATCH", number, {"read_receipts": False}))["account"]
    assert (changed["category_required"], changed["read_receipts"]) == (True, False)


async def test_a_note_is_stored_with_the_closing_or_not_at_all(web_only: Stack) -> None:
    agent, ana, account_id, chat_id, _ = await make_pair(web_only)
    path = chat_path(account_id, chat_id, "/status")
    await write_again(web_only, account_id, chat_id)
    await require_category(agent, account_id)
    note = {"text": "Paid twice, refund is on its way", "client_id": "n-1"}
    assert await refusal(ana, path, CLOSED | {"note": note}) == (422, "category_required")
    assert await refusal(ana, path, {"status": "open", "note": note}) == (422, "invalid")
    assert await refusal(ana, path, CLOSED | {"note": {"text": " "}}) == (422, "invalid")
    assert await notes_of(agent, account_id, chat_id) == []
    socket = await agent.listen()
    body = CLOSED | {"category": "billing", "note": note}
    closed = await ana.ok("PUT", path, body)
    (pushed,) = await socket.wait_for_event("note:new", id=closed["note"]["id"])
    assert pushed["data"] == closed["note"] == (await notes_of(agent, account_id, chat_id))[0]
    assert (closed["note"]["author"]["id"], closed["note"]["body"]) == (ana.user_id, note["text"])
    await socket.wait_for_event("activity:new", kind="closed")
    # Nothing goes out to the contact, and the same request again stores no second note.
    messages = (await agent.ok("GET", chat_path(account_id, chat_id, "/messages")))["items"]
    assert {message["direction"] for message in messages} == {"in"}
    assert (await ana.ok("PUT", path, body))["note"] == closed["note"]
    assert len(await notes_of(agent, account_id, chat_id)) == 1
