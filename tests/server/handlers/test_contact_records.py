"""Contacts over REST and socket: names of ours, fields and labels, the list with its search and pages."""

from typing import Any

from tests.server.handlers.test_contact_fields import contact_path, make_admin
from tests.server.handlers.test_exports import ask, fetch, lines, written
from tests.server.handlers.test_owners import make_pair
from tests.server.handlers.test_owners import set_role as set_account_role
from tests.support.factories import (
    BIAS_PHONE,
    CHANNELS,
    make_account,
    make_chat,
    make_contact,
    make_field,
    make_label,
    sign_in_as,
)
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer
from tests.support.restricted import make_restricted

CONTACTS = f"{CHANNELS}/contacts"


async def names(peer: Peer, query: str = "") -> list[str | None]:
    return [item["name"] for item in (await peer.ok("GET", f"{CONTACTS}{query}"))["items"]]


async def insert_contacts(stack: Stack, account_id: int, *rows: tuple[str, str | None, str | None]) -> None:
    """Contacts by id, WhatsApp name and username, without a phone."""
    for provider_id, name, username in rows:
        await stack.execute(
            """with k as (insert into channels_contact (account_id, provider_id, whatsapp_name, named_at, username)
                          values (%s, %s, %s, now(), %s) returning id)
               insert into channels_contact_alias (account_id, alias, contact_id) select %s, %s, id from k""",
            *(account_id, provider_id, name, username, account_id, provider_id),
        )


async def test_our_name_is_shown_beside_whatsapps_and_pushed_with_the_chat(web_only: Stack) -> None:
    agent, ana, account_id, _, _ = await make_pair(web_only)
    chat_id = await make_chat(web_only, account_id, "chat-2", address=f"{BIAS_PHONE}@s.whatsapp.net")
    contact_id = await make_contact(web_only, account_id)
    socket = await ana.listen()
    path = contact_path(account_id, contact_id)
    done = (await agent.ok("PATCH", path, {"own_name": " Bia  of the bakery "}))["contact"]
    assert (done["name"], done["own_name"], done["whatsapp_name"], done["chat_id"]) == (
        "Bia of the bakery",
        "Bia of the bakery",
        "Bia Lima",
        chat_id,
    )
    (pushed,) = await socket.wait_for_event("contact:updated", id=contact_id)
    assert pushed["data"] == {key: value for key, value in done.items() if key not in ("chat_id", "merged")}
    (chat,) = await socket.wait_for_event("chat:updated", id=chat_id)
    assert chat["data"]["title"] == "Bia of the bakery"
    assert chat["seq"] == pushed["seq"] + 1
    assert await names(ana, "?q=bakery") == ["Bia of the bakery"]
    found = (await ana.ok("GET", "/api/search?q=bakery"))["people"]
    assert [person["id"] for person in found] == [contact_id]
    again = (await agent.ok("PATCH", path, {"own_name": "Bia of the bakery"}))["contact"]
    assert again["seq"] == done["seq"], "repeated, nothing changes"
    back = (await agent.ok("PATCH", path, {"own_name": None}))["contact"]
    assert (back["name"], back["own_name"]) == ("Bia Lima", None)
    replayed = (await ana.ok("GET", f"{CHANNELS}/{account_id}/changes?since={done['seq']}"))["items"]
    assert [item["data"]["name"] for item in replayed if item["event"] == "contact:updated"] == ["Bia Lima"]


async def test_a_value_or_label_is_pushed_without_the_chat(web_only: Stack) -> None:
    admin, ana, account_id, contact_id = await make_admin(web_only)
    chat_id = await make_chat(web_only, account_id, "chat-2", address=f"{BIAS_PHONE}@s.whatsapp.net")
    field_id, label_id = await make_field(admin, "City"), await make_label(admin, "VIP")
    socket = await ana.listen()
    path = contact_path(account_id, contact_id)
    valued = (await ana.ok("PATCH", path, {"fields": {str(field_id): "Porto"}}))["contact"]
    labelled = (await ana.ok("PUT", f"{path}/labels/{label_id}"))["contact"]
    assert labelled["labels"] == [label_id]
    assert labelled["seq"] == valued["seq"] + 1
    again = (await ana.ok("PUT", f"{path}/labels/{label_id}"))["contact"]
    assert again["seq"] == labelled["seq"]
    removed = (await ana.ok("DELETE", f"{path}/labels/{label_id}"))["contact"]
    assert removed["labels"] == []
    frames = await socket.wait_for_event("contact:updated", 3, id=contact_id)
    assert [frame["data"]["labels"] for frame in frames] == [[], [label_id], []]
    assert socket.events("chat:updated") == [], chat_id
    await ana.ok("PUT", f"{path}/labels/{label_id}")
    await admin.ok("DELETE", f"/api/labels/{label_id}")
    assert (await ana.ok("GET", path))["contact"]["labels"] == []


async def test_who_may_not_write_changes_no_contact(web_only: Stack) -> None:
    agent, ana, account_id, _, _ = await make_pair(web_only)
    contact_id = await make_contact(web_only, account_id)
    private = await make_label(ana, "Own", shared=False)
    path = contact_path(account_id, contact_id)
    assert (await ana.call("PUT", f"{path}/labels/{private}")).status == 404
    await set_account_role(agent, account_id, ana, "viewer")
    assert (await ana.call("PATCH", path, {"own_name": "x"})).status == 403
    assert (await ana.ok("GET", path))["contact"]["own_name"] is None
    other = await make_account(web_only, agent, "acc-2")
    for method, body in (("GET", None), ("PATCH", {"own_name": "x"})):
        assert (await agent.call(method, contact_path(other, contact_id), body)).status == 404


async def test_the_list_is_by_name_without_a_name_last_in_pages(web_only: Stack) -> None:
    agent, _, account_id, _, _ = await make_pair(web_only)
    second = await make_account(web_only, agent, "acc-2")
    await insert_contacts(
        web_only, account_id, ("1@lid", "Zoë", None), ("2@lid", "árvore", None), ("3@lid", None, "zed")
    )
    await insert_contacts(
        web_only, second, ("4@lid", "Bea", None), ("5@lid", "Árvore", None), ("6@lid", "Łukasz", None)
    )
    wanted = ["árvore", "Árvore", "Bea", "Łukasz", "Zoë", None]
    assert await names(agent) == wanted
    found: list[Any] = []
    cursor = ""
    while True:
        page = await agent.ok("GET", f"{CONTACTS}?limit=1{cursor}")
        found += [item["name"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert found == wanted
    assert await names(agent, f"?account_id={second}") == ["Árvore", "Bea", "Łukasz"]
    for cursor in ("x", "fHw", "MA", "Z2d8MQ"):
        assert (await agent.call("GET", f"{CONTACTS}?cursor={cursor}")).status == 422, cursor


async def test_a_contact_without_a_phone_is_found_by_username_id_and_fields(web_only: Stack) -> None:
    admin, ana, account_id, contact_id = await make_admin(web_only)
    await insert_contacts(web_only, account_id, ("120000000000077@lid", None, "Zed_77"))
    field_id, label_id = await make_field(admin, "Mail", "email"), await make_label(admin, "VIP")
    path = contact_path(account_id, contact_id)
    await ana.ok("PATCH", path, {"fields": {str(field_id): "Bia@bakery.example"}})
    await ana.ok("PUT", f"{path}/labels/{label_id}")
    for query in ("zed_", "@ZED", "120000000000077"):
        items = (await ana.ok("GET", f"{CONTACTS}?q={query}"))["items"]
        assert [(item["username"], item["phone"]) for item in items] == [("Zed_77", None)], query
    assert [p["username"] for p in (await ana.ok("GET", "/api/search?q=zed_77"))["people"]] == ["Zed_77"]
    for query in ("q=bakery.ex", f"q={BIAS_PHONE[-6:]}", f"labels={label_id}", f"q=bia&labels={label_id}"):
        assert await names(ana, f"?{query}") == ["Bia Lima"], query
    for query in ("q=zed%25", "q=100%25", f"labels={label_id + 1}", f"q=zed_77&labels={label_id}"):
        assert await names(ana, f"?{query}") == [], query
    await admin.ok("DELETE", f"/api/contact-fields/{field_id}")
    assert await names(ana, "?q=bakery.ex") == []


async def test_a_key_and_a_restricted_agent_see_only_their_contacts(web_only: Stack) -> None:
    case = await make_restricted(web_only)
    owner = case.target.peer
    other = await make_account(web_only, owner, "acc-2")
    await insert_contacts(web_only, other, ("9@lid", "Other", None))
    body = {"name": "crm", "scopes": ["read"], "account_ids": [other]}
    secret = (await owner.ok("POST", "/api/keys", body))["secret"]
    assert await names(Peer(owner.session, owner.url, secret, owner.user_id)) == ["Other"]
    path = contact_path(case.target.account_id, case.target.contact_id)
    await case.assign("colleague")
    assert await names(case.agent) == []
    for method, rest, sent in (("GET", "", None), ("PATCH", "", {"own_name": "x"}), ("GET", "/chats", None)):
        assert (await case.agent.call(method, path + rest, sent)).status == 404
    assert (await case.agent.call("PUT", f"{path}/labels/{case.target.label_id}")).status == 404
    await case.assign("mine")
    assert await names(case.agent) == ["Bia Lima"]
    assert (await case.agent.ok("PATCH", path, {"own_name": "Bia"}))["contact"]["name"] == "Bia"


async def test_all_chats_of_a_contact_over_accounts(web_only: Stack) -> None:
    agent, ana, account_id, _, _ = await make_pair(web_only)
    second = await make_account(web_only, agent, "acc-2")
    address = f"{BIAS_PHONE}@s.whatsapp.net"
    first_chat = await make_chat(web_only, account_id, "chat-2", address=address)
    contact_id = await make_contact(web_only, account_id)
    await make_contact(web_only, second)
    second_chat = await make_chat(web_only, second, "chat-3", address=address)
    path = contact_path(account_id, contact_id, "/chats")
    assert {chat["id"] for chat in (await agent.ok("GET", path))["items"]} == {first_chat, second_chat}
    assert [chat["id"] for chat in (await ana.ok("GET", path))["items"]] == [first_chat]


async def test_an_export_has_fields_and_labels_and_an_erasure_takes_them(stack: Stack) -> None:
    owner = await sign_in_as(stack, "owner")
    account_id = await written(stack, owner)
    field_id, label_id = await make_field(owner, "City"), await make_label(owner, "VIP")
    unused = await make_field(owner, "Unused")
    contact_id = (await owner.ok("GET", f"{CONTACTS}?q=Bia"))["items"][0]["id"]
    path = contact_path(account_id, contact_id)
    await owner.ok("PATCH", path, {"own_name": "Bia B.", "fields": {str(field_id): "Porto"}})
    await owner.ok("PUT", f"{path}/labels/{label_id}")
    for wanted in ({}, {"contact_id": contact_id}):
        export = await ask(owner, account_id, **wanted)
        files = await fetch(owner, account_id, export["id"])
        (bia,) = [who for who in lines(files["contacts.jsonl"]) if who["id"] == contact_id]
        assert (bia["own_name"], bia["fields"], bia["labels"]) == (
            "Bia B.",
            {str(field_id): "Porto"},
            [label_id],
        )
        assert [field["name"] for field in lines(files["fields.jsonl"])] == ["City"], unused
        assert [label["name"] for label in lines(files["labels.jsonl"])] == ["VIP"]
    await owner.ok("DELETE", path)
    assert await names(owner, "?q=Bia") == []
    left = "select 1 from channels_contact_value union all select 1 from channels_contact_label"
    assert await stack.execute(left) == []
