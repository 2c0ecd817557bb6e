"""Editing, deleting, reacting and quoting over REST: done and confirmed at UniPile."""

from typing import Any

import pytest

from tests.support.amending import Scenario, open_scenario
from tests.support.factories import CHANNELS
from tests.support.fixtures_stack import Stack
from tests.support.peers import eventually


@pytest.fixture
async def scenario(stack: Stack) -> Scenario:
    return await open_scenario(stack)


async def test_an_own_message_is_edited(scenario: Scenario) -> None:
    socket = await scenario.agent.listen()
    edited = (await scenario.agent.ok("PATCH", scenario.path(scenario.answer), {"text": "Tem, sim."}))[
        "message"
    ]
    assert (edited["body"], edited["id"]) == ("Tem, sim.", scenario.answer["id"])
    assert edited["edited_at"] is not None
    assert edited["seq"] > scenario.answer["seq"]
    (push,) = await socket.wait_for_event("message:updated", body="Tem, sim.")
    assert push["data"]["seq"] == edited["seq"]
    await socket.wait_for_event("chat:updated", last_message_preview="Tem, sim.")
    there = await scenario.at_unipile(edited)
    assert (there["text"], there["edited"]) == ("Tem, sim.", 1)


async def test_an_edited_message_keeps_its_earlier_texts_until_it_is_deleted(scenario: Scenario) -> None:
    path = scenario.path(scenario.answer)
    assert scenario.answer["earlier_texts"] == []
    first = (await scenario.agent.ok("PATCH", path, {"text": "Tem, sim."}))["message"]
    assert [item["text"] for item in first["earlier_texts"]] == ["Tem."]
    assert first["earlier_texts"][0]["until"] == first["edited_at"]
    for n in range(22):
        second = (await scenario.agent.ok("PATCH", path, {"text": f"Tem {n}."}))["message"]
    assert [item["text"] for item in second["earlier_texts"]] == [f"Tem {n}." for n in range(1, 21)]
    reacted = (await scenario.agent.ok("PUT", f"{path}/reaction", {"value": "👍"}))["message"]
    assert reacted["earlier_texts"] == second["earlier_texts"]
    deleted = (await scenario.agent.ok("DELETE", path))["message"]
    assert (deleted["body"], deleted["earlier_texts"]) == (None, [])


async def test_an_own_message_has_the_time_of_each_step(scenario: Scenario) -> None:
    (question, answer) = (scenario.question, scenario.answer)
    assert [question[step] for step in ("accepted_at", "delivered_at", "read_at")] == [None, None, None]
    assert answer["sent_at"] <= answer["accepted_at"] <= answer["delivered_at"]
    assert answer["read_at"] is None
    chat_id = (await scenario.at_unipile(answer))["chat_id"]
    await scenario.stack.sandbox.ok("POST", f"/sandbox/chats/{chat_id}/read", {})

    async def read() -> dict[str, Any] | None:
        return next((m for m in await scenario.messages() if m["status"] == "read"), None)

    message = await eventually(read)
    assert message["delivered_at"] == answer["delivered_at"]
    assert message["read_at"] > answer["delivered_at"]


async def test_a_failed_message_is_deleted_here(scenario: Scenario) -> None:
    failed = await scenario.refused("Nunca chegou")
    socket = await scenario.agent.listen()
    deleted = (await scenario.agent.ok("DELETE", scenario.path(failed)))["message"]
    assert (deleted["id"], deleted["body"], deleted["status"]) == (failed["id"], None, "failed")
    assert deleted["deleted_at"] is not None
    await socket.wait_for_event("message:erased", id=failed["id"])
    await socket.wait_for_event("chat:updated", last_message_preview="Tem.")
    assert [m["body"] for m in await scenario.messages()] == ["Tem.", "Tem azul?"]
    assert await scenario.rejected("DELETE", scenario.path(failed)) == (404, "not_found")


async def test_a_failed_message_that_is_sent_again_is_not_deleted(scenario: Scenario) -> None:
    failed = await scenario.refused("De novo")
    await scenario.agent.ok("POST", f"{scenario.path(failed)}/retry")
    again = await eventually(lambda: scenario.sent("De novo"))
    assert again["id"] == failed["id"]
    await scenario.agent.ok("DELETE", scenario.path(failed))
    assert (await scenario.at_unipile(again))["deleted"] == 1
    assert len(await scenario.messages()) == 3


async def test_an_own_message_is_deleted_once(scenario: Scenario) -> None:
    deleted = (await scenario.agent.ok("DELETE", scenario.path(scenario.answer)))["message"]
    assert deleted["deleted_at"] is not None
    assert (deleted["body"], deleted["attachments"]) == (None, [])
    assert (await scenario.at_unipile(deleted))["deleted"] == 1
    assert await scenario.rejected("DELETE", scenario.path(scenario.answer)) == (409, "conflict")
    assert await scenario.rejected("PATCH", scenario.path(scenario.answer), {"text": "x"}) == (
        409,
        "conflict",
    )


async def test_an_account_has_one_reaction_per_message(scenario: Scenario) -> None:
    path = scenario.path(scenario.question) + "/reaction"
    for value in ("👍", "❤️"):
        message = (await scenario.agent.ok("PUT", path, {"value": value}))["message"]
        (reaction,) = message["reactions"]
        assert (reaction["value"], reaction["is_own"]) == (value, True)
    customers = f"/sandbox/messages/{scenario.question['provider_msg_id']}/reaction"
    await scenario.stack.sandbox.ok("PUT", customers, {"value": "🙏"})

    async def both() -> bool:
        (question,) = [m for m in await scenario.messages() if m["id"] == scenario.question["id"]]
        return {(r["value"], r["is_own"]) for r in question["reactions"]} == {("❤️", True), ("🙏", False)}

    await eventually(both)
    message = (await scenario.agent.ok("DELETE", path))["message"]
    assert [(r["value"], r["is_own"]) for r in message["reactions"]] == [("🙏", False)]
    # A second time there is nothing to take back, and nothing is wrong with that.
    assert (await scenario.agent.ok("DELETE", path))["message"] == message


async def test_a_message_is_also_found_without_its_chat(scenario: Scenario) -> None:
    path = f"{CHANNELS}/{scenario.account_id}/messages/{scenario.answer['id']}"
    assert (await scenario.agent.ok("PATCH", path, {"text": "Tem!"}))["message"]["body"] == "Tem!"
    await scenario.agent.ok("PUT", f"{path}/reaction", {"value": "👍"})
    await scenario.agent.ok("DELETE", f"{path}/reaction")
    assert (await scenario.agent.ok("DELETE", path))["message"]["deleted_at"]


async def test_a_change_that_cannot_be_confirmed_follows_live(scenario: Scenario) -> None:
    """UniPile accepts the edit and cannot be read afterwards: no error, and the webhook brings the change."""
    socket = await scenario.agent.listen()
    await scenario.faults(method="GET", path="/messages/*", status=500, times=1)
    await scenario.agent.ok("PATCH", scenario.path(scenario.answer), {"text": "Tem, sim."})
    await socket.wait_for_event("message:updated", id=scenario.answer["id"], body="Tem, sim.")


async def test_an_answer_quotes_a_message_of_its_chat(scenario: Scenario) -> None:
    body = {"text": "Esse aqui", "quote_id": scenario.question["id"]}
    message = (await scenario.agent.ok("POST", f"{scenario.chat_path}/send", body))["message"]
    assert message["quoted"] == {
        "message_id": scenario.question["id"],
        "provider_msg_id": scenario.question["provider_msg_id"],
        "sender_id": scenario.question["sender"]["provider_id"],
        "name": "Bia Lima",
        "direction": "in",
        "body": "Tem azul?",
        "content": {"kind": "text", "name": None, "duration": None},
    }
    sent = await eventually(lambda: scenario.sent("Esse aqui"))
    assert sent["quoted"] == message["quoted"]
    assert (await scenario.at_unipile(sent))["quoted"]["message_id"] == scenario.question["provider_msg_id"]
