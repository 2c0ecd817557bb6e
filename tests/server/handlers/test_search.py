"""Search over REST: contacts, chats and messages of the caller's accounts only."""

from datetime import timedelta
from typing import Any
from urllib.parse import quote

from tests.server.handlers.test_accounts import BAD_CURSORS
from tests.support.factories import CHANNELS, START, add_member, make_account, make_chat, make_messages
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer


async def find(peer: Peer, text: str, more: str = "") -> dict[str, Any]:
    body: dict[str, Any] = await peer.ok("GET", f"/api/search?q={quote(text)}{more}")
    return body


async def found_texts(peer: Peer, text: str) -> list[str]:
    return [message["body"] for message in (await find(peer, text))["messages"]]


async def write(stack: Stack, account_id: int, chat_id: int, *bodies: str) -> None:
    """Messages in this order, a minute apart."""
    for number, body in enumerate(bodies):
        moment = START + timedelta(days=1, minutes=number, seconds=chat_id)
        await make_messages(stack, account_id, chat_id, [moment], body=body)


async def test_messages_are_found_by_word_prefixes(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    chat_id = await make_chat(web_only, account_id)
    texts = [
        "A próxima ENTREGA é amanhã",
        "Die Straße ist gesperrt",
        "注文の確認をお願いします",
        "100% sure_",
        "_Offen_ in plan_b.pdf",
    ]
    await write(web_only, account_id, chat_id, *texts)
    for wanted, number in (
        ("entrega", 0),
        ("PROXIMA", 0),
        ("próx amanha", 0),
        ("amanhã a", 0),
        ("strasse", 1),
        ("gesp", 1),
        ("確認", 2),
        ("注", 2),
        ("100%", 3),
        ("sure", 3),
        ("offen", 4),
        ("_offen_", 4),
        ("pdf plan_b", 4),
    ):
        assert await found_texts(agent, wanted) == [texts[number]], wanted
    for nothing in ("ntrega", "entrega gesperrt", "確文", "🎉", "'", "\\", "a:*|b", "%", "!&|"):
        assert await found_texts(agent, nothing) == [], nothing
    found = (await find(agent, "entrega"))["messages"][0]
    shown = [row for row in await agent.messages(account_id, chat_id) if row["id"] == found["id"]]
    assert [found] == [shown[0] | {"chat_title": None, "chat_kind": "direct", "chat_avatar": None}]


async def test_the_newest_come_first_and_all_come_once(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    one, other = await make_chat(web_only, account_id, "one"), await make_chat(web_only, account_id, "other")
    for chat_id in (one, other):
        moments = [START + timedelta(days=2, minutes=n // 3) for n in range(7)]
        await make_messages(web_only, account_id, chat_id, moments, body="Bestellung")
    rows = [row for chat_id in (one, other) for row in await agent.messages(account_id, chat_id)]
    wanted = sorted(
        (row for row in rows if row["body"] == "Bestellung"), key=lambda r: (r["sent_at"], r["id"])
    )
    for limit in (1, 3, 14, 50):
        ids: list[int] = []
        cursor = ""
        while True:
            page = await find(agent, "bestellung", f"&limit={limit}{cursor}")
            ids += [message["id"] for message in page["messages"]]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
        assert ids == [row["id"] for row in reversed(wanted)], limit


async def test_contacts_and_chats_are_found_by_name_and_phone(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    chat_id = await make_chat(web_only, account_id)
    await web_only.execute("update channels_chat set title = 'Tomás 100%% Almeida' where id = %s", chat_id)
    await web_only.execute(
        "insert into channels_contact (account_id, provider_id, whatsapp_name, phone, named_at)"
        " values (%s, '1@lid', 'Tomás Almeida', '+351910000004', now())",
        account_id,
    )
    for text in ("tomas", "ALMEIDA", "más"):
        found = await find(agent, text)
        assert [chat["id"] for chat in found["chats"]] == [chat_id], text
        assert [(person["name"], person["phone"]) for person in found["people"]] == [
            ("Tomás Almeida", "+351910000004")
        ]
    assert [person["name"] for person in (await find(agent, "+351 910"))["people"]] == ["Tomás Almeida"]
    for text in ("10", "_omas", "t%s", "nobody"):
        found = await find(agent, text)
        assert (found["people"], found["chats"] if text != "10" else []) == ([], []), text
    listed = await agent.ok("GET", f"{CHANNELS}/{account_id}/chats?q=TOMAS%20100%25")
    assert [chat["id"] for chat in listed["items"]] == [chat_id]
    for text in ("nobody", "t%25s"):
        assert (await agent.ok("GET", f"{CHANNELS}/{account_id}/chats?q={text}"))["items"] == []


async def test_a_contact_is_listed_with_its_direct_chat(web_only: Stack) -> None:
    """By any name of the contact; a contact in groups only has no direct chat."""
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    chat_id = await make_chat(web_only, account_id)
    await make_chat(web_only, account_id, "group", kind="group")
    names = [
        ("Tomás", "1@lid", "351910000004@s.whatsapp.net"),
        ("Tomé", "2@lid", "351910000005@s.whatsapp.net"),
    ]
    for name, lid, number in names:
        await web_only.execute(
            "with k as (insert into channels_contact (account_id, provider_id, whatsapp_name, named_at)"
            " values (%s, %s, %s, now()) returning id, account_id)"
            " insert into channels_contact_alias (account_id, alias, contact_id)"
            " select account_id, unnest(array[%s, %s]), id from k",
            *(account_id, lid, name, lid, number),
        )
    await web_only.execute(
        "update channels_chat set address = %s where id = %s",
        "351910000004@s.whatsapp.net",
        chat_id,
    )
    people = (await find(agent, "tom"))["people"]
    assert [(person["name"], person["chat_id"]) for person in people] == [("Tomás", chat_id), ("Tomé", None)]
    assert people[0]["avatar"] is None


async def test_old_texts_of_changed_messages_are_not_found(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    chat_id = await make_chat(web_only, account_id)
    await write(web_only, account_id, chat_id, "Segunda", "Deleted later")
    assert len(await found_texts(agent, "segunda")) == 1
    change = (
        "with moved as (update channels_account set seq = seq + 1 where id = %s returning seq)"
        " update channels_message set {}, seq = (select seq from moved) where body = %s"
    )
    await web_only.execute(change.format("body = 'Terça'"), account_id, "Segunda")
    await web_only.execute(change.format("body = null, deleted_at = now()"), account_id, "Deleted later")
    assert await found_texts(agent, "segunda") == []
    assert await found_texts(agent, "terca") == ["Terça"]
    assert await found_texts(agent, "deleted") == []


async def test_foreign_messages_are_not_found(web_only: Stack) -> None:
    owner, other, viewer = [await web_only.sign_in(name) for name in ("owner", "other", "viewer")]
    account_id = await make_account(web_only, owner)
    chat_id = await make_chat(web_only, account_id)
    await web_only.execute("update channels_chat set title = 'Secret' where id = %s", chat_id)
    await write(web_only, account_id, chat_id, "Secret words")
    own_id = await make_account(web_only, other, "acc-2")
    await write(web_only, own_id, await make_chat(web_only, own_id, "x"), "Nothing here")
    assert await found_texts(owner, "secret") == ["Secret words"]
    nothing: dict[str, Any] = {
        "people": [],
        "chats": [],
        "messages": [],
        "notes": [],
        "next_cursor": None,
        "is_complete": True,
    }
    assert await find(other, "secret") == nothing
    assert await find(viewer, "secret") == nothing
    await add_member(web_only, account_id, viewer, "viewer")
    assert await found_texts(viewer, "secret") == ["Secret words"]
    assert (await find(viewer, f"{account_id}/secret"))["messages"] == []
    assert (await web_only.stranger.call("GET", "/api/search?q=secret")).status == 401


async def test_a_search_that_is_not_understood_is_invalid(web_only: Stack) -> None:
    agent = await web_only.sign_in()
    queries = {
        "": "q",
        "q=": "q",
        "q=%20%20": "q",
        "q=" + "x" * 101: "q",
        "q=%00": "q",
        "q=a&limit=0": "limit",
    }
    queries |= {f"q=a&cursor={cursor}": "cursor" for cursor in BAD_CURSORS}
    queries |= {"q=a&b=c": "b"}
    for query, field in queries.items():
        answer = await agent.call("GET", f"/api/search?{query}")
        assert (answer.status, list(answer.body["error"]["fields"])) == (422, [field]), query[:60]
