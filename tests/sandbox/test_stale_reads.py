"""While an account is signed out, UniPile answers every read with its last known state."""

from pathlib import Path
from typing import Any

from tests.sandbox.driver import BIA, LEA, Driver, Json, Receiver, Start

STRANGER = {"phone_number": "34600000009", "name": "New here"}


async def answers(sandbox: Driver, account_id: str, chat_id: str, message_id: str) -> list[Any]:
    """Everything a client can read of an account."""
    attendees = (await sandbox.api("GET", f"/chat_attendees?account_id={account_id}"))["items"]
    paths = [
        "/chats",
        f"/chats?account_id={account_id}&unread=true",
        f"/chats/{chat_id}",
        f"/chats/{chat_id}/attendees",
        f"/chats/{chat_id}/messages",
        f"/messages?account_id={account_id}",
        f"/messages/{message_id}",
        *(
            f"/chat_attendees/{item['id']}{part}"
            for item in attendees
            for part in ("", "/chats", "/messages")
        ),
    ]
    return [attendees, *[await sandbox.api("GET", path) for path in paths]]


async def world_of(sandbox: Driver) -> Json:
    """An account with a group, whose newest message is its own and not delivered yet."""
    account_id = await sandbox.account()
    for member in (BIA, LEA):
        phone = member["phone_number"].lstrip("+")
        await sandbox.control("PATCH", f"/contacts/{phone}", json={"offline": True})
    group = {"account_id": account_id, "name": "Market", "members": [BIA, LEA]}
    chat_id = (await sandbox.control("POST", "/groups", 201, json=group))["id"]
    incoming = await sandbox.write(account_id, "theirs", chat_id=chat_id)
    doomed = await sandbox.write(account_id, "doomed", chat_id=chat_id)
    own = await sandbox.send(chat_id, "own")
    return {
        "account_id": account_id,
        "chat_id": chat_id,
        "theirs": incoming["message_id"],
        "doomed": doomed["message_id"],
        "own": own,
    }


async def change_everything(sandbox: Driver, world: Json) -> Json:
    """Everything a phone can do while UniPile receives nothing."""
    account_id, chat_id = world["account_id"], world["chat_id"]
    await sandbox.control("PATCH", f"/messages/{world['theirs']}", json={"text": "edited"})
    await sandbox.control("DELETE", f"/messages/{world['doomed']}")
    await sandbox.control("PUT", f"/messages/{world['own']}/reaction", json={"value": "👍"})
    for phone in ("5511988880000", "4915112340003"):
        await sandbox.control("PATCH", f"/contacts/{phone}", json={"offline": False, "name": "Renamed"})
    await sandbox.control("POST", f"/chats/{chat_id}/read", json={})
    await sandbox.control("PATCH", f"/groups/{chat_id}", json={"name": "Fair", "add": [STRANGER]})
    await sandbox.write(account_id, "new", chat_id=chat_id)
    return await sandbox.write(account_id, "a new chat", sender=STRANGER)


async def test_reads_return_the_state_at_sign_out(sandbox: Driver, receiver: Receiver) -> None:
    world = await world_of(sandbox)
    await sandbox.register(receiver)
    ids = (world["account_id"], world["chat_id"], world["theirs"])
    before = await answers(sandbox, *ids)
    status = f"/accounts/{world['account_id']}/status"
    await sandbox.control("POST", status, json={"status": "CREDENTIALS"})
    new = await change_everything(sandbox, world)
    assert await answers(sandbox, *ids) == before
    await sandbox.api("GET", f"/chats/{new['chat_id']}", 404)
    await sandbox.api("GET", f"/messages/{new['message_id']}", 404)
    shown = await sandbox.api("GET", f"/messages/{world['own']}")
    assert (shown["seen"], shown["delivered"], shown["reactions"]) == (0, 0, [])
    assert "message_reaction" not in receiver.events

    await sandbox.control("POST", status, json={"status": "OK"})
    assert await answers(sandbox, *ids) != before
    shown = await sandbox.api("GET", f"/messages/{world['own']}")
    assert (shown["seen"], shown["delivered"], shown["reactions"][0]["value"]) == (1, 1, "👍")
    assert (await sandbox.api("GET", f"/messages/{world['theirs']}"))["text"] == "edited"
    assert (await sandbox.api("GET", f"/messages/{world['doomed']}"))["deleted"] == 1
    assert (await sandbox.api("GET", f"/chats/{world['chat_id']}"))["name"] == "Fair"
    assert (await sandbox.api("GET", f"/chats/{new['chat_id']}"))["unread_count"] == 1
    await receiver.event("message_edited")


async def test_a_switch_makes_reads_stale_while_webhooks_go_on(sandbox: Driver, receiver: Receiver) -> None:
    world = await world_of(sandbox)
    await sandbox.register(receiver)
    ids = (world["account_id"], world["chat_id"], world["theirs"])
    before = await answers(sandbox, *ids)
    await sandbox.control("PATCH", "/faults", json={"stale_reads": True})
    new = await change_everything(sandbox, world)
    assert (await receiver.event("message_edited"))["message"] == "edited"
    assert await answers(sandbox, *ids) == before
    sent = await sandbox.send(world["chat_id"], "sent all the same")
    await sandbox.api("GET", f"/messages/{sent}", 404)
    # Signed out and back: the switch is still on.
    status = f"/accounts/{world['account_id']}/status"
    for value in ("CREDENTIALS", "OK"):
        await sandbox.control("POST", status, json={"status": value})
    assert await answers(sandbox, *ids) == before
    await sandbox.control("PATCH", "/faults", json={"stale_reads": False})
    assert (await sandbox.api("GET", f"/messages/{sent}"))["text"] == "sent all the same"
    assert (await sandbox.api("GET", f"/messages/{new['message_id']}"))["text"] == "a new chat"


async def test_the_switch_does_not_refresh_a_signed_out_account(sandbox: Driver) -> None:
    account_id = await sandbox.account()
    chat_id = (await sandbox.write(account_id, "before"))["chat_id"]
    other = await sandbox.account(phone_number="+5511900000002")
    await sandbox.control("POST", f"/accounts/{account_id}/status", json={"status": "STOPPED"})
    await sandbox.control("PUT", "/faults", json={"stale_reads": True})
    await sandbox.write(account_id, "missed")
    unheard = await sandbox.write(other, "unheard")
    await sandbox.control("PUT", "/faults", json={})
    listed = (await sandbox.api("GET", f"/chats/{chat_id}/messages"))["items"]
    assert [item["text"] for item in listed] == ["before"]
    assert (await sandbox.api("GET", f"/messages/{unheard['message_id']}"))["text"] == "unheard"


async def test_stale_reads_survive_a_restart_and_a_removed_chat_does_not(
    start: Start, tmp_path: Path
) -> None:
    first = await start(tmp_path)
    world = await world_of(first)
    removed = await first.write(world["account_id"], "gone", sender=STRANGER)
    await first.control("POST", f"/accounts/{world['account_id']}/status", json={"status": "CREDENTIALS"})
    await first.api("DELETE", f"/chats/{removed['chat_id']}")
    ids = (world["account_id"], world["chat_id"], world["theirs"])
    before = await answers(first, *ids)
    await change_everything(first, world)
    await first.client.close()
    second = await start(tmp_path)
    assert await answers(second, *ids) == before
    await second.control("POST", f"/accounts/{world['account_id']}/status", json={"status": "OK"})
    assert (await second.api("GET", f"/chats/{world['chat_id']}"))["name"] == "Fair"
