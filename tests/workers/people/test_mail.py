"""Links by mail: an invitation and a password reset send one each, and an unreachable mail server breaks nothing."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from structlog.testing import capture_logs

from server.auth.one_time_links import find_token, make_link
from server.auth.tokens import hash_token
from server.config import Config
from server.config.mail import Mail
from server.handlers import password_reset
from server.mail import MailAway, greet_mail_server
from server.queue import MAIL_QUEUE
from server.web.app_keys import DATABASE, REDIS
from tests.support.factories import audit_lines, sign_in_as
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.mailbox import PASSWORD as MAIL_PASSWORD
from tests.support.mailbox import USER, Mailbox, delivering
from tests.support.peers import Peer, eventually
from tests.support.ports import free_port
from workers.people import mail

EVA, PASSWORD, SENDER = "eva@x.example", "correct horse 4711", "Confab <inbox@x.example>"
USERS, FORGOT, ACCEPT = "/api/users", "/api/auth/forgot", "/api/auth/link/accept"
LINK = re.compile(r"/welcome#(\S+)")


@dataclass
class Post:
    """A Confab with a mail server, which runs inside `delivering`."""

    stack: Stack
    mailbox: Mailbox
    port: int

    async def token_for(self, email: str, count: int = 1) -> str:
        """The link's token in the newest of `count` mails to an address."""

        async def search() -> list[Any]:
            return self.mailbox.to(email)[count - 1 :]

        (message,) = await eventually(search)
        (token,) = LINK.findall(message.get_content())
        return str(token)

    async def ask(self, email: str) -> int:
        return (await self.stack.stranger.call("POST", FORGOT, {"email": email})).status

    async def waits(self) -> bool:
        """Whether any mail is pending."""

        async def read(cursor: Any) -> bool:
            await cursor.execute("select from user_link where mail_due_at is not null")
            return bool(cursor.rowcount)

        return await self.stack.app[DATABASE].read(read)

    async def is_done(self) -> bool:
        return not await self.waits()


def mailed(config: Config, port: int) -> Config:
    url = f"smtp://{USER}:{quote(MAIL_PASSWORD, safe='')}@127.0.0.1:{port}?starttls=never"
    return replace(
        config,
        mail=Mail(url=url, sender=SENDER, timeout_seconds=5.0, digest_minutes=10, digest_pause_minutes=60),
    )


@pytest.fixture
async def post(config: Config, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Post]:
    """The whole Confab; a delayed mail is retried soon."""
    monkeypatch.setattr(mail, "FIRST_BACKOFF_SECONDS", 0.5)
    monkeypatch.setattr(mail, "LONGEST_BACKOFF_SECONDS", 1.0)
    monkeypatch.setattr(password_reset, "DELAY_SECONDS", (0.0, 0.1))
    port = free_port()
    async with run_stack(mailed(config, port)) as stack:
        yield Post(stack, Mailbox(needs_login=True), port)


async def invite(owner: Peer, email: str = EVA) -> tuple[str, bool]:
    """(the link's token as the app shows it, whether it is also mailed)."""
    link = (await owner.ok("POST", USERS, {"email": email, "role": "agent"}))["link"]
    return link["url"].partition("#")[2], link["is_mailed"]


async def test_an_invitation_comes_by_mail_once_with_the_link_that_the_app_shows(post: Post) -> None:
    owner = await sign_in_as(post.stack, "owner")
    async with delivering(post.mailbox, post.port):
        shown, is_mailed = await invite(owner)
        assert is_mailed
        assert await post.token_for(EVA) == shown
        await eventually(post.is_done)
    (message,) = post.mailbox.messages
    assert (message["From"], message["To"], message["Auto-Submitted"]) == (SENDER, EVA, "auto-generated")
    assert message["Subject"] == "You are invited to Confab"
    assert "Hello eva," in message.get_content()
    await post.stack.stranger.ok("POST", ACCEPT, {"token": shown, "password": PASSWORD})


async def test_an_unreachable_mail_server_receives_the_mail_later(post: Post) -> None:
    owner = await sign_in_as(post.stack, "owner")
    with capture_logs() as logs:
        shown, _ = await invite(owner)

        async def put_off() -> bool:
            return any(line["event"] == "mail_postponed" for line in logs)

        await eventually(put_off)
        post.mailbox.rcpt = 450  # retry later
        async with delivering(post.mailbox, post.port):

            async def is_rejected() -> bool:
                return any(line.get("reason") == "deferred with 450" for line in logs)

            await eventually(is_rejected)
            post.mailbox.rcpt = 250
            assert await post.token_for(EVA) == shown
            await eventually(post.is_done)
    assert len(post.mailbox.messages) == 1
    logged = json.dumps(logs, default=str)
    assert not [word for word in (shown, EVA, MAIL_PASSWORD) if word in logged]


async def test_an_unknown_address_is_tried_once(post: Post) -> None:
    owner = await sign_in_as(post.stack, "owner")
    post.mailbox.rcpt = 550
    async with delivering(post.mailbox, post.port):
        shown, _ = await invite(owner)
        await eventually(post.is_done)
    assert post.mailbox.messages == []
    # The link is valid anyway for a user who receives it.
    await post.stack.stranger.ok("POST", ACCEPT, {"token": shown, "password": PASSWORD})


async def test_a_link_that_was_used_or_replaced_is_not_mailed(post: Post) -> None:
    owner = await sign_in_as(post.stack, "owner")
    used, _ = await invite(owner)
    await post.stack.stranger.ok("POST", ACCEPT, {"token": used, "password": PASSWORD})
    replaced, _ = await invite(owner, "bia@x.example")
    people = (await owner.ok("GET", USERS))["items"]
    (bia,) = [person["id"] for person in people if person["email"] == "bia@x.example"]
    link = (await owner.ok("POST", f"{USERS}/{bia}/link"))["link"]
    async with delivering(post.mailbox, post.port):
        token = await post.token_for("bia@x.example")
        await eventually(post.is_done)
    assert token == link["url"].partition("#")[2] != replaced
    assert len(post.mailbox.messages) == 1


async def test_a_password_reset_mails_one_link_to_its_user(post: Post) -> None:
    owner = await sign_in_as(post.stack, "owner")
    async with delivering(post.mailbox, post.port):
        shown, _ = await invite(owner)
        await post.token_for(EVA)
        await eventually(post.is_done)
        await post.stack.stranger.ok("POST", ACCEPT, {"token": shown, "password": PASSWORD})
        assert [await post.ask(email) for email in ("nobody@x.example", EVA)] == [204, 204]
        token = await post.token_for(EVA, 2)
        await eventually(post.is_done)
        assert await post.ask(EVA.upper()) == 204  # again: it has just been sent

        async def three_asked() -> bool:
            lines = await audit_lines(post.stack)
            return len([line for line in lines if line.action == "user.reset_asked"]) == 3

        await eventually(three_asked)
        await eventually(post.is_done)
    assert [message["To"] for message in post.mailbox.messages] == [EVA, EVA]
    assert post.mailbox.messages[1]["Subject"] == "A new password for Confab"
    body = {"token": token, "password": f"{PASSWORD} anew"}
    assert (await post.stack.stranger.ok("POST", ACCEPT, body))["user"]["email"] == EVA
    asked = [line for line in await audit_lines(post.stack) if line.action.startswith("user.reset")]
    assert {line.actor_id for line in asked if line.action == "user.reset_asked"} == {None}
    assert token not in repr(asked)


async def test_the_lookup_time_is_independent_of_the_request(config: Config) -> None:
    """In the same process, the work for known and unknown addresses would differ in the next request's latency."""
    async with run_stack(mailed(config, free_port()), with_workers=False) as stack:
        await sign_in_as(stack, "owner")
        for email in ("nobody@x.example", EVA, "owner@test.confab.local"):
            await stack.stranger.call("POST", FORGOT, {"email": email})
        waiting = await stack.app[REDIS].zrange(MAIL_QUEUE, 0, -1, withscores=True)
        pauses = []
        for job_id, due in waiting:
            queued = orjson.loads(await stack.app[REDIS].get(b"arq:job:" + job_id))
            pauses.append(due - queued["et"])
    assert len(set(pauses)) == 3
    first, last = (seconds * 1000 for seconds in password_reset.DELAY_SECONDS)
    # Redis counts from when it hears of the job, which on a busy machine is later.
    assert all(0 < first - 1 <= pause <= last + 20_000 for pause in pauses)


async def test_disabled_users_get_no_reset_link(post: Post) -> None:
    owner = await sign_in_as(post.stack, "owner")
    ana = await post.stack.sign_in("ana")
    await owner.ok("PATCH", f"{USERS}/{ana.user_id}", {"is_active": False})
    async with delivering(post.mailbox, post.port):
        assert await post.ask("ana@test.confab.local") == 204

        async def asked() -> bool:
            return any(line.action == "user.reset_asked" for line in await audit_lines(post.stack))

        await eventually(asked)
        assert not await post.waits()
    assert post.mailbox.messages == []


async def test_reset_requests_are_throttled_and_rejected_without_mail(post: Post, config: Config) -> None:
    assert [await post.ask("nobody@x.example") for _ in range(4)] == [204, 204, 204, 429]
    assert (await post.stack.stranger.call("POST", FORGOT, {"email": "none"})).status == 422
    assert (await post.stack.stranger.ok("GET", "/api/config"))["forgot_password"] is True
    async with run_stack(config, with_workers=False) as without:
        assert (await without.stranger.call("POST", FORGOT, {"email": EVA})).status == 404
        assert (await without.stranger.ok("GET", "/api/config"))["forgot_password"] is False
        shown, is_mailed = await invite(await sign_in_as(without, "owner"))
        assert (bool(shown), is_mailed) == (True, False)


async def test_nothing_is_sent_on_an_unprotected_connection(post: Post) -> None:
    url = (post.stack.config.mail.url or "").replace("?starttls=never", "")
    async with delivering(post.mailbox, post.port):
        with pytest.raises(MailAway):
            await greet_mail_server(replace(post.stack.config.mail, url=url))
        assert not [line for line in post.mailbox.heard if line.startswith((b"AUTH", b"MAIL"))]
        await greet_mail_server(post.stack.config.mail)
    post.mailbox.needs_login = False
    with pytest.raises(MailAway):
        await greet_mail_server(post.stack.config.mail)


def test_only_the_server_secret_derives_the_token() -> None:
    link = make_link("one secret", is_mailed=True)
    digest = hash_token(link.token)
    assert find_token(("another", "one secret"), link.nonce, digest) == link.token
    assert find_token(("another", ""), link.nonce, digest) is None
    assert make_link("one secret", is_mailed=True).token != link.token
