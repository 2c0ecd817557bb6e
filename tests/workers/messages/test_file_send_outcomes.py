"""Files whose send seemed to fail: two without text are distinguished, and never confused."""

from typing import Any

import pytest

from tests.support.media_files import form, png, post
from tests.support.send_harness import Desk, summary
from tests.support.worker_harness import written_by_us
from tests.workers.messages.test_send_outcomes import GET_MESSAGES, LOST, verify_due

SMALL, LARGE = png(7), png(123)
WENT, DID_NOT = {"accepted": True}, {"accepted": False}


async def ask(desk: Desk) -> None:
    """Two images without a caption in one send."""
    path = f"/api/channels/whatsapp/{desk.account_id}/chats/{desk.chat['id']}/send"
    files = [("a.png", SMALL, "image/png"), ("b.png", LARGE, "image/png")]
    assert (await post(desk.agent, path, form(*files, client_id="c"))).status == 201


async def lose(desk: Desk, *fates: dict[str, Any], **more: Any) -> None:
    """Both calls time out; `fates` says whether they were carried out. Reads fail meanwhile."""
    unseen = {"no_echo": True, "no_delivered": True, "no_read": True} | more
    hidden = GET_MESSAGES | {"status": 503}
    await desk.fail(routes=[*(LOST | {"status": 504} | fate for fate in fates), hidden], **unseen)
    for _ in fates:
        await desk.work()
    await desk.fail(**unseen)


async def outcomes(desk: Desk) -> list[tuple[str, str]]:
    return summary(sorted(await desk.sent(), key=lambda message: message["id"]))


async def sizes_at_the_customer(desk: Desk) -> list[int]:
    path = f"/sandbox/chats/{desk.chat['provider_chat_id']}/messages"
    items = (await desk.stack.sandbox.ok("GET", path))["items"]
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
    desk: Desk, fates: tuple[dict[str, Any], ...], wanted: list[str]
) -> None:
    await ask(desk)
    await lose(desk, *fates)
    assert await outcomes(desk) == [("c", "unconfirmed"), ("c#2", "unconfirmed")]
    for _ in range(5):
        await verify_due(desk)
        await desk.work()
    assert await outcomes(desk) == [("c", wanted[0]), ("c#2", wanted[1])]
    went = [size for size, fate in zip((len(SMALL), len(LARGE)), fates, strict=True) if fate is WENT]
    assert await sizes_at_the_customer(desk) == went  # and nothing was ever sent again


async def test_a_picture_from_the_phone_is_not_taken_for_the_one_that_was_lost(desk: Desk) -> None:
    await ask(desk)
    await lose(desk, DID_NOT, DID_NOT)
    other = form(("c.png", png(55_555), "image/png"))
    path = f"{desk.stack.config.unipile.dsn}/api/v1/chats/{desk.chat['provider_chat_id']}/messages"
    session = desk.stack.sandbox.session
    async with session.post(path, data=other, headers={"X-API-KEY": "sandbox-key"}) as answer:
        assert answer.status == 201
    await verify_due(desk)
    assert await outcomes(desk) == [("c", "unconfirmed"), ("c#2", "unconfirmed")]


async def test_an_echo_finds_the_file_of_its_size(desk: Desk) -> None:
    await ask(desk)
    await lose(desk, DID_NOT, WENT)
    picture = {"id": "att-9", "type": "img", "file_size": len(LARGE), "mimetype": "image/png"}
    echo = written_by_us("", chat_id=desk.chat["provider_chat_id"], message_id="m-9")
    await desk.harness.store(echo | {"attachments": [picture]})
    assert await outcomes(desk) == [("c", "unconfirmed"), ("c#2", "sent")]


async def test_an_echo_of_another_size_finds_the_oldest_send_all_the_same(desk: Desk) -> None:
    """WhatsApp may have scaled the image down."""
    await ask(desk)
    await lose(desk, WENT, DID_NOT)
    picture = {"id": "att-9", "type": "img", "file_size": 3, "mimetype": "image/jpeg"}
    echo = written_by_us("", chat_id=desk.chat["provider_chat_id"], message_id="m-9")
    await desk.harness.store(echo | {"attachments": [picture]})
    assert await outcomes(desk) == [("c", "sent"), ("c#2", "unconfirmed")]
