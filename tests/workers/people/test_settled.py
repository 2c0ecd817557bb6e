"""Notifications of a chat that a user has taken are settled, those too that are written while it is taken."""

from datetime import timedelta

from aiopg import Cursor

from server.store.notifying import settled
from server.web.app_keys import DATABASE
from tests.server.handlers.test_conversations import chat_path
from tests.server.handlers.test_notifications import kinds_of, unread_lines
from tests.support.factories import make_account, make_chats
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer

LISTED = "select chat_id from notification_settle order by 1"


async def taken_chat(stack: Stack) -> tuple[Peer, int]:
    """An agent and their chat: they took it while a statement that notifies of its message was running."""
    agent = await stack.sign_in()
    account_id = await make_account(stack, agent)
    (chat_id,) = await make_chats(stack, account_id, ["chat-1"])
    await agent.ok("PUT", chat_path(account_id, chat_id, "/assignee"), {"user_id": agent.user_id})
    return agent, chat_id


async def notify_late(stack: Stack, agent: Peer, chat_id: int) -> None:
    """The line that a statement writes which has read the chat before it was taken."""
    await stack.execute(
        """insert into notification (user_id, kind, account_id, chat_id, seq)
           select %s, 'unassigned', account_id, id, seq from channels_chat where id = %s""",
        *(agent.user_id, chat_id),
    )


async def settle(stack: Stack, *, after: int = 0) -> None:
    await stack.execute("update notification_settle set at = at - %s", timedelta(seconds=after))
    await stack.app[DATABASE].write(settled.settle_taken)


async def test_a_line_written_while_the_chat_was_taken_is_settled(web_only: Stack) -> None:
    """A statement ends after five seconds at most; the chat is looked at for longer."""
    agent, chat_id = await taken_chat(web_only)
    await settle(web_only)
    await notify_late(web_only, agent, chat_id)
    await settle(web_only, after=settled.SETTLING_SECONDS - 1)
    assert await unread_lines(agent) == []
    assert await web_only.execute(LISTED) == [(chat_id,)]
    await notify_late(web_only, agent, chat_id)
    await settle(web_only, after=1)
    assert await unread_lines(agent) == []
    assert await web_only.execute(LISTED) == []


async def test_a_chat_that_was_given_back_keeps_its_lines(web_only: Stack) -> None:
    agent, chat_id = await taken_chat(web_only)
    await web_only.execute("update channels_chat set assignee_id = null where id = %s", chat_id)
    await notify_late(web_only, agent, chat_id)
    await settle(web_only, after=settled.SETTLING_SECONDS)
    assert kinds_of(await unread_lines(agent)) == ["unassigned"]


async def test_settling_reads_the_lines_of_changed_chats_only(web_only: Stack) -> None:
    agent, chat_id = await taken_chat(web_only)
    await web_only.execute(
        """insert into notification (user_id, kind, account_id, seq)
           select %s, 'number_down', account_id, n from channels_chat, generate_series(1, 5000) n where id = %s""",
        *(agent.user_id, chat_id),
    )

    async def explain(cursor: Cursor) -> str:
        await cursor.execute("analyze notification")
        await cursor.execute(f"explain {settled.SETTLE}", {"seconds": 10})
        return "\n".join(row[0] for row in await cursor.fetchall())

    plan = await web_only.app[DATABASE].write(explain)
    assert "Index Cond: (chat_id = ANY" in plan, plan
    assert "Seq Scan on notification t" not in plan
