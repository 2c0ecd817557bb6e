"""Editing, deleting, reacting and quoting over REST: done and confirmed at UniPile, or rejected with a reason."""

from datetime import timedelta
from typing import Any

import pytest

from tests.support.factories import (
    CHANNELS,
    START,
    add_member,
    make_account,
    make_chat,
    make_messages,
    revoke_entitlement,
)
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, eventually

LONG_AGO = "2026-01-05T08:00:00.000Z"


class Scenario:
    """An agent with a chat at UniPile: the customer's question and the answer sent from here."""

    def __init__(self, stack: Stack, agent: Peer, account_id: int) -> None:
        self.stack = stack
        self.agent = agent
        self.account_id = account_id
        self.question: dict[str, Any] = {}
        self.answer: dict[str, Any] = {}

    async def open(self) -> "Scenario":
        await self.stack.write("acc-1", "Tem azul?")
        (chat,) = await eventually(lambda: self.agent.chats(self.account_id))
        (self.question,) = await self.agent.messages(self.account_id, chat["id"])
        await self.agent.ok("POST", f"{self.chat_path}/send", {"text": "Tem."})
        self.answer = await eventually(lambda: self.sent("Tem."))
        return self

    @property
    def chat_path(self) -> str:
        return f"{CHANNELS}/{self.account_id}/chats/{self.question['chat_id']}"

    def path(self, message: dict[str, Any]) -> str:
        return f"{self.chat_path}/messages/{message['id']}"

    async def messages(self) -> list[dict[str, Any]]:
        return await self.agent.messages(self.account_id, self.question["chat_id"])

    async def sent(self, body: str) -> dict[str, Any] | None:
        """The message with this text, after it reached the phone."""
        return next(
            (m for m in await self.messages() if (m["body"], m["status"]) == (body, "delivered")), None
        )

    async def typed_long_ago(self) -> dict[str, Any]:
        """An own message of the account that is too old to be amended."""
        await self.stack.write("acc-1", "Antiga", is_sender=True, timestamp=LONG_AGO)
        message: dict[str, Any] = await eventually(lambda: self.sent("Antiga"))
        return message

    async def at_unipile(self, message: dict[str, Any]) -> dict[str, Any]:
        headers = {"X-API-KEY": self.stack.config.unipile.api_key}
        path = f"/api/v1/messages/{message['provider_msg_id']}"
        found: dict[str, Any] = await self.stack.sandbox.ok("GET", path, headers=headers)
        return found

    async def faults(self, **rule: Any) -> None:
        await self.stack.sandbox.ok("PATCH", "/sandbox/faults", {"routes": [rule]})

    async def rejected(self, method: str, path: str, body: Any = None) -> tuple[int, str]:
        answer = await self.agent.call(method, path, body)
        return answer.status, answer.body["error"]["code"]


@pytest.fixture
async def scenario(stack: Stack) -> Scenario:
    agent = await stack.sign_in()
    account = await stack.make_account(agent)
    return await Scenario(stack, agent, account["id"]).open()


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


async def test_a_change_that_whatsapp_accepts_but_does_not_make_is_a_conflict(scenario: Scenario) -> None:
    """WhatsApp's time limits are 15 minutes to edit and two days to delete; UniPile's call succeeds regardless."""
    old = await scenario.typed_long_ago()
    for method, body in (("PATCH", {"text": "Nova"}), ("DELETE", None)):
        answer = await scenario.agent.call(method, scenario.path(old), body)
        assert (answer.status, answer.body["error"]["code"]) == (409, "conflict")
        assert answer.body["error"]["message"].startswith("WhatsApp did not")
    (unchanged,) = [m for m in await scenario.messages() if m["id"] == old["id"]]
    assert (unchanged["body"], unchanged["edited_at"], unchanged["deleted_at"]) == ("Antiga", None, None)


async def test_a_change_that_cannot_be_confirmed_follows_live(scenario: Scenario) -> None:
    """UniPile accepts the edit and cannot be read afterwards: no error, and the webhook brings the change."""
    socket = await scenario.agent.listen()
    await scenario.faults(method="GET", path="/messages/*", status=500, times=1)
    await scenario.agent.ok("PATCH", scenario.path(scenario.answer), {"text": "Tem, sim."})
    await socket.wait_for_event("message:updated", id=scenario.answer["id"], body="Tem, sim.")


@pytest.mark.parametrize(
    ("status", "kind", "wanted"),
    [
        (500, "unexpected_error", (502, "provider_failed")),
        (503, "no_client_session", (502, "provider_failed")),
        (504, "request_timeout", (504, "provider_timeout")),
        (429, "too_many_requests", (429, "too_many_requests")),
        (401, "disconnected_account", (409, "conflict")),
        (401, "invalid_credentials", (502, "provider_failed")),
        (403, "insufficient_permissions", (403, "forbidden")),
        (404, "resource_not_found", (404, "not_found")),
        (422, "invalid_message", (409, "conflict")),
    ],
)
async def test_unipiles_rejections_become_api_errors(
    scenario: Scenario, status: int, kind: str, wanted: tuple[int, str]
) -> None:
    await scenario.faults(method="PATCH", path="/messages/*", status=status, kind=kind)
    assert await scenario.rejected("PATCH", scenario.path(scenario.answer), {"text": "Nova"}) == wanted
    assert (await scenario.sent("Tem.")) is not None


async def test_only_own_messages_are_changed(scenario: Scenario) -> None:
    question = scenario.path(scenario.question)
    assert await scenario.rejected("PATCH", question, {"text": "Tem verde?"}) == (403, "forbidden")
    assert await scenario.rejected("DELETE", question) == (403, "forbidden")
    assert (await scenario.at_unipile(scenario.question))["text"] == "Tem azul?"


async def test_a_viewer_cannot_amend_messages(scenario: Scenario) -> None:
    calls: list[tuple[str, str, Any]] = [
        ("PATCH", scenario.path(scenario.answer), {"text": "x"}),
        ("DELETE", scenario.path(scenario.answer), None),
        ("PUT", scenario.path(scenario.answer) + "/reaction", {"value": "👍"}),
        ("DELETE", scenario.path(scenario.answer) + "/reaction", None),
    ]
    viewer, stranger = await scenario.stack.sign_in("viewer"), await scenario.stack.sign_in("stranger")
    await add_member(scenario.stack, scenario.account_id, viewer, "viewer")
    for method, path, body in calls:
        assert (await viewer.call(method, path, body)).status == 403
        assert (await stranger.call(method, path, body)).status == 404
        assert (await scenario.stack.stranger.call(method, path, body)).status == 401
        assert (
            await scenario.agent.call(method, path.replace("/messages/", "/messages/99"), body)
        ).status == 404
    await revoke_entitlement(scenario.stack, scenario.agent)
    for method, path, body in calls:
        assert await scenario.rejected(method, path, body) == (403, "not_entitled")


@pytest.mark.parametrize(
    ("method", "rest", "body", "field"),
    [
        ("PATCH", "", {}, "text"),
        ("PATCH", "", {"text": " \n"}, "text"),
        ("PATCH", "", {"text": "x" * 65_537}, "text"),
        ("PATCH", "", {"text": "x", "body": "y"}, "body"),
        ("PUT", "/reaction", {}, "value"),
        ("PUT", "/reaction", {"value": ""}, "value"),
        ("PUT", "/reaction", {"value": "👍" * 33}, "value"),
        ("PUT", "/reaction", {"value": "\x00"}, "value"),
    ],
)
async def test_impossible_changes_are_invalid(
    web_only: Stack, method: str, rest: str, body: Any, field: str
) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    path = f"{CHANNELS}/{account_id}/messages/1{rest}"
    answer = await agent.call(method, path, body)
    assert (answer.status, list(answer.body["error"]["fields"])) == (422, [field])


async def test_an_unsent_message_cannot_be_changed(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    chat_id = await make_chat(web_only, account_id)
    base = f"{CHANNELS}/{account_id}/chats/{chat_id}"
    waiting = (await agent.ok("POST", f"{base}/send", {"text": "Chega hoje"}))["message"]
    for method, rest, body in (("PATCH", "", {"text": "x"}), ("PUT", "/reaction", {"value": "👍"})):
        answer = await agent.call(method, f"{base}/messages/{waiting['id']}{rest}", body)
        assert (answer.status, answer.body["error"]["code"]) == (409, "conflict")


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
    }
    sent = await eventually(lambda: scenario.sent("Esse aqui"))
    assert sent["quoted"] == message["quoted"]
    assert (await scenario.at_unipile(sent))["quoted"]["message_id"] == scenario.question["provider_msg_id"]


async def test_a_quote_must_be_a_message_of_the_chat(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    chat_id = await make_chat(web_only, account_id)
    other = await make_chat(web_only, account_id, "chat-2")
    (elsewhere,) = await make_messages(web_only, account_id, other, [START + timedelta(days=1)])
    base = f"{CHANNELS}/{account_id}/chats/{chat_id}/send"
    waiting = (await agent.ok("POST", base, {"text": "Chega hoje"}))["message"]
    for quote_id in (elsewhere, waiting["id"], 99_999, 0, -1, 2**63, "1", 1.5, True):
        answer = await agent.call("POST", base, {"text": "x", "quote_id": quote_id})
        assert (answer.status, list(answer.body["error"]["fields"])) == (422, ["quote_id"]), quote_id
    assert len(await agent.messages(account_id, chat_id)) == 2
