"""Search finds exactly the messages that match, newest first, page by page, wherever it stops reading one by one."""

import random
from datetime import datetime, timedelta
from json import dumps
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest

from server.rules.contents import contents_of
from server.store.search import message_search, search_index
from server.store.search.tokenize import query_tokens, tokens_of
from tests.server.handlers.test_search_filters import FILE, PICTURE
from tests.support.factories import START, make_account, make_chat, make_contact
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer

WORDS = ("order", "offer", "orange", "paid", "a", "ab", "rare")
WEIGHTS = (30, 10, 10, 20, 10, 5, 1)
COUNT, SEARCHES = 160, 60


class Row(NamedTuple):
    """A message as it was stored."""

    sent_at: datetime
    id: int
    account_id: int
    chat_id: int
    sender: int | str
    body: str
    attachments: list[dict[str, Any]]


def is_wanted(row: Row, query: dict[str, Any]) -> bool:
    words = tokens_of(row.body)
    return (
        all(any(word.startswith(token) for word in words) for token in query_tokens(query.get("q", "")))
        and query.get("account", row.account_id) == row.account_id
        and query.get("chat", row.chat_id) == row.chat_id
        and query.get("from", row.sender) == row.sender
        and ("has" not in query or query["has"] in contents_of(row.body, row.attachments))
        and ("since" not in query or row.sent_at >= datetime.fromisoformat(query["since"]))
        and ("until" not in query or row.sent_at < datetime.fromisoformat(query["until"]))
    )


INSERT = """
    with given as (select * from jsonb_to_recordset(%s::jsonb) as x (id bigint, account_id bigint, chat_id bigint,
        sender text, body text, attachments jsonb, sent_at timestamptz))
    insert into channels_message (id, account_id, chat_id, provider_msg_id, direction, status, body, sent_at, seq,
        inserted_seq, sender, attachments)
    overriding system value
    select id, account_id, chat_id, 'm' || id, case when sender = 'me' then 'out' else 'in' end,
        case when sender = 'me' then 'read' else 'received' end, body, sent_at, id, id,
        (select jsonb_build_object('provider_id', provider_id) from channels_contact where id::text = given.sender),
        attachments
    from given"""


async def store(
    stack: Stack, chats: dict[int, int], contacts: dict[int, int], choose: random.Random
) -> list[Row]:
    """Messages in no order of time, several at one moment; some are deleted after they were indexed."""
    rows = []
    for number in range(COUNT):
        chat_id = choose.choice(list(chats))
        account_id = chats[chat_id]
        moment = START + timedelta(minutes=choose.randrange(40))
        senders: list[int | str] = ["me", *(one for one, owner in contacts.items() if owner == account_id)]
        sender = choose.choice(senders)
        body = " ".join(choose.choices(WORDS, WEIGHTS, k=2))
        attachments = [FILE | PICTURE] if choose.random() < 0.2 else []
        rows.append(Row(moment, 1_000 + number, account_id, chat_id, sender, body, attachments))
    given = [row._asdict() | {"sent_at": row.sent_at.isoformat()} for row in rows]
    await stack.execute(INSERT, dumps(given))
    await stack.execute("update channels_account set seq = %s", 1_000 + COUNT)
    return rows


def make_query(choose: random.Random, rows: list[Row]) -> dict[str, Any]:
    """A random search, mostly one that finds something."""
    row = choose.choice(rows)
    query = {
        "q": choose.choice(["o", "or", "order", "offer", "ord pai", "a", "ab", "rare", "order paid", "none"]),
        "account": row.account_id,
        "chat": row.chat_id,
        "from": row.sender,
        "has": choose.choice(["media", "file"]),
        "since": (row.sent_at - timedelta(minutes=choose.randrange(30))).isoformat(),
        "until": (row.sent_at + timedelta(minutes=choose.randrange(30))).isoformat(),
    }
    kept = {name: value for name, value in query.items() if choose.random() < 0.3}
    return kept if kept.keys() & {"q", "chat", "from", "has"} else kept | {"q": query["q"]}


async def read_pages(peer: Peer, query: dict[str, Any], limit: int) -> list[int]:
    """The ids of all pages; every page but the last is full."""
    ids: list[int] = []
    cursor: dict[str, str] = {}
    while True:
        page = await peer.ok("GET", f"/api/search?{urlencode({**query, 'limit': limit, **cursor})}")
        ids += [message["id"] for message in page["messages"]]
        if page["next_cursor"] is None:
            return ids
        assert len(page["messages"]) == limit
        cursor = {"cursor": page["next_cursor"]}


@pytest.mark.parametrize("walked", [1, 9, 4_000])
async def test_pages_are_what_reading_every_message_finds(
    web_only: Stack, monkeypatch: pytest.MonkeyPatch, walked: int
) -> None:
    monkeypatch.setattr(message_search, "WALKED", walked)
    monkeypatch.setattr(message_search, "WALKED_FOR_SHORT", 2 * walked)
    monkeypatch.setattr(search_index, "CATCH_UP", 10_000)
    choose = random.Random(walked)
    agent, stranger = await web_only.sign_in(), await web_only.sign_in("stranger")
    owners = [(agent, "acc-1"), (agent, "acc-2"), (stranger, "acc-3")]
    accounts = [await make_account(web_only, owner, external_id) for owner, external_id in owners]
    chats = {await make_chat(web_only, one, f"{one}-{n}"): one for one in accounts for n in range(3)}
    contacts = {await make_contact(web_only, one, f"{n}55"): one for one in accounts for n in (1, 2)}
    await web_only.execute("delete from channels_message")
    rows = await store(web_only, chats, contacts, choose)
    assert (await agent.ok("GET", "/api/search?q=order"))["is_complete"]
    await web_only.execute("update channels_message set deleted_at = now() where id % 7 = 3")
    visible = [row for row in rows if row.account_id in accounts[:2] and row.id % 7 != 3]
    for _ in range(SEARCHES):
        query = make_query(choose, visible)
        wanted = [row.id for row in sorted(visible, reverse=True) if is_wanted(row, query)]
        assert await read_pages(agent, query, choose.choice([1, 4, 50])) == wanted, query
