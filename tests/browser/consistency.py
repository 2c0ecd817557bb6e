"""Compares a window (the open chat and the list) with a fresh fetch from the server."""

from typing import Any

from playwright.async_api import Page

from tests.support.peers import Peer, eventually

PATIENCE_SECONDS = 60.0
# A bubble and a row of the list as displayed.
SHOWN_THREAD = """
() => [...document.querySelectorAll("[data-testid=message]")].map((row) => {
  const text = (selector) => row.querySelector(selector)?.textContent ?? null
  const bubble = row.querySelector("[data-testid=message-bubble]")
  return {
    id: Number(row.dataset.messageId),
    direction: bubble?.dataset.direction ?? null,
    status: bubble?.dataset.status ?? null,
    text: text("[data-testid=message-text]") || text("[data-testid=message-event]") || null,
    quote: text("[data-testid=message-quote] [data-testid=quote-text]"),
    is_edited: row.querySelector("[data-testid=message-edited]") !== null,
    is_deleted: row.querySelector("[data-testid=message-deleted]") !== null,
    reactions: [...row.querySelectorAll("[data-testid=message-reaction]")]
      .map((mark) => mark.firstChild.textContent).sort(),
    attachments: [...row.querySelectorAll("[data-testid=attachment]")].map((item) => item.dataset.state),
  }
})
"""
SHOWN_CHATS = """
() => [...document.querySelectorAll("[data-testid=chat-item]")].map((row) => ({
  id: Number(row.dataset.chatId),
  title: row.querySelector("[data-testid=chat-title]").textContent,
  preview: row.querySelector(":is([data-testid=chat-preview], [data-testid=chat-typing])").textContent,
  unread: Number.parseInt(row.querySelector("[data-testid=chat-unread]")?.textContent ?? "0"),
}))
"""


def _plain(emoji: str) -> str:
    """WhatsApp displays some emojis with a variation selector and omits it in events."""
    return emoji.replace("\ufe0f", "")


def _thread_of(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the thread must show for these rows, given newest first."""
    return [
        {
            "id": message["id"],
            "direction": None if message["is_event"] else message["direction"],
            "status": None if message["is_event"] else message["status"],
            "text": message["body"] or None,
            "quote": (message["quoted"] and not message["deleted_at"] and message["quoted"]["body"]) or None,
            "is_edited": bool(message["edited_at"] and not message["deleted_at"]),
            "is_deleted": bool(message["deleted_at"]),
            "reactions": sorted({_plain(reaction["value"]) for reaction in message["reactions"]}),
            "attachments": [item["state"] for item in message["attachments"]],
        }
        for message in reversed(messages)
    ]


def _preview_of(chat: dict[str, Any]) -> str | None:
    """The second line of the row: the sender in groups, the type beside a caption, a length or a name, the text."""
    content = chat["last_message_content"]
    text: str | None = chat["last_message_preview"]
    if text is None or content is None or content["kind"] in ("text", "deleted", "unsupported"):
        shown = text
    elif content["has_text"]:
        shown = f"{content['kind'].capitalize()}, {text}"
    elif content["duration"] is not None:
        shown = f"{text}, {content['duration'] // 60}:{content['duration'] % 60:02}"
    elif content["kind"] == "file" and content["name"]:
        shown = f"File, {content['name']}"
    else:
        shown = text
    return f"{content['sender'].split()[0]}: {shown}" if content and content["sender"] else shown


def _list_of(chats: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "id": chat["id"],
            "title": chat["title"],
            "preview": _preview_of(chat),
            "unread": chat["unread_count"],
        }
        for chat in chats
        if not chat["archived"]
    ]


async def _shown(page: Page) -> dict[str, Any]:
    thread = await page.evaluate(SHOWN_THREAD)
    for bubble in thread:
        bubble["reactions"] = sorted(_plain(value) for value in bubble["reactions"])
    return {"thread": thread, "chats": await page.evaluate(SHOWN_CHATS)}


async def _fetched(agent: Peer, account_id: int, chat_id: int) -> dict[str, Any]:
    return {
        "thread": _thread_of(await agent.messages(account_id, chat_id)),
        "chats": _list_of(await agent.chats(account_id)),
    }


async def expect_in_sync(page: Page, agent: Peer, account_id: int, chat_id: int) -> None:
    """The window shows each message of the open chat and each chat once, in the order of a fresh fetch."""
    shown: dict[str, Any] = {}
    fetched: dict[str, Any] = {}

    async def is_same() -> bool:
        nonlocal shown, fetched
        shown, fetched = await _shown(page), await _fetched(agent, account_id, chat_id)
        return shown == fetched

    try:
        await eventually(is_same, PATIENCE_SECONDS)
    except TimeoutError:
        assert shown == fetched
        raise
