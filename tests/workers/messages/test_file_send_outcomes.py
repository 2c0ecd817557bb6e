"""Files whose send seemed to fail: two without text are distinguished, and never confused."""

from typing import Any

import pytest

from tests.support.media_files import form, png, post
from tests.support.send_harness import SendHarness, summary
from tests.support.worker_harness import written_by_us
from tests.workers.messages.test_send_outcomes import GET_MESSAGES, LOST, verify_due

SMALL, LARGE = png(7), png(123)
WENT, DID_NOT = {"accepted": True}, {"accepted": False}


async def ask(sender: SendHarness) -> None:
    """Two images without a caption in one send."""
    path = f"/api/channels/whatsapp/{sender.account_id}/chats/{sender.chat['id']}/send"
    files = [("a.png", SMALL, "image/png"), ("b.png", LARGE, "image/png")]
    assert (await post(sender.agent, path, form(*files, client_id="c"))).status == 201


async def lose(sender: SendHarness, *fates: dict[str, Any], **more: Any) -> None:
    """Both calls time out; `fates` says whether they were carried out. Reads fail meanwhile."""
    unseen = {"no_echo": True, "no_delivered": True, "no_read": True} | more
    hidden = GET_MESSAGES | {"status": 503}
    await sender.fail(routes=[*(LOST | {"status": 504} | fate for fate in fates), hidden], **unseen)
    for _ in fates:
        await sender.run_outbox()
    await sender.fail(**unseen)


async def outcomes(sender: SendHarness) -> list[tuple[str, str]]:
    return summary(sorted(await sender.sent(), key=lambda message: message["id"]))


async def sizes_at_the_customer(sender: SendHarness) -> list[int]:
    path = f"/sandbox/chats/{sender.chat['provider_chat_id']}/messages"
    items = (await sender.stack.sandbox.ok("GET", path))["items"]
    return [item["attachments"][0]["file_size"] for item in items if item["sender"] == "self"]


@pytest.mark.parametrize(
    ("fates", "wanted"),
    [
        ((WENT, WENT), ["sent", "sent"]),
        ((WENT, DID_NOT), ["sent", "unconfirmed"]),
        ((DID_NOT, WENT), ["unconfirmed", "sent"]),
        ((DID_NOT, DID_NOT), ["unconfirmed", "unconfirmed"]),
    ],
)
async def test_two_files_without_text_are_distinguished(
    sender: SendHarness, fates: tuple[dict[str, Any], ...], wanted: list[str]
) -> None:
    await ask(sender)
    await lose(sender, *fates)
    assert await outcomes(sender) == [("c", "unconfirmed"), ("c#2", "unconfirmed")]
    for _ in range(5):
        await verify_due(sender)
        await sender.run_outbox()
    assert await outcomes(sender) == [("c", wanted[0]), ("c#2", wanted[1])]
    went = [size for size, fate in zip((len(SMALL), len(LARGE)), fates, strict=True) if fate is WENT]
    assert await sizes_at_the_customer(sender) == went  # and nothing was sent again


async def test_a_picture_from_the_phone_is_not_taken_for_the_one_that_was_lost(
    sender: SendHarness,
) -> None:
    await ask(sender)
    await lose(sender, DID_NOT, DID_NOT)
    other = form(("c.png", png(55_555), "image/png"))
    path = f"{sender.stack.config.unipile.dsn}/api/v1/chats/{sender.chat['provider_chat_id']}/messages"
    session = sender.stack.sandbox.session
    async with session.post(path, data=other, headers={"X-API-KEY": "sandbox-key"}) as answer:
        assert answer.status == 201
    await verify_due(sender)
    assert await outcomes(sender) == [("c", "unconfirmed"), ("c#2", "unconfirmed")]


async def test_an_echo_finds_the_file_of_its_size(sender: SendHarness) -> None:
    await ask(sender)
    await lose(sender, DID_NOT, WENT)
    picture = {"id": "att-9", "type": "img", "file_size": len(LARGE), "mimetype": "image/png"}
    echo = written_by_us("", chat_id=sender.chat["provider_chat_id"], message_id="m-9")
    await sender.worker.store(echo | {"attachments": [picture]})
    assert await outcomes(sender) == [("c", "unconfirmed"), ("c#2", "sent")]


async def test_an_echo_of_another_size_finds_the_oldest_send_all_the_same(sender: SendHarness) -> None:
    """WhatsApp may have scaled the image down."""
    await ask(sender)
    await lose(sender, WENT, DID_NOT)
    picture = {"id": "att-9", "type": "img", "file_size": 3, "mimetype": "image/jpeg"}
    echo = written_by_us("", chat_id=sender.chat["provider_chat_id"], message_id="m-9")
    await sender.worker.store(echo | {"attachments": [picture]})
    assert await outcomes(sender) == [("c", "sent"), ("c#2", "unconfirmed")]
