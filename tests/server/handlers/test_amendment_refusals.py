"""Editing, deleting, reacting and quoting over REST: rejected with a reason."""

from datetime import timedelta
from typing import Any

import pytest

from tests.support.amending import Scenario, open_scenario
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


@pytest.fixture
async def scenario(stack: Stack) -> Scenario:
    return await open_scenario(stack)


async def test_a_change_that_whatsapp_accepts_but_does_not_make_is_a_conflict(scenario: Scenario) -> None:
    """WhatsApp's time limits are 15 minutes to edit and two days to delete; UniPile's call succeeds regardless."""
    old = await scenario.typed_long_ago()
    for method, body in (("PATCH", {"text": "Nova"}), ("DELETE", None)):
        answer = await scenario.agent.call(method, scenario.path(old), body)
        assert (answer.status, answer.body["error"]["code"]) == (409, "conflict")
        assert answer.body["error"]["message"].startswith("WhatsApp did not")
    (unchanged,) = [m for m in await scenario.messages() if m["id"] == old["id"]]
    assert (unchanged["body"], unchanged["edited_at"], unchanged["deleted_at"]) == ("Antiga", None, None)


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
