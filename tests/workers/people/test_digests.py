"""Digests by mail: one about all that is unread, after a while without a connection, and never twice."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest

from server.config import Config
from server.store.notifying import digests as rows
from tests.server.handlers.test_conversations import chat_path
from tests.server.handlers.test_notifications import make_pair, wait_for_lines, write_and_wait
from tests.server.handlers.test_user_feed import listen
from tests.support.factories import CHANNELS
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.mailbox import Mailbox, delivering
from tests.support.peers import Peer, Socket, eventually
from tests.support.ports import free_port
from tests.workers.people.test_mail import SENDER, mailed
from workers.context import PARTS, open_parts
from workers.people import digests

EMAIL, PREFERENCES, TEST = "ana@test.confab.local", "/api/me/preferences", "/api/me/notifications/test"
BY_MAIL = {"notifications": {"mine": {"mail": True}, "assigned": {"mail": True}}}


@dataclass
class Digests:
    """A Confab with a mail server; Ana owns a chat of Bia's, and chose mail."""

    stack: Stack
    mailbox: Mailbox
    port: int
    agent: Peer
    ana: Peer
    socket: Socket
    account_id: int
    chat_id: int

    async def write(self, text: str) -> None:
        await write_and_wait(self.stack, self.socket, text)

    async def assign(self) -> None:
        """The chat is given to Ana again."""
        for user_id in (None, self.ana.user_id):
            path = chat_path(self.account_id, self.chat_id, "/assignee")
            await self.agent.ok("PUT", path, {"user_id": user_id})

    async def wait_unread(self, count: int) -> None:
        await wait_for_lines(self.ana, count)

    async def grow_old(self) -> None:
        """Hours pass, without a connection."""
        await self.stack.execute("update notification set at = at - interval '3 hours'")
        await self.stack.execute(
            """update notification_digest set waiting_since = waiting_since - interval '3 hours', due_at = null,
                   mailed_at = mailed_at - interval '3 hours', sending_since = sending_since - interval '3 hours'"""
        )

    async def is_settled(self) -> bool:
        waits = "select from notification_digest where waiting_since is not null or sending_since is not null"
        return not await self.stack.execute(f"select 1 where exists ({waits})")

    async def has_notified(self) -> bool:
        """Whether all messages were looked at."""
        return not await self.stack.execute("select 1 where exists (select from notification_due)")

    async def next_mail(self, count: int = 1) -> Any:
        """The newest of this many mails to Ana; nothing else waits."""
        await self.grow_old()

        async def are_there() -> list[Any]:
            return self.mailbox.to(EMAIL)[count - 1 :]

        (message,) = await eventually(are_there)
        await eventually(self.is_settled)
        return message


@pytest.fixture
async def post(config: Config, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Digests]:
    monkeypatch.setattr("workers.periodic.DIGESTS_SECONDS", 0.2)
    port = free_port()
    async with run_stack(mailed(config, port)) as stack:
        agent, ana, account_id, chat_id = await make_pair(stack)
        await ana.ok("PUT", chat_path(account_id, chat_id, "/assignee"), {"user_id": ana.user_id})
        await ana.ok("PATCH", PREFERENCES, BY_MAIL)
        mailbox = Mailbox(needs_login=True)
        yield Digests(stack, mailbox, port, agent, ana, await agent.listen(), account_id, chat_id)


async def test_one_mail_is_about_all_that_is_unread_and_quotes_only_on_request(post: Digests) -> None:
    async with delivering(post.mailbox, post.port):
        await post.write("Ainda?")
        await post.write("Alô")
        await post.assign()
        await post.wait_unread(2)
        message = await post.next_mail()
        text = message.get_content()
        url = post.stack.config.web.public_url
        assert message["Subject"] == "Confab: 2 unread notifications"
        assert (message["From"], message["Auto-Submitted"]) == (SENDER, "auto-generated")
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert "Message in your chat: Bia Lima" in text
        assert f"{url}/inbox/{post.account_id}/{post.chat_id}" in text
        assert "Ainda" not in text
        await post.ana.ok("PATCH", "/api/me/notifications", {"all": True})
        await post.ana.ok("PATCH", PREFERENCES, {"previews": True, "language": "pt"})
        await post.write("Ainda?")
        await post.wait_unread(1)
        second = await post.next_mail(2)
        assert second["Subject"] == "Confab: 1 notificação não lida"
        assert "Ainda?" in second.get_content()
        assert second["Message-ID"] != message["Message-ID"]


async def test_nothing_is_mailed_while_connected_or_once_read_or_unwanted(post: Digests) -> None:
    async with delivering(post.mailbox, post.port):
        tab, _ = await listen(post.ana)
        await post.write("Ainda?")
        await post.wait_unread(1)
        await post.grow_old()

        async def is_postponed() -> bool:
            young = "select waiting_since > now() - interval '1 minute' from notification_digest"
            return await post.stack.execute(young) == [(True,)]

        await eventually(is_postponed)
        await tab.close()
        await post.ana.ok("PATCH", "/api/me/notifications", {"all": True})
        await post.grow_old()
        await eventually(post.is_settled)
        await post.write("Alô")
        await post.wait_unread(1)
        await post.ana.ok("PATCH", PREFERENCES, {"notifications": {"mine": {"mail": False}}})
        await post.grow_old()
        await eventually(post.is_settled)
        await post.agent.ok(
            "PATCH", chat_path(post.account_id, post.chat_id), {"muted_until": "2036-01-01T00:00:00.000Z"}
        )
        await post.ana.ok("PATCH", PREFERENCES, BY_MAIL)
        await post.ana.ok("PATCH", "/api/me/notifications", {"all": True})
        await post.write("Muted")
        await eventually(post.has_notified)
        await post.grow_old()
        assert await post.is_settled()
        assert post.mailbox.messages == []


async def test_nothing_is_mailed_of_a_chat_that_a_restricted_agent_lost(post: Digests) -> None:
    async with delivering(post.mailbox, post.port):
        await post.write("Ainda?")
        await post.wait_unread(1)
        member = f"{CHANNELS}/{post.account_id}/members/{post.ana.user_id}"
        await post.agent.ok("PUT", member, {"role": "agent", "restricted": True})
        path = chat_path(post.account_id, post.chat_id, "/assignee")
        await post.agent.ok("PUT", path, {"user_id": post.agent.user_id})
        await post.grow_old()
        await eventually(post.is_settled)
        assert post.mailbox.to(EMAIL) == []


async def test_a_link_in_the_mail_ends_them_without_signing_in(post: Digests) -> None:
    async with delivering(post.mailbox, post.port):
        await post.write("Ainda?")
        await post.wait_unread(1)
        message = await post.next_mail()
        path = urlsplit(message["List-Unsubscribe"].strip(" <>")).path
        shown = await post.stack.stranger.call("GET", path)
        assert (shown.status, shown.headers["Content-Type"].partition(";")[0]) == (200, "text/html")
        changed = await post.ana.ok("GET", PREFERENCES)
        assert changed["preferences"]["notifications"]["mine"]["mail"] is True
        user, _, signature = path.rpartition("/")[2].partition("-")
        wrong = (
            f"{int(user) + 1}-{signature}",
            f"{user}-{'A' * 32}",
            f"x-{signature}",
            f"{user}-%C2%84",
            "x",
        )
        for token in wrong:
            assert (await post.stack.stranger.call("POST", f"/unsubscribe/{token}")).status == 404
        one_click = {"Content-Type": "application/x-www-form-urlencoded"}
        for _ in range(2):
            answer = await post.stack.stranger.call(
                "POST", path, b"List-Unsubscribe=One-Click", headers=one_click
            )
            assert answer.status == 204
        chosen = (await post.ana.ok("GET", PREFERENCES))["preferences"]["notifications"]
        assert not [event for event, channels in chosen.items() if channels["mail"]]
        assert chosen["mine"]["bell"] is True


async def do_nothing(*_: object) -> None:
    """In place of a periodic task."""


async def test_a_worker_that_is_killed_before_it_notes_a_mail_sends_no_second(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The outcome of the first mail is never written, as after `kill -9`."""
    port, mailbox = free_port(), Mailbox(needs_login=True)
    monkeypatch.setattr("workers.periodic.queue_due_digests", do_nothing)  # the test runs the jobs
    async with run_stack(mailed(config, port)) as stack, delivering(mailbox, port):
        agent, ana, account_id, chat_id = await make_pair(stack)
        await ana.ok("PATCH", PREFERENCES, BY_MAIL)
        await agent.ok("PUT", chat_path(account_id, chat_id, "/assignee"), {"user_id": ana.user_id})
        await wait_for_lines(ana, 1)
        post = Digests(stack, mailbox, port, agent, ana, await agent.listen(), account_id, chat_id)
        await post.grow_old()
        async with open_parts(stack.config) as parts:
            ctx: dict[object, object] = {PARTS: parts}

            class KilledError(BaseException):
                pass

            async def die(*_: object) -> None:
                raise KilledError

            with monkeypatch.context() as killed, pytest.raises(KilledError):
                killed.setattr(rows, "finish_digest", die)
                await digests.send_digest(ctx, ana.user_id)
            for _ in range(2):
                await digests.send_digest(ctx, ana.user_id)
                await post.grow_old()
                await digests.queue_due_digests(parts)
        await eventually(post.is_settled)
    assert len(mailbox.messages) == 1


async def test_an_unreachable_server_gets_it_later_and_a_silent_one_not_again(post: Digests) -> None:
    await post.write("Ainda?")
    await post.wait_unread(1)
    await post.grow_old()

    async def was_tried() -> bool:
        tried = "select tries > 0 and sending_since is null from notification_digest"
        return await post.stack.execute(tried) == [(True,)]

    await eventually(was_tried)
    post.mailbox.is_silent = True
    async with delivering(post.mailbox, post.port):
        await post.next_mail()
        await post.grow_old()
        await eventually(post.is_settled)
    assert len(post.mailbox.messages) == 1


async def test_a_test_mail_comes_at_once(post: Digests) -> None:
    async with delivering(post.mailbox, post.port):
        assert (await post.ana.call("POST", TEST, {"channel": "mail"})).status == 202

        async def is_there() -> list[Any]:
            return post.mailbox.to(EMAIL)

        (message,) = await eventually(is_there)
    assert message["Subject"] == "Confab: A test"
    assert "/unsubscribe/" in message.get_content()
