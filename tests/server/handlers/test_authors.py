"""Authors of outgoing messages: the user or program that sent them; unknown for all that Confab did not see sent."""

from typing import Any

from server.web.app_keys import DATABASE
from tests.server.handlers.test_messages import make_thread
from tests.server.handlers.test_registration import KEYS, ME
from tests.support.factories import add_member
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer


async def make_program(user: Peer, account_id: int) -> Peer:
    made = await user.ok(
        "POST", KEYS, {"name": "crm", "scopes": ["read", "send"], "account_ids": [account_id]}
    )
    return Peer(user.session, user.url, made["secret"], user.user_id)


async def test_a_message_names_the_user_or_the_key_that_sent_it(web_only: Stack) -> None:
    agent, account_id, chat_id, path = await make_thread(web_only)
    ana = await web_only.sign_in("ana")
    await add_member(web_only, account_id, ana, "agent")
    program = await make_program(agent, account_id)
    names = {user.user_id: (await user.ok("GET", ME))["user"]["name"] for user in (agent, ana)}
    for user in (agent, ana):
        sent = (await user.ok("POST", path, {"text": "Oi"}))["message"]
        assert sent["author"] == {"kind": "user", "id": user.user_id, "name": names[user.user_id]}
    by_key = (await program.ok("POST", path, {"text": "Oi"}))["message"]["author"]
    assert (by_key["kind"], by_key["name"]) == ("api_key", "crm")
    listed = [m["author"] for m in await agent.messages(account_id, chat_id)]
    assert listed[0] == by_key
    assert listed[-1] is None  # incoming


async def test_an_author_has_their_newest_name(web_only: Stack) -> None:
    agent, account_id, chat_id, path = await make_thread(web_only)
    await agent.ok("POST", path, {"text": "Oi"})
    await agent.ok("PATCH", ME, {"name": "Ana Prado"})
    assert (await agent.messages(account_id, chat_id))[0]["author"]["name"] == "Ana Prado"


async def test_a_message_from_before_authors_were_stored_has_none(web_only: Stack) -> None:
    agent, account_id, chat_id, path = await make_thread(web_only)
    await agent.ok("POST", path, {"text": "Oi"})

    async def forget(cursor: Any) -> None:
        await cursor.execute("update channels_message set author_kind = null, author_id = null")

    await web_only.app[DATABASE].write(forget)
    assert [m["author"] for m in await agent.messages(account_id, chat_id)] == [None, None]
