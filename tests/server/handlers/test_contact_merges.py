"""Merges of contacts by hand over REST: what the main contact takes, all chats together, and how it is undone."""

from typing import Any

from server.schemas.contacts import OneContact
from tests.server.handlers.test_contact_fields import contact_path, make_admin
from tests.server.handlers.test_contact_records import CONTACTS
from tests.support.declared import strict
from tests.support.factories import (
    BIAS_PHONE,
    audit_lines,
    make_account,
    make_chat,
    make_contact,
    make_field,
    make_label,
)
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer
from tests.support.restricted import make_restricted

OTHER_PHONE = "5511977770009"


async def shown(peer: Peer, account_id: int, contact_id: int) -> dict[str, Any]:
    answer = await peer.ok("GET", contact_path(account_id, contact_id))
    assert strict(OneContact()).validate(answer) == {}
    contact: dict[str, Any] = answer["contact"]
    return contact


async def listed(peer: Peer, query: str = "") -> list[int]:
    return [item["id"] for item in (await peer.ok("GET", f"{CONTACTS}{query}"))["items"]]


async def test_a_merge_takes_what_is_absent_and_gives_it_back(web_only: Stack) -> None:
    admin, ana, account_id, main = await make_admin(web_only)
    other = await make_contact(web_only, account_id, OTHER_PHONE)
    city, plan, note = [await make_field(admin, name) for name in ("City", "Plan", "Note")]
    vip, late = await make_label(admin, "VIP"), await make_label(admin, "Late")
    chats = [
        await make_chat(web_only, account_id, f"chat-{phone}", address=f"{phone}@s.whatsapp.net")
        for phone in (BIAS_PHONE, OTHER_PHONE)
    ]
    path, other_path = contact_path(account_id, main), contact_path(account_id, other)
    await ana.ok("PATCH", path, {"fields": {str(city): "Porto"}})
    body = {"own_name": "Bia B.", "fields": {str(city): "Lisboa", str(plan): "L", str(note): "n"}}
    await ana.ok("PATCH", other_path, body)
    for label_id in (vip, late):
        await ana.ok("PUT", f"{other_path}/labels/{label_id}")
    await ana.ok("PUT", f"{path}/labels/{vip}")
    before = await shown(ana, account_id, other)
    socket = await ana.listen()
    merged = (await ana.ok("POST", f"{path}/merge", {"contact_id": other}))["contact"]
    assert merged["fields"] == {str(city): "Porto", str(plan): "L", str(note): "n"}
    assert (merged["own_name"], set(merged["labels"])) == ("Bia B.", {vip, late})
    assert [one["id"] for one in merged["merged"]] == [other]
    (pushed,) = await socket.wait_for_event("contact:updated", id=other)
    assert pushed["data"]["merged_into"] == main
    assert await listed(ana) == [main]
    assert await listed(ana, f"?q={OTHER_PHONE}") == [other], "a search finds each identity"
    for one in (path, other_path):
        items = (await ana.ok("GET", f"{one}/chats"))["items"]
        assert {item["id"] for item in items} == set(chats)
    # What was changed since the merge stays.
    await ana.ok("PATCH", path, {"fields": {str(plan): "XL"}})
    await ana.ok("DELETE", f"{other_path}/merge")
    back = await shown(ana, account_id, main)
    assert back["fields"] == {str(city): "Porto", str(plan): "XL"}
    assert (back["own_name"], back["labels"], back["merged"]) == (None, [vip], [])
    again = await shown(ana, account_id, other)
    assert {**again, "seq": 0, "updated_at": ""} == {**before, "seq": 0, "updated_at": ""}
    assert sorted(await listed(ana)) == sorted([main, other])
    lines = [line for line in await audit_lines(web_only) if line.action.startswith("contact.")]
    assert [(line.action, line.details["other_id"]) for line in lines] == [
        ("contact.merged", other),
        ("contact.separated", other),
    ]


async def test_what_cannot_be_merged(web_only: Stack) -> None:
    _, ana, account_id, first = await make_admin(web_only)
    second = await make_contact(web_only, account_id, OTHER_PHONE)
    third = await make_contact(web_only, account_id, "5511977770010")
    foreign_account = await make_account(web_only, ana, "acc-2")
    foreign = await make_contact(web_only, foreign_account, "5511977770011")
    paths = {one: contact_path(account_id, one, "/merge") for one in (first, second, third)}
    assert (await ana.call("POST", paths[first], {"contact_id": first})).status == 422
    for absent in (foreign, 10**15):
        assert (await ana.call("POST", paths[first], {"contact_id": absent})).status == 404
    assert (await ana.call("DELETE", paths[first])).status == 409
    await ana.ok("POST", paths[first], {"contact_id": second})
    for main, other in ((third, first), (second, third), (third, second)):
        answer = await ana.call("POST", paths[main], {"contact_id": other})
        assert (answer.status, answer.body["error"]["code"]) == (409, "conflict"), (main, other)
    assert (await shown(ana, account_id, third))["merged"] == []


async def test_a_restricted_agent_merges_only_contacts_that_they_know(web_only: Stack) -> None:
    case = await make_restricted(web_only)
    await case.assign("mine")
    hidden = await make_contact(web_only, case.target.account_id, OTHER_PHONE)
    known = case.target.contact_id
    path = contact_path(case.target.account_id, known, "/merge")
    assert (await case.agent.call("POST", path, {"contact_id": hidden})).status == 404
    await case.target.peer.ok("POST", path, {"contact_id": hidden})
    undo = contact_path(case.target.account_id, hidden, "/merge")
    assert (await case.agent.call("DELETE", undo)).status == 404


async def test_an_erasure_takes_what_others_took(web_only: Stack) -> None:
    admin, _, account_id, main = await make_admin(web_only)
    other = await make_contact(web_only, account_id, OTHER_PHONE)
    city = await make_field(admin, "City")
    await admin.ok("PATCH", contact_path(account_id, other), {"fields": {str(city): "Lisboa"}})
    merge = contact_path(account_id, main, "/merge")
    await admin.ok("POST", merge, {"contact_id": other})
    socket = await admin.listen()
    await admin.ok("DELETE", contact_path(account_id, other))
    (gone,) = await socket.wait_for_event("contact:erased", id=other)
    (pushed,) = await socket.wait_for_event("contact:updated", id=main)
    assert pushed["data"]["fields"] == {} and pushed["seq"] < gone["seq"]
    third = await make_contact(web_only, account_id, "5511977770010")
    await admin.ok("POST", merge, {"contact_id": third})
    await admin.ok("DELETE", contact_path(account_id, main))
    assert (await shown(admin, account_id, third))["merged_into"] is None


async def test_whatsapp_joins_what_was_merged_by_hand(web_only: Stack) -> None:
    """Both ids turn out to be of one person: the rows become one, and nothing of either is lost."""
    admin, ana, account_id, main = await make_admin(web_only)
    other = await make_contact(web_only, account_id, OTHER_PHONE)
    third = await make_contact(web_only, account_id, "5511977770010")
    city, plan = await make_field(admin, "City"), await make_field(admin, "Plan")
    await ana.ok("PATCH", contact_path(account_id, other), {"fields": {str(city): "Lisboa"}})
    await ana.ok("PATCH", contact_path(account_id, third), {"fields": {str(plan): "L"}})
    await ana.ok("POST", contact_path(account_id, other, "/merge"), {"contact_id": third})
    await web_only.execute(
        "select keep_contacts(%s::jsonb)",
        f"""[{{"n": 0, "account_id": {account_id}, "ids": ["{BIAS_PHONE}@s.whatsapp.net",
            "{OTHER_PHONE}@s.whatsapp.net"], "provider_id": "{BIAS_PHONE}@s.whatsapp.net", "named_at": "-infinity",
            "phoned_at": "-infinity"}}]""",
    )
    one = await shown(ana, account_id, main)
    assert one["fields"] == {str(city): "Lisboa", str(plan): "L"}
    assert [merged["id"] for merged in one["merged"]] == [third]
    assert (await ana.call("GET", contact_path(account_id, other))).status == 404
