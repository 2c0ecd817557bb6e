"""A chat with many messages, stored directly, and what of it is on the screen."""

from typing import Any

from playwright.async_api import Page

from server.web.app_keys import DATABASE
from tests.browser.screens import Inbox, connect_account
from tests.support.fixtures_browser import Windows
from tests.support.fixtures_stack import Stack

NAME = "Bia Lima"
ADD_CHAT = """
    insert into channels_chat (account_id, provider_chat_id, kind, title, seq, last_message_at, last_message_preview)
    values (%s, 'long-chat', 'direct', %s, 0, now(), %s) returning id"""
ADD_MESSAGES = """
    insert into channels_message (account_id, chat_id, provider_msg_id, direction, status, body, sent_at, seq,
        inserted_seq)
    select %(account_id)s, %(chat_id)s, 'long-' || n, case when n %% 3 = 0 then 'out' else 'in' end,
        case when n %% 3 = 0 then 'read' else 'received' end, 'Message ' || n || '.',
        now() - make_interval(mins => 10 * (%(count)s - n)), 0, 0
    from generate_series(0, %(count)s - 1) n"""
ADD_CHATS = """
    insert into channels_chat (account_id, provider_chat_id, kind, title, seq, last_message_at, last_message_preview)
    select %s, 'chat-' || n, 'direct', 'Chat ' || n || '.', 0, now() - make_interval(mins => n), 'Message ' || n
    from generate_series(1, %s) n"""
# Resolves after this many frames: what the app does by itself after a change has happened by then.
PASS_FRAMES = """
(count) => new Promise((resolve) => {
  const step = (left) => (left === 0 ? resolve() : requestAnimationFrame(() => step(left - 1)))
  step(count)
})
"""


async def fill_thread(demo: Stack, account_id: int, count: int) -> int:
    """A chat with messages "Message 0." and so on, ten minutes apart, all read; returns its id."""

    async def add(cursor: Any) -> int:
        await cursor.execute(ADD_CHAT, (account_id, NAME, f"Message {count - 1}."))
        (chat_id,) = await cursor.fetchone()
        await add_messages(cursor, account_id, chat_id, count)
        return int(chat_id)

    chat_id: int = await demo.app[DATABASE].write(add)
    return chat_id


async def add_messages(cursor: Any, account_id: int, chat_id: int, count: int) -> None:
    """Messages "Message 0." and so on, ten minutes apart, all read."""
    await cursor.execute(ADD_MESSAGES, {"account_id": account_id, "chat_id": chat_id, "count": count})


async def fill_list(cursor: Any, account_id: int, count: int) -> None:
    """Chats "Chat 1." (the newest) and so on, a minute apart, all read."""
    await cursor.execute(ADD_CHATS, (account_id, count))


async def open_long_thread(demo: Stack, windows: Windows, count: int, **options: Any) -> Inbox:
    """A window with the chat open, at its newest message."""
    account_id = await connect_account(demo)
    chat_id = await fill_thread(demo, account_id, count)
    inbox = await Inbox.signed_in(windows, demo, f"/inbox/{account_id}/{chat_id}", **options)
    await inbox.bubble(f"Message {count - 1}.").wait_for()
    return inbox


async def pass_frames(page: Page, count: int = 12) -> None:
    """Let the page draw this many frames."""
    await page.evaluate(PASS_FRAMES, count)
