"""A page of chats costs what it shows, however many chats the account has."""

from typing import Any

import pytest

from server.store.chats.chat_lists import ChatListQuery, list_chats
from server.store.db.keyset_pages import Page
from server.web.app_keys import DATABASE
from tests.support.factories import make_account, make_chats
from tests.support.fixtures_stack import Stack

# What a connection has read lately, whichever way.
READ = """
    select coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::integer
    from pg_stat_xact_user_tables where relname = 'channels_message'"""

LOOK_UP = "; ".join(f"set local enable_{plan} = off" for plan in ("seqscan", "hashjoin", "mergejoin"))


@pytest.mark.parametrize("sort", ["recent", "waiting"])
async def test_a_page_reads_the_messages_of_its_own_chats_only(web_only: Stack, sort: str) -> None:
    agent = await web_only.sign_in()
    account_id = await make_account(web_only, agent)
    await make_chats(web_only, account_id, [f"chat-{n}" for n in range(20)])

    async def count_read(cursor: Any) -> int:
        await cursor.execute(READ)
        return int((await cursor.fetchone())[0])

    async def read(cursor: Any) -> tuple[Page, int]:
        # In a table of a few rows the planner may read all of them instead of looking them up.
        await cursor.execute(LOOK_UP)
        query, before = ChatListQuery(sort=sort), await count_read(cursor)
        page = await list_chats(cursor, agent.user_id, "whatsapp", account_id, query, limit=2, after=None)
        return page, await count_read(cursor) - before

    page, messages = await web_only.app[DATABASE].write(read)
    # One chat more than the page shows, to learn whether more follow.
    assert (len(page.items), messages) == (2, 3)
