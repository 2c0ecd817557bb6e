"""Lists of messages, and how a message changes afterwards."""

from tests.sandbox.driver import LEA, Driver, Receiver


async def test_messages_are_paged_globally_and_per_chat_without_gaps_or_repeats(sandbox: Driver) -> None:
    account_id, other = await sandbox.account(), await sandbox.account()
    written = [await sandbox.write(account_id, str(index)) for index in range(9)]
    foreign = await sandbox.write(other, "foreign")
    for path in (
        f"/messages?account_id={account_id}&limit=4",
        f"/chats/{written[0]['chat_id']}/messages?limit=4",
    ):
        items, cursor = [], None
        while True:
            page = await sandbox.api(
                "GET", path.split("?")[0] + (f"?cursor={cursor}" if cursor else "?" + path.split("?")[1])
            )
            items += page["items"]
            cursor = page["cursor"] and page["cursor"].replace("+", "%2B")
            if cursor is None:
                break
            # Messages that arrive meanwhile do not shift the pages.
            await sandbox.write(account_id, "later")
        assert [item["text"] for item in items if item["text"] != "later"] == [
            str(n) for n in range(8, -1, -1)
        ]
    everything = await sandbox.api("GET", "/messages?limit=250")
    assert foreign["message_id"] in {item["id"] for item in everything["items"]}
    times = [item["timestamp"] for item in everything["items"]]
    assert times == sorted(times, reverse=True)


async def test_before_after_and_sender_narrow_the_list(sandbox: Driver) -> None:
    account_id = await sandbox.account()
    written = [await sandbox.write(account_id, str(index)) for index in range(3)]
    await sandbox.write(account_id, "Hallo", sender=LEA)
    middle = await sandbox.api("GET", f"/messages/{written[1]['message_id']}")

    async def texts(**params: str) -> list[str]:
        return [item["text"] for item in (await sandbox.api("GET", "/messages", params=params))["items"]]

    assert await texts(before=middle["timestamp"]) == ["0"]
    assert await texts(after=middle["timestamp"]) == ["Hallo", "2"]
    assert await texts(sender_id=middle["sender_id"]) == ["2", "1", "0"]
    assert await texts(sender_id=middle["sender_attendee_id"], after=middle["timestamp"]) == ["2"]


async def test_a_late_message_is_listed_by_its_time(sandbox: Driver) -> None:
    account_id = await sandbox.account()
    chat_id = (await sandbox.write(account_id, "now"))["chat_id"]
    await sandbox.write(account_id, "long ago", timestamp="2020-01-01T00:00:00.000Z", silent=True)
    items = (await sandbox.api("GET", f"/chats/{chat_id}/messages"))["items"]
    assert [item["text"] for item in items] == ["now", "long ago"]
    assert (await sandbox.api("GET", f"/chats/{chat_id}"))["timestamp"] == items[0]["timestamp"]


async def test_edits_deletions_and_reactions_send_webhooks(sandbox: Driver, receiver: Receiver) -> None:
    account_id = await sandbox.account()
    chat_id = (await sandbox.write(account_id))["chat_id"]
    message_id = await sandbox.send(chat_id, "first")
    await sandbox.register(receiver, events=["message_edited", "message_deleted", "message_reaction"])
    path = f"/messages/{message_id}"
    await sandbox.api("PATCH", path, json={"text": "second"})
    await sandbox.api("POST", f"{path}/reactions", 201, json={"reaction": "👍"})
    await sandbox.control("PUT", f"{path}/reaction", json={"value": "❤️"})
    await sandbox.control("PUT", f"{path}/reaction", json={"value": "😂"})
    message = await sandbox.api("GET", path)
    assert (message["text"], message["edited"]) == ("second", 1)
    assert [(item["value"], item["is_sender"]) for item in message["reactions"]] == [
        ("👍", True),
        ("😂", False),
    ]
    await sandbox.api("POST", f"{path}/reactions", 201, json={"reaction": ""})
    await sandbox.api("DELETE", path)
    await receiver.until(lambda items: len(items) == 6)
    bodies = [item.body for item in receiver.deliveries]
    assert bodies[0]["message"] == "second" and bodies[0]["message_id"] == message_id
    assert [body["reaction"] for body in bodies[1:5]] == ["👍", "❤️", "😂", ""]
    assert bodies[2]["reaction_sender"]["attendee_name"] == "Bia Lima"
    assert bodies[5]["event"] == "message_deleted" and bodies[5]["message"] is None
    assert (await sandbox.api("GET", path))["deleted"] == 1


async def test_only_own_messages_can_be_edited_and_deleted(sandbox: Driver) -> None:
    message_id = (await sandbox.write(await sandbox.account()))["message_id"]
    await sandbox.api("PATCH", f"/messages/{message_id}", 403, json={"text": "x"})
    await sandbox.api("DELETE", f"/messages/{message_id}", 403)
    await sandbox.api("POST", f"/messages/{message_id}/reactions", 400, json={})
    await sandbox.api("POST", f"/messages/{message_id}/reactions", 400, json={"reaction": "x" * 33})


async def test_a_late_edit_reports_success_and_changes_nothing(sandbox: Driver) -> None:
    chat_id = (await sandbox.write(await sandbox.account()))["chat_id"]
    message_id = await sandbox.send(chat_id, "first")
    sandbox.clock.now += 16 * 60
    await sandbox.api("PATCH", f"/messages/{message_id}", json={"text": "second"})
    assert (await sandbox.api("GET", f"/messages/{message_id}"))["text"] == "first"
    sandbox.clock.now += 49 * 3600
    await sandbox.api("DELETE", f"/messages/{message_id}")
    assert (await sandbox.api("GET", f"/messages/{message_id}"))["deleted"] == 0
