"""A restricted agent at work: chats they begin, hand over and lose, and what they are told of."""

import asyncio
from contextlib import closing
from typing import Any

import psycopg2
import pytest
from aiopg import Cursor

from server.queue import heartbeat
from server.store.chats import contacts
from server.store.messages import attachments
from server.store.sending import planned
from server.web.app_keys import DATABASE, REDIS
from tests.flows.rows import watching
from tests.server.handlers.test_chat_starts import Door, open_door
from tests.server.handlers.test_notifications import unread_lines, wait_for_lines, write_and_wait
from tests.support.factories import CHANNELS, add_member, audit_lines, make_label, set_role
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, eventually
from tests.support.restricted import make_restricted
from tests.support.route_cases import in_a_week


async def restrict(owner: Peer, account_id: int, agent: Peer) -> None:
    path = f"{CHANNELS}/{account_id}/members/{agent.user_id}"
    await owner.ok("PUT", path, {"role": "agent", "restricted": True})


async def make_door(stack: Stack) -> tuple[Door, Door]:
    """The account of an owner, and the same as a restricted agent has it."""
    owned = await open_door(stack)
    rita = await stack.sign_in("rita")
    await restrict(owned.agent, owned.account_id, rita)
    return owned, Door(stack, rita, owned.account_id)


async def assignee_of(peer: Peer, account_id: int, chat_id: int) -> int | None:
    chat = (await peer.ok("GET", f"{CHANNELS}/{account_id}/chats/{chat_id}"))["chat"]
    return None if chat["assignee"] is None else int(chat["assignee"]["id"])


async def test_a_chat_that_they_begin_is_theirs(stack: Stack) -> None:
    """Also where answers assign nothing, and with a key."""
    owned, door = await make_door(stack)
    owner = await stack.sign_in("boss")
    await set_role(stack, owner, "owner")
    await owner.ok("PATCH", "/api/team-settings", {"answer_assigns": False})
    begun = await door.start(client_id="c-1")
    assert begun.status == 201, begun.raw
    chat_id = begun.body["chat"]["id"]
    assert await assignee_of(owned.agent, door.account_id, chat_id) == door.agent.user_id
    assert (await door.start(client_id="c-1")).body["message"]["id"] == begun.body["message"]["id"]
    made = await door.agent.ok("POST", "/api/keys", {"name": "crm", "scopes": ["read", "send"]})
    program = Door(
        stack,
        Peer(door.agent.session, door.agent.url, made["secret"], door.agent.user_id),
        door.account_id,
    )
    other = await program.start(to="+5511966665555")
    assert other.status == 201, other.raw
    assert await assignee_of(program.agent, door.account_id, other.body["chat"]["id"]) == door.agent.user_id


async def test_they_cannot_begin_a_chat_that_colleagues_have(stack: Stack) -> None:
    """Nothing is sent; a client_id of a colleague's message does not show it."""
    owned, door = await make_door(stack)
    first = await owned.start(client_id="c-1")
    await owned.settled()
    answer = await door.start()
    assert (answer.status, answer.body["error"]["code"]) == (409, "conflict")
    assert (await door.start(client_id="c-1")).status == 409
    assert await owned.on_the_phone() == ["Bom dia!"]
    path = f"{CHANNELS}/{door.account_id}/chats/{first.body['chat']['id']}/assignee"
    await owned.agent.ok("PUT", path, {"user_id": None})
    assert (await door.start()).status == 409, "an unassigned chat is not theirs to take either"
    await owned.agent.ok("PUT", path, {"user_id": door.agent.user_id})
    assert (await door.start(text="Olá")).status == 201


async def test_who_hands_a_chat_over_sees_it_no_more(web_only: Stack) -> None:
    case = await make_restricted(web_only)
    await case.assign("mine")
    handed = {"user_id": case.target.user_id, "note": {"text": "Over to you"}}
    answer = await case.agent.call("PUT", f"{case.chat_path}/assignee", handed)
    assert answer.status == 200, answer.raw
    assert (await case.agent.call("GET", case.chat_path)).status == 404
    assert (
        await case.agent.call("PUT", f"{case.chat_path}/assignee", {"user_id": case.agent.user_id})
    ).status == 404


async def test_a_note_mentions_no_agent_who_does_not_see_it(web_only: Stack) -> None:
    """And offers no access: that would lift their restriction."""
    case = await make_restricted(web_only)
    await case.assign("colleague")
    note = {"text": "Look", "mentions": [case.agent.user_id], "grant": "agent"}
    answer = await case.target.peer.call("POST", f"{case.chat_path}/notes", note)
    assert (answer.status, list(answer.body["error"]["fields"])) == (422, ["mentions"])
    assert "without_access" not in answer.body["error"]
    handed = {"user_id": case.agent.user_id, "note": {"text": "Yours", "mentions": [case.agent.user_id]}}
    await case.target.peer.ok("PUT", f"{case.chat_path}/assignee", handed)
    await case.assign("team")
    await case.target.peer.ok(
        "POST", f"{case.chat_path}/notes", {"text": "Look", "mentions": [case.agent.user_id]}
    )
    assert await case.is_restricted()


async def test_they_are_notified_of_their_chats_alone(stack: Stack) -> None:
    agent, rita = await stack.sign_in(), await stack.sign_in("rita")
    account_id = (await stack.make_account(agent))["id"]
    await restrict(agent, account_id, rita)
    socket = await agent.listen()
    await write_and_wait(stack, socket, "Oi")
    (line,) = await wait_for_lines(agent, 1)
    assert await unread_lines(rita) == []
    path = f"{CHANNELS}/{account_id}/chats/{line['chat_id']}/assignee"
    await agent.ok("PUT", path, {"user_id": rita.user_id})
    assert [line["kind"] for line in await wait_for_lines(rita, 1)] == ["assigned"]
    await agent.ok("PUT", path, {"user_id": None})
    bell = await rita.ok("GET", "/api/me/notifications")
    assert (bell["items"], bell["unread"]) == ([], 0)
    assert "Oi" not in str(await rita.ok("GET", "/api/me/changes?since=0"))


async def test_what_they_planned_is_not_sent_from_a_chat_that_they_lost(web_only: Stack) -> None:
    await heartbeat(web_only.app[REDIS])
    case = await make_restricted(web_only)
    await case.assign("mine")
    made = await case.agent.ok("POST", f"{case.chat_path}/planned", {"text": "Oi", "send_at": in_a_week()})
    planned_id = made["planned"]["id"]
    await case.assign("colleague")
    now = f"{case.chat_path}/planned/{planned_id}/send-now"
    assert (await case.agent.call("POST", now)).status == 404
    assert await may_send(web_only, planned_id) is False
    await case.assign("mine")
    assert await may_send(web_only, planned_id) is True


async def may_send(stack: Stack, planned_id: int) -> bool:
    found: Any = await stack.app[DATABASE].write(planned.lock_planned, planned_id)
    return bool(found.may_send)


@pytest.mark.parametrize("what", ["send", "status", "notes"])
async def test_what_waits_while_the_chat_is_taken_away_is_not_done(web_only: Stack, what: str) -> None:
    """The lock is held by the transaction that gives the chat to a colleague."""
    case = await make_restricted(web_only)
    await case.assign("mine")
    url = web_only.config.database.url or ""
    bodies = {
        "send": ("POST", {"text": "Oi"}),
        "status": ("PUT", {"status": "closed"}),
        "notes": ("POST", {"text": "Oi"}),
    }
    method, body = bodies[what]
    with closing(psycopg2.connect(url)) as taker, taker.cursor() as cursor, watching(url) as rows:
        cursor.execute("select id from channels_account for update")
        cursor.execute("update channels_chat set assignee_id = %s", (case.target.user_id,))
        asked = asyncio.create_task(case.agent.call(method, f"{case.chat_path}/{what}", body))

        async def waits() -> bool:
            waiting = (
                "select count(*) from pg_locks where not granted and locktype in ('tuple', 'transactionid')"
            )
            return bool(rows.ask(waiting)[0][0])

        await eventually(waits)
        taker.commit()
    assert (await asked).status == 404


async def test_restricting_is_in_the_audit_log(web_only: Stack) -> None:
    case = await make_restricted(web_only)
    (line,) = [line for line in await audit_lines(web_only) if line.details.get("restricted")]
    assert (line.action, line.details["user_id"]) == ("member.set", case.agent.user_id)


async def test_an_owner_of_the_account_is_restricted_no_more(web_only: Stack) -> None:
    """Whatever gives the role: here a hand-over of the account."""
    case = await make_restricted(web_only)
    path = f"{CHANNELS}/{case.target.account_id}/members/{case.agent.user_id}"
    await case.target.peer.ok("PUT", path, {"role": "owner"})
    assert not await case.is_restricted()


async def test_private_labels_of_hidden_chats_are_not_listed(web_only: Stack) -> None:
    case = await make_restricted(web_only)
    await case.assign("mine")
    label_id = await make_label(case.agent, "Own", shared=False)
    await case.agent.ok("PUT", f"{case.chat_path}/labels/{label_id}")
    assert len((await case.agent.ok("GET", "/api/private-labels"))["items"]) == 1
    await case.assign("unassigned")
    assert (await case.agent.ok("GET", "/api/private-labels"))["items"] == []


async def test_a_picture_is_shown_of_contacts_they_know(web_only: Stack) -> None:
    """Of who has a chat of theirs, or wrote in one."""
    case = await make_restricted(web_only)
    sha256 = "a" * 64

    async def give(cursor: Cursor) -> None:
        await attachments.touch_blob(cursor, sha256, 3, "image/png")
        await cursor.execute("update channels_contact set avatar = %s", (sha256,))

    await web_only.app[DATABASE].write(give)

    async def is_shown(user: Peer) -> bool:
        found = await web_only.app[DATABASE].read(
            contacts.fetch_picture, user.user_id, "whatsapp", case.target.account_id, sha256
        )
        return found is not None

    for owner, expected in (("mine", True), ("colleague", False), ("team", True), ("unassigned", False)):
        await case.assign(owner)
        assert (await is_shown(case.agent), await is_shown(case.target.peer)) == (expected, True), owner


async def test_members_are_added_restricted(web_only: Stack) -> None:
    case = await make_restricted(web_only)
    eva = await web_only.sign_in("eva")
    await restrict(case.target.peer, case.target.account_id, eva)
    assert await eva.chats(case.target.account_id) == []
    other = await web_only.sign_in("ivo")
    await add_member(web_only, case.target.account_id, other, "agent")
    assert len(await other.chats(case.target.account_id)) == 1
