"""Attachments over REST: ranges, caching, permissions, limits of a send, and invalid forms."""

import io
import time
from dataclasses import replace
from typing import Any

import pytest

from server.config import Config
from tests.support.factories import CHANNELS, add_member, make_account, make_chat
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.media_files import PDF, File, file_path, form, png, post
from tests.support.peers import Answer, Peer

PNG = ("foto.png", png(), "image/png")


async def make_chat_path(stack: Stack) -> tuple[Peer, int, str]:
    agent = await stack.sign_in()
    account_id = await make_account(stack, agent)
    chat_id = await make_chat(stack, account_id)
    return agent, account_id, f"{CHANNELS}/{account_id}/chats/{chat_id}/send"


async def send(peer: Peer, path: str, *files: File, **fields: str) -> dict[str, Any]:
    answer = await post(peer, path, form(*files, **fields))
    assert answer.status == 201, answer.raw
    message: dict[str, Any] = answer.body["message"]
    return message


async def stored_files(stack: Stack) -> int:
    return len([path for path in (stack.config.data_dir / "media").rglob("*") if path.is_file()])


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-3", 206, slice(0, 4)),
        ("bytes=4-", 206, slice(4, None)),
        ("bytes=-5", 206, slice(-5, None)),
        ("bytes=0-99999", 200, slice(None)),
        ("bytes=-99999", 200, slice(None)),
        ("bytes=0-1,3-4", 200, slice(None)),
        ("bytes=5-2", 200, slice(None)),
        ("bytes=-", 200, slice(None)),
        ("words=0-3", 200, slice(None)),
        ("bytes=99999-", 416, slice(0)),
        ("bytes=-0", 416, slice(0)),
    ],
)
async def test_one_range_is_answered_with_that_part(
    web_only: Stack, asked: str, status: int, part: slice
) -> None:
    agent, _, path = await make_chat_path(web_only)
    where = file_path(await send(agent, path, ("a.pdf", PDF, "application/pdf")))
    answer = await agent.call("GET", where, headers={"Range": asked})
    assert answer.status == status
    if status == 416:
        assert answer.headers["Content-Range"] == f"bytes */{len(PDF)}"
        assert answer.body["error"]["code"] == "range_not_satisfiable"
        return
    assert answer.raw == PDF[part]
    assert int(answer.headers["Content-Length"]) == len(answer.raw)
    if status == 206:
        begin = PDF.index(answer.raw)
        assert answer.headers["Content-Range"] == f"bytes {begin}-{begin + len(answer.raw) - 1}/{len(PDF)}"


async def test_cached_files_are_not_sent_again(web_only: Stack) -> None:
    agent, _, path = await make_chat_path(web_only)
    where = file_path(await send(agent, path, PNG))
    tag = (await agent.call("GET", where)).headers["ETag"]
    assert (await agent.call("GET", where, headers={"If-None-Match": tag})).status == 304
    assert (await agent.call("GET", where, headers={"If-None-Match": '"other"'})).status == 200
    ranged = {"Range": "bytes=0-3", "If-Range": tag}
    assert (await agent.call("GET", where, headers=ranged)).status == 206
    assert (await agent.call("GET", where, headers=ranged | {"If-Range": '"other"'})).status == 200


async def test_a_foreign_file_is_an_absent_one(web_only: Stack) -> None:
    agent, account_id, path = await make_chat_path(web_only)
    message = await send(agent, path, PNG)
    where = file_path(message)
    stranger, viewer = await web_only.sign_in("stranger"), await web_only.sign_in("viewer")
    await add_member(web_only, account_id, viewer, "viewer")
    other = await make_account(web_only, stranger, "acc-2")
    other_chat = await make_chat(web_only, other)
    wrong = [
        where.replace(f"/{account_id}/", f"/{other}/", 1),
        where.replace(f"/messages/{message['id']}/", "/messages/999/"),
        where.replace(f"/chats/{message['chat_id']}/", f"/chats/{other_chat}/"),
        where[:-1] + "x",
        where + "%00",
        where.replace(message["attachments"][0]["id"], "x" * 300),
    ]
    absent = await stranger.call("GET", where)
    for answer in [absent, *[await agent.call("GET", address) for address in wrong]]:
        assert (answer.status, answer.body["error"]["code"]) == (404, "not_found")
    assert (await stranger.call("POST", where + "/retry")).status == 404
    assert (await web_only.stranger.call("GET", where)).status == 401
    assert (await viewer.call("GET", where)).raw == png()
    assert (await viewer.call("POST", where + "/retry")).status == 403


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("foto da praia.png", "foto da praia.png"),
        ("prévia.png", "pr%C3%A9via.png"),
        # Browsers escape a quotation mark in a form, and nothing else.
        ("the %22new%22 offer.png", "the%20%22new%22%20offer.png"),
        ("100%25.png", "100%2525.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a.png", "a.png"),
        ("fatura\u202egnp.exe", "faturagnp.exe"),
        ("...", "file"),
    ],
)
async def test_a_file_name_is_stored_without_harmful_characters(
    web_only: Stack, name: str, expected: str
) -> None:
    agent, _, path = await make_chat_path(web_only)
    message = await send(agent, path, (name, png(), "image/png"))
    header = (await agent.call("GET", file_path(message))).headers["Content-Disposition"]
    assert header.endswith(f"filename*=UTF-8''{expected.replace(' ', '%20')}")
    assert "/" not in message["attachments"][0]["file_name"]


@pytest.fixture
async def small(config: Config) -> Any:
    """A web process that accepts two files of a thousand bytes."""
    limits = replace(config.media, max_upload_bytes=1000, max_upload_files=2)
    async with run_stack(replace(config, media=limits), with_workers=False) as running:
        yield running


async def post_invalid(stack: Stack, *files: File, **fields: str) -> Answer:
    agent, account_id, path = await make_chat_path(stack)
    answer = await post(agent, path, form(*files, **fields))
    (chat,) = await agent.chats(account_id)
    assert [m for m in await agent.messages(account_id, chat["id"]) if m["direction"] == "out"] == []
    return answer


async def test_a_file_that_is_too_large_is_rejected_and_leaves_no_file(small: Stack) -> None:
    answer = await post_invalid(small, ("a.bin", b"x" * 1001, "application/zip"))
    assert (answer.status, answer.body["error"]["code"]) == (413, "too_large")
    assert await stored_files(small) == 0


async def test_a_body_larger_than_other_routes_take_is_welcome_here_alone(web_only: Stack) -> None:
    agent, _, path = await make_chat_path(web_only)
    big = b"%PDF-1.7\n" + b"x" * 3_000_000
    message = await send(agent, path, ("a.pdf", big, "application/pdf"))
    assert (await agent.call("GET", file_path(message))).raw == big
    assert (await post(agent, path.replace("/send", ""), form(("a", big, "text/plain")))).status in (405, 413)


@pytest.mark.parametrize(
    ("files", "fields"),
    [
        ([("a.png", b"", "image/png")], {}),
        ([PNG] * 3, {}),
        ([], {}),
        ([], {"text": " "}),
        ([PNG], {"text": "x" * 65_537}),
        ([PNG], {"client_id": ""}),
        ([PNG], {"unknown": "1"}),
        ([PNG], {"voice_message": "perhaps"}),
    ],
)
async def test_a_form_that_is_no_send_is_invalid(
    small: Stack, files: list[File], fields: dict[str, str]
) -> None:
    answer = await post_invalid(small, *files, **fields)
    assert (answer.status, answer.body["error"]["code"]) == (422, "invalid")
    assert answer.body["error"]["fields"]


async def test_a_form_that_breaks_off_is_malformed(web_only: Stack) -> None:
    agent, _, path = await make_chat_path(web_only)
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    for raw in (b"", b"--x\r\n", b"nonsense", b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nabc'):
        answer = await agent.call("POST", path, raw, headers=headers)
        assert answer.status in (400, 422), (raw, answer.status)
    answer = await agent.call("POST", path, b"--x--", headers={"Content-Type": "multipart/form-data"})
    assert (answer.status, answer.body["error"]["code"]) == (400, "malformed")


async def test_files_are_not_stored_for_a_chat_that_the_caller_cannot_write_to(web_only: Stack) -> None:
    _, account_id, path = await make_chat_path(web_only)
    stranger, viewer = await web_only.sign_in("stranger"), await web_only.sign_in("viewer")
    await add_member(web_only, account_id, viewer, "viewer")
    for peer, status in ((stranger, 404), (viewer, 403)):
        assert (await post(peer, path, form(PNG))).status == status
    assert await stored_files(web_only) == 0


PART = b'--x\r\nContent-Disposition: form-data; name="text"\r\n'
ODD_FORMS = {
    "a part of many headers": PART
    + b"".join(b"X-%d: a\r\n" % n for n in range(500))
    + b"\r\nOi\r\n--x--\r\n",
    "a long header": PART + b"X: " + b"a" * 200_000 + b"\r\n\r\nOi\r\n--x--\r\n",
    "no header": b"--x\r\nnonsense\r\n\r\nOi\r\n--x--\r\n",
    "lines before the first part": b"a\r\n" * 300_000 + PART + b"\r\nOi\r\n--x--\r\n",
    "one line before the first part": b"a" * 300_000 + PART + b"\r\nOi\r\n--x--\r\n",
    "a name said many times": b"--x\r\nContent-Disposition: form-data; "
    + b'name*0="a"; ' * 500
    + b"\r\n\r\nOi\r\n--x--\r\n",
    "no disposition": b"--x\r\nContent-Disposition: ;;;\r\n\r\nOi\r\n--x--\r\n",
    "a form in a form": b"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\na\r\n--y--\r\n--x--\r\n",
    "many parts": b"".join(PART.replace(b"text", b"f%d" % n) + b"\r\n1\r\n" for n in range(5000))
    + b"--x--\r\n",
}


@pytest.mark.parametrize("what", ODD_FORMS)
async def test_a_malformed_form_is_rejected_cheaply(web_only: Stack, what: str) -> None:
    agent, account_id, path = await make_chat_path(web_only)
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    begun = time.process_time()
    answer = await agent.call("POST", path, data=io.BytesIO(ODD_FORMS[what]), headers=headers)
    assert answer.status in (400, 422), answer.raw
    assert answer.body["error"]["code"] in ("malformed", "invalid")
    assert time.process_time() - begun < 2
    (chat,) = await agent.chats(account_id)
    assert len(await agent.messages(account_id, chat["id"])) == 1


async def test_a_text_alone_may_come_as_a_form(web_only: Stack) -> None:
    agent, _, path = await make_chat_path(web_only)
    message = await send(agent, path, text="Oi", client_id="c-1")
    assert (message["body"], message["attachments"]) == ("Oi", [])


async def test_an_answer_with_a_file_quotes_a_message_of_its_chat_and_no_other(stack: Stack) -> None:
    agent = await stack.sign_in()
    account = await stack.make_account(agent)
    socket = await agent.listen()
    await stack.write("acc-1", "Qual delas?")
    (asked,) = await socket.wait_for_event("message:new", body="Qual delas?")
    path = f"{CHANNELS}/{account['id']}/chats/{asked['data']['chat_id']}/send"
    message = await send(agent, path, PNG, text="Esta.", quote_id=str(asked["data"]["id"]))
    assert message["quoted"]["body"] == "Qual delas?"
    for wrong in ("999", "one"):
        answer = await post(agent, path, form(PNG, quote_id=wrong))
        assert (answer.status, list(answer.body["error"]["fields"])) == (422, ["quote_id"])
