"""New chats over REST: stopped by a rejection, resumed by an owner, asked about once, counted while unanswered."""

import time
from datetime import datetime
from typing import Any

import pytest

from server.messages import new_chats as guard
from tests.server.handlers.test_chat_starts import Door, open_door
from tests.server.handlers.test_exports import ask, fetch, lines
from tests.support.factories import add_member, audit_lines
from tests.support.fixtures_stack import Stack
from tests.support.peers import eventually
from workers.context import Parts
from workers.periodic import prune_new_chats

STRANGERS = [f"+551197777000{n}" for n in range(6)]
KNOWN = "5511966660000"
DAY = 86_400


@pytest.fixture
async def door(stack: Stack) -> Door:
    return await open_door(stack)


async def new_chats(door: Door) -> dict[str, Any]:
    answer = await door.agent.ok("GET", f"{door.path.removesuffix('/chats')}/new-chats")
    shown: dict[str, Any] = answer["new_chats"]
    return shown


async def account(door: Door) -> dict[str, Any]:
    listed = (await door.agent.ok("GET", "/api/bootstrap"))["accounts"]["items"]
    (shown,) = (item for item in listed if item["id"] == door.account_id)
    return dict(shown)


async def resume(door: Door) -> Any:
    return await door.agent.call("POST", f"{door.path.removesuffix('/chats')}/new-chats/resume")


async def end_stop(door: Door) -> None:
    await door.stack.execute(
        "update channels_account set new_chats_stopped_until = now() - interval '1 second'"
    )


def hours_until(moment: str) -> float:
    return (datetime.fromisoformat(moment).timestamp() - time.time()) / 3600


@pytest.mark.parametrize(
    "kind", ["limit_exceeded", "cant_send_message", "account_restricted", "sender_rejected"]
)
async def test_a_restriction_stops_new_chats_but_no_answers(door: Door, kind: str) -> None:
    await door.stack.write("acc-1", "Oi", **{"from": {"phone_number": KNOWN, "name": "Bia"}})
    (chat,) = await eventually(lambda: door.agent.chats(door.account_id))
    await door.faults(stranger_error=kind)
    socket = await door.agent.listen()
    first = await door.start(to=STRANGERS[0], client_id="client-1")
    assert (first.status, first.body["error"]["code"]) == (429, "new_chats_stopped")
    until = first.body["error"]["details"]["until"]
    assert first.body["error"]["details"] == {"reason": "rejected", "until": until}
    assert 23.9 < hours_until(until) <= 24
    assert DAY - 60 < int(first.headers["Retry-After"]) <= DAY + 1
    await socket.wait_for_event("account:updated", new_chats_stopped_until=until)
    assert (await account(door))["new_chats_stopped_until"] == until
    assert (await new_chats(door))["stopped_by"] == kind
    await door.faults(stranger_error=None)
    second = await door.start(to=STRANGERS[1])
    assert (second.status, second.body["error"]["details"]["until"]) == (429, until)
    assert await door.on_the_phone() == ["Oi"]
    # Answers go on, in the chat and by its phone number, also under another address of the contact.
    await door.agent.ok("POST", f"{door.path}/{chat['id']}/send", {"text": "Bom dia", "client_id": "c-1"})
    assert (await door.start(to=f"+{KNOWN}", client_id="client-2")).status == 201
    await eventually(lambda: _are_there(door, {"Oi", "Bom dia", "Bom dia!"}))


async def _are_there(door: Door, texts: set[str]) -> bool:
    return texts <= set(await door.on_the_phone())


async def test_an_error_about_the_contact_stops_nothing(door: Door) -> None:
    fault = {"method": "POST", "path": "/chats", "status": 422, "kind": "blocked_recipient", "times": 1}
    await door.faults(routes=[fault])
    assert (await door.start(to=STRANGERS[0], client_id="client-1")).status == 422
    assert (await account(door))["new_chats_stopped_until"] is None
    assert (await door.start(to=STRANGERS[0], client_id="client-1")).status == 201


async def test_each_further_stop_is_longer_up_to_a_week(door: Door) -> None:
    await door.faults(stranger_error="limit_exceeded")
    lengths = []
    for stranger in STRANGERS[:5]:
        answer = await door.start(to=stranger)
        lengths.append(round(hours_until(answer.body["error"]["details"]["until"])))
        await end_stop(door)
    assert lengths == [24, 48, 96, 168, 168]
    await door.stack.execute(
        "update channels_account set new_chats_stopped_until = now() - interval '8 days'"
    )
    answer = await door.start(to=STRANGERS[5])
    assert round(hours_until(answer.body["error"]["details"]["until"])) == 24


async def test_an_owner_resumes_and_it_is_audited_once(door: Door) -> None:
    await door.faults(stranger_error="limit_exceeded")
    assert (await door.start(to=STRANGERS[0], client_id="client-1")).status == 429
    await door.faults(stranger_error=None)
    socket = await door.agent.listen()
    for _ in range(2):
        answer = await resume(door)
        assert (answer.status, answer.body["new_chats"]["stopped_until"]) == (200, None)
    await socket.wait_for_event("account:updated", new_chats_stopped_until=None)
    lines = [line for line in await audit_lines(door.stack) if line.action == "account.new_chats_resumed"]
    assert [(line.actor_id, line.target) for line in lines] == [
        (door.agent.user_id, ("account", str(door.account_id)))
    ]
    assert (await door.start(to=STRANGERS[0], client_id="client-1")).status == 201


async def test_only_owners_resume_and_strangers_see_nothing(door: Door) -> None:
    agent, stranger = await door.stack.sign_in("other"), await door.stack.sign_in("stranger")
    await add_member(door.stack, door.account_id, agent, "agent")
    path = f"{door.path.removesuffix('/chats')}/new-chats"
    assert (await agent.call("GET", path)).status == 200
    assert (await agent.call("POST", f"{path}/resume")).status == 403
    assert (await stranger.call("GET", path)).status == 404
    assert (await stranger.call("POST", f"{path}/resume")).status == 404


async def test_unipile_is_asked_once_whether_a_number_is_on_whatsapp(door: Door) -> None:
    """What it said is kept: it cannot be asked again here."""
    assert (await door.start(to="+999 1234 5678")).status == 422
    unreachable = {"method": "POST", "path": "/chats", "status": 503, "kind": "no_client_session", "times": 1}
    await door.faults(routes=[unreachable])
    assert (await door.start(to=STRANGERS[0], client_id="client-1")).status == 502
    await door.faults(routes=[{"path": "/users/*", "status": 500}])
    again = await door.start(to="+999 1234 5678")
    assert (again.status, list(again.body["error"]["fields"])) == (422, ["to"])
    assert (await door.start(to=STRANGERS[0], client_id="client-1")).status == 201
    assert (await new_chats(door))["begun"] == 2


@pytest.mark.parametrize(
    ("fault", "wanted"),
    [
        ({"status": 422, "kind": "invalid_recipient"}, (422, "invalid")),
        ({"status": 404, "kind": "resource_not_found"}, (422, "invalid")),
        ({"status": 422, "kind": "limit_exceeded"}, (429, "new_chats_stopped")),
        ({"status": 401, "kind": "disconnected_account"}, (409, "conflict")),
        ({"status": 503, "kind": "no_client_session"}, (502, "provider_failed")),
        ({"status": 501, "kind": "feature_not_implemented"}, (201, None)),
    ],
)
async def test_what_the_question_is_answered_with(
    door: Door, fault: dict[str, Any], wanted: tuple[int, str | None]
) -> None:
    await door.faults(routes=[{"method": "GET", "path": "/users/*", **fault}])
    answer = await door.start(to=STRANGERS[0])
    code = answer.body["error"]["code"] if wanted[1] else None
    assert (answer.status, code) == wanted
    assert await door.on_the_phone() == ([] if wanted[1] else ["Bom dia!"])


async def test_unanswered_first_messages_are_counted(door: Door) -> None:
    for n in range(2):
        await door.start(to=STRANGERS[n], client_id=f"client-{n}")
    await door.settled()
    shown = await new_chats(door)
    assert (shown["first_messages"], shown["unanswered"], shown["allowed"]) == (2, 2, None)
    await door.stack.write("acc-1", "Quem é?", **{"from": {"phone_number": STRANGERS[0].removeprefix("+")}})

    async def is_answered() -> bool:
        return bool((await new_chats(door))["unanswered"] == 1)

    await eventually(is_answered)
    assert (await new_chats(door))["first_messages"] == 2


async def test_a_rejected_message_in_an_unanswered_chat_stops_new_chats(door: Door) -> None:
    started = (await door.start(to=STRANGERS[0])).body
    await door.settled()
    await door.faults(stranger_error="cant_send_message")
    socket = await door.agent.listen()
    path = f"{door.path}/{started['chat']['id']}/send"
    await door.agent.ok("POST", path, {"text": "Está aí?", "client_id": "c-1"})
    await socket.wait_for_event("message:updated", client_id="c-1", status="failed")
    assert (await account(door))["new_chats_stopped_until"] is not None


async def test_a_rejected_answer_stops_nothing(door: Door) -> None:
    await door.stack.write("acc-1", "Oi", **{"from": {"phone_number": KNOWN, "name": "Bia"}})
    (chat,) = await eventually(lambda: door.agent.chats(door.account_id))
    fault = {"method": "POST", "path": "/chats/*/messages", "status": 422, "kind": "cant_send_message"}
    await door.faults(routes=[fault])
    socket = await door.agent.listen()
    await door.agent.ok("POST", f"{door.path}/{chat['id']}/send", {"text": "Oi!", "client_id": "c-1"})
    await socket.wait_for_event("message:updated", client_id="c-1", status="failed")
    assert (await account(door))["new_chats_stopped_until"] is None


async def test_a_start_that_was_admitted_before_a_stop_is_not_sent_after_it(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The stop comes while UniPile is asked about the phone number."""

    async def stop(*_: object) -> bool:
        await door.stack.execute(
            """update channels_account set new_chats_stopped_until = now() + interval '1 hour',
                   new_chats_stopped_by = 'limit_exceeded'"""
        )
        return True

    monkeypatch.setattr(guard, "is_on_whatsapp", stop)
    answer = await door.start(to=STRANGERS[0])
    assert (answer.status, answer.body["error"]["code"]) == (429, "new_chats_stopped")
    assert await door.on_the_phone() == []


async def test_new_chats_are_forgotten_after_a_month(door: Door, parts: Parts) -> None:
    for stranger in STRANGERS[:2]:
        await door.start(to=stranger)
    await door.stack.execute(
        "update channels_new_chat set created_at = now() - interval '31 days' where address like %s",
        f"{STRANGERS[0].removeprefix('+')}@%",
    )
    await prune_new_chats(parts)
    (left,) = await door.stack.execute("select address from channels_new_chat")
    assert left[0].startswith(STRANGERS[1].removeprefix("+"))


async def test_an_export_has_what_unipile_said_of_a_phone_number(door: Door) -> None:
    await door.start(to=STRANGERS[0])
    await door.settled()
    await door.start(to="+999 1234 5678")
    (contact,) = await door.stack.execute("select id from channels_contact")
    for contact_id, wanted in ((None, [True, False]), (contact[0], [True])):
        export = await ask(door.agent, door.account_id, contact_id=contact_id)
        files = await fetch(door.agent, door.account_id, export["id"])
        assert [row["is_on_whatsapp"] for row in lines(files["new_chats.jsonl"])] == wanted


async def test_an_erased_contact_leaves_no_trace_but_counts_for_the_day(door: Door) -> None:
    await door.start(to=STRANGERS[0])
    await door.settled()
    (contact,) = await door.stack.execute("select id from channels_contact")
    owner = f"{door.path.removesuffix('/chats')}/contacts/{contact[0]}"
    await door.agent.ok("DELETE", owner)
    rows = await door.stack.execute("select address, chat_id, is_on_whatsapp from channels_new_chat")
    assert [tuple(row) for row in rows] == [(None, None, None)]
    assert (await new_chats(door))["begun"] == 1
