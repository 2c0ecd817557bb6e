"""Search with filters: who wrote it, when, in which chat and account, and what it holds."""

from datetime import timedelta
from json import dumps
from typing import Any
from urllib.parse import quote

import pytest
from aiopg import Cursor

from server.store.search.facets import AuthorFacet, Facets
from server.store.search.message_search import MessageSearch, find_statement
from server.web.app_keys import DATABASE
from tests.server.handlers.test_conversations import chat_path
from tests.server.handlers.test_labels import key_of
from tests.server.handlers.test_owners import make_pair
from tests.support.factories import BIAS_PHONE, START, make_account, make_chat, make_contact, make_messages
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer

PICTURE = {"type": "img", "mimetype": "image/png"}
VOICE = {"type": "audio", "mimetype": "audio/ogg", "voice_note": True}
OFFER = {"type": "file", "mimetype": "application/pdf", "file_name": "offer.pdf"}
STICKER = {"type": "img", "mimetype": "image/webp", "sticker": True}
PLACE = {
    "type": "location",
    "location": {"latitude": 1.5, "longitude": 2.5, "name": None, "address": None},
}
CARD = {"type": "file", "mimetype": "text/vcard", "contacts": [{"name": "Ana", "numbers": []}]}
FILE = {
    "id": "1",
    "state": "stored",
    "voice_note": False,
    "sticker": False,
    "mimetype": None,
} | dict.fromkeys(("file_name", "file_size", "error", "duration", "width", "height"))


async def found(peer: Peer, query: str) -> list[str]:
    return [row["body"] for row in (await peer.ok("GET", f"/api/search?{query}"))["messages"]]


async def write(stack: Stack, account_id: int, chat_id: int, *bodies: str) -> None:
    """Messages in this order, a day apart."""
    for number, body in enumerate(bodies):
        moment = START + timedelta(days=number + 1, seconds=chat_id)
        await make_messages(stack, account_id, chat_id, [moment], body=body)


async def change(stack: Stack, body: str, fields: str) -> None:
    """Change a message as an event would: with a new seq."""
    await stack.execute(
        f"""with seq as (update channels_account set seq = seq + 1 returning id, seq)
            update channels_message m set seq = seq.seq, {fields} from seq
            where m.account_id = seq.id and m.body = %s""",
        body,
    )


async def test_messages_are_found_in_one_chat(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    one, other = await make_chat(web_only, account_id, "one"), await make_chat(web_only, account_id, "other")
    await write(web_only, account_id, one, "Order one", "Nothing else")
    await write(web_only, account_id, other, "Order other")
    assert await found(agent, "q=order") == ["Order other", "Order one"]
    assert await found(agent, f"q=order&chat={one}") == ["Order one"]
    assert await found(agent, f"chat={other}") == ["Order other", "Oi"]
    assert await found(agent, f"q=%F0%9F%8E%89&chat={one}") == []


@pytest.mark.parametrize(
    ("attachment", "kind"),
    [
        (PICTURE, "media"),
        (VOICE, "audio"),
        (OFFER, "file"),
        (PLACE, "location"),
        (CARD, "contact"),
        (STICKER, None),
    ],
)
async def test_messages_are_found_by_what_they_hold(
    web_only: Stack, attachment: dict[str, Any], kind: str | None
) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    chat_id = await make_chat(web_only, account_id)
    await write(web_only, account_id, chat_id, "Held", "See https://example.com/a", "me@www.example.com")
    await change(web_only, "Held", f"attachments = '{dumps([FILE | attachment])}'")
    for wanted in ("media", "audio", "file", "location", "contact"):
        expected = ["Held"] if wanted == kind else []
        assert await found(agent, f"has={wanted}") == expected, wanted
        assert await found(agent, f"q=hel&has={wanted}&chat={chat_id}") == expected, wanted
    assert await found(agent, "has=link") == ["See https://example.com/a"]
    await change(web_only, "Held", "deleted_at = now()")
    assert [await found(agent, f"has={wanted}") for wanted in ("media", "audio", "file")] == [[], [], []]


async def test_messages_are_found_by_their_sender(web_only: Stack) -> None:
    """By any of the contact's ids; `me` is what the account sent."""
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    chat_id = await make_chat(web_only, account_id)
    contact_id = await make_contact(web_only, account_id)
    await web_only.execute(
        "insert into channels_contact_alias (account_id, alias, contact_id) values (%s, 'it''s \\ lid', %s)",
        *(account_id, contact_id),
    )
    await write(web_only, account_id, chat_id, "By number", "By lid", "Mine", "Another")
    await change(web_only, "By number", f"""sender = '{{"provider_id": "{BIAS_PHONE}@s.whatsapp.net"}}'""")
    await change(web_only, "By lid", r"""sender = jsonb_build_object('provider_id', 'it''s \ lid')""")
    await change(web_only, "Mine", "direction = 'out', status = 'sent'")
    assert await found(agent, f"from={contact_id}") == ["By lid", "By number"]
    assert await found(agent, f"q=num&from={contact_id}") == ["By number"]
    assert await found(agent, "from=me") == ["Mine"]


async def test_messages_and_notes_are_found_by_their_author(web_only: Stack) -> None:
    """By the user who wrote them, or from any API key, any rule, the phone; also after the user is deleted."""
    agent, ana, account_id, chat_id, send = await make_pair(web_only)
    key = await key_of(agent)
    for peer, text in ((agent, "Order one"), (ana, "Order two"), (key, "Order three"), (ana, "Thanks")):
        await peer.ok("POST", send, {"text": text})
    await write(web_only, account_id, chat_id, "Order four", "Order five", "Order six")
    await change(web_only, "Order four", "direction = 'out', status = 'sent', author_kind = 'phone'")
    await change(
        web_only, "Order five", "direction = 'out', status = 'sent', author_kind = 'rule', author_id = 1"
    )
    notes = chat_path(account_id, chat_id, "/notes")
    await ana.ok("POST", notes, {"text": "Order is on its way"})
    await agent.ok("POST", notes, {"text": "Order came back"})
    assert await found(agent, f"author={ana.user_id}") == ["Thanks", "Order two"]
    assert await found(ana, f"q=order&author={ana.user_id}") == ["Order two"]
    assert await found(ana, f"author={ana.user_id}&from=me&chat={chat_id}") == ["Thanks", "Order two"]
    assert await found(agent, f"author={ana.user_id}&has=link") == []
    for author, texts in (
        ("api_key", ["Order three"]),
        ("phone", ["Order four"]),
        ("automatic", ["Order five"]),
    ):
        assert await found(agent, f"q=order&author={author}") == texts
    first = await agent.ok("GET", f"/api/search?author={ana.user_id}&limit=1")
    rest = f"author={ana.user_id}&limit=9&cursor={first['next_cursor']}"
    assert [row["body"] for row in first["messages"]] + await found(agent, rest) == ["Thanks", "Order two"]
    whole = await agent.ok("GET", f"/api/search?q=order&author={ana.user_id}")
    assert [note["body"] for note in whole["notes"]] == ["Order is on its way"]
    assert (whole["people"], whole["chats"]) == ([], [])
    assert (await agent.ok("GET", "/api/search?q=order&author=phone"))["notes"] == []
    # Accounts of other users are not searched, whatever the author; an id says nothing about users.
    eva = await web_only.sign_in("eva")
    for user_id in (ana.user_id, 2**40):
        assert await found(eva, f"author={user_id}") == []
    await web_only.execute("delete from users where id = %s", ana.user_id)
    assert await found(agent, f"author={ana.user_id}") == ["Thanks", "Order two"]


async def test_no_search_by_author_reads_a_whole_table(web_only: Stack) -> None:
    """Each table is read by an index: a scan would be in the plan, for all that it costs, where there is none."""
    by_user, by_phone = Facets(author=AuthorFacet("user", 7)), Facets(author=AuthorFacet("phone", None))
    for text in (None, "order", "o"):
        for facets in (by_user, by_phone, by_user._replace(chat_id=3)):
            plan = await web_only.app[DATABASE].write(explain, MessageSearch([1, 2], text, facets))
            walked = "account" if facets.chat_id is None else "chat"
            assert f"channels_message_words_{walked}" in plan
            assert "Seq Scan" not in plan, plan


async def explain(cursor: Cursor, wanted: MessageSearch) -> str:
    values = {"user_id": 1, "limit": 50, "query": wanted.tsquery(), "indexed": wanted.indexed()}
    await cursor.execute("set local enable_seqscan = off")
    await cursor.execute(f"explain {find_statement(wanted, None)}", values)
    return "\n".join(row[0] for row in await cursor.fetchall())


async def test_messages_are_found_by_time_and_pages_keep_the_filter(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    chat_id = await make_chat(web_only, account_id)
    bodies = [f"Order {number}" for number in range(6)]
    await write(web_only, account_id, chat_id, *bodies)
    since = quote((START + timedelta(days=2)).isoformat())
    until = quote((START + timedelta(days=5)).isoformat())
    assert await found(agent, f"q=order&since={since}&until={until}") == bodies[3:0:-1]
    first = await agent.ok("GET", f"/api/search?q=order&limit=2&since={since}")
    rest = await found(agent, f"q=order&limit=9&since={since}&cursor={first['next_cursor']}")
    assert [row["body"] for row in first["messages"]] + rest == bodies[:0:-1]


async def test_one_account_narrows_contacts_chats_and_messages(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    ids = [await make_account(web_only, agent, external_id) for external_id in ("acc-1", "acc-2")]
    for account_id in ids:
        chat_id = await make_chat(web_only, account_id, f"chat-{account_id}")
        await write(web_only, account_id, chat_id, f"Order of {account_id}")
        await web_only.execute("update channels_chat set title = 'Ordering' where id = %s", chat_id)
        contact_id = await make_contact(web_only, account_id)
        await web_only.execute("update channels_contact set own_name = 'Orderly' where id = %s", contact_id)
    whole: dict[str, Any] = await agent.ok("GET", "/api/search?q=order")
    assert [len(whole[group]) for group in ("people", "chats", "messages")] == [2, 2, 2]
    one = await agent.ok("GET", f"/api/search?q=order&account={ids[0]}")
    for group in ("people", "chats", "messages"):
        assert [row["account_id"] for row in one[group]] == [ids[0]], group
    # Filters of messages leave out what has no messages.
    mine = await agent.ok("GET", "/api/search?q=order&has=link")
    assert (mine["people"], mine["chats"]) == ([], [])


async def test_what_is_not_the_callers_is_not_found(web_only: Stack) -> None:
    agent, stranger = await web_only.sign_in(), await web_only.sign_in("stranger")
    account_id = await make_account(web_only, agent)
    chat_id = await make_chat(web_only, account_id)
    contact_id = await make_contact(web_only, account_id)
    for query in (f"account={account_id}", f"chat={chat_id}", f"from={contact_id}"):
        await agent.ok("GET", f"/api/search?q=oi&{query}")
        assert (await stranger.call("GET", f"/api/search?q=oi&{query}")).status == 404, query
    for query in ("account=999", "chat=999", "from=999"):
        assert (await agent.call("GET", f"/api/search?q=oi&{query}")).status == 404, query


@pytest.mark.parametrize(
    "query",
    ["", "q=a&author=", "q=a&author=me", "q=a&author=0", "q=a&author=rule", "q=a&author=7%0A",
     "account=1", "since=2026-03-02T09:14:05Z", "q=a&has=sticker", "q=a&from=you", "q=a&from=1%0A",
     "q=a&chat=-1", "q=a&since=yesterday", "q=a&until=2026-03-02", "q=a&color=red"],
)  # fmt: skip
async def test_filters_that_say_nothing_are_rejected(web_only: Stack, query: str) -> None:
    agent = await web_only.sign_in()
    await make_account(web_only, agent)
    assert (await agent.call("GET", f"/api/search?{query}")).status == 422
