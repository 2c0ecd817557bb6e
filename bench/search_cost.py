"""Measures the latency of search: `python -m bench.search_cost`, on a temporary Postgres.

100,000 messages in 5,000 chats of one account, each with a contact; their tokens are indexed, then each query is run.
"""

import asyncio
import random
import statistics
import time
from collections.abc import Awaitable, Callable

from aiopg import Cursor

from docs.make_pictures import running
from server.store.db.database import Database
from server.store.search import search, search_index
from server.web.app_keys import DATABASE
from tests.browser.screens import sign_in_demo_user
from tests.support.factories import make_account

CHATS, MESSAGES, ROUNDS = 5_000, 100_000, 60
PAGE = 500
NAMES = ["ana", "bia", "chidi", "dora", "fátima", "hana", "jonas", "karim", "lea", "nils", "samira", "tomás"]
TOKENS = [
    a + b + c
    for a in "bcdfglmnprst"
    for b in ("a", "e", "io", "or")
    for c in ("", "tal", "ment", "ção", "ria")
]


async def fill(cursor: Cursor, account_id: int) -> None:
    """Insert the rows directly; texts are drawn from a vocabulary of a few hundred tokens."""
    contact_names = [
        f"{random.choice(NAMES).title()} {random.choice(TOKENS).title()} {n}" for n in range(CHATS)
    ]
    texts = [" ".join(random.choices(TOKENS, k=12)) for _ in range(MESSAGES)]
    values = {"account_id": account_id, "contact_names": contact_names, "texts": texts, "chats": CHATS}
    await cursor.execute("set local statement_timeout = 0")
    for statement in STATEMENTS:
        await cursor.execute(statement, values)


STATEMENTS = (
    """insert into channels_contact (account_id, provider_id, name, phone, named_at)
       select %(account_id)s, (4900000000 + n) || '@s.whatsapp.net', name, '+' || (4900000000 + n), now()
       from unnest(%(contact_names)s::text[]) with ordinality as x (name, n)""",
    """insert into channels_contact_alias (account_id, alias, contact_id)
       select account_id, provider_id, id from channels_contact""",
    """insert into channels_chat (account_id, provider_chat_id, kind, address, seq, last_message_at)
       select account_id, provider_id, 'direct', provider_id, id, now() from channels_contact""",
    """insert into channels_message (account_id, chat_id, provider_msg_id, direction, status, body, sent_at,
           seq, inserted_seq)
       select %(account_id)s, c.first + n %% %(chats)s, 'm' || n, 'in', 'received', body,
           now() - make_interval(mins => n::integer), n, n
       from unnest(%(texts)s::text[]) with ordinality as x (body, n),
           (select min(id) as first from channels_chat) c""",
    "update channels_account set seq = (select max(seq) from channels_message)",
)


async def write_all(database: Database, account_id: int) -> float:
    """Index all messages; returns the seconds it took."""
    begun = time.perf_counter()
    while not await database.write(search_index.write_tokens, account_id, PAGE):
        pass
    return time.perf_counter() - begun


async def time_query(name: str, query: Callable[[str], Awaitable[object]], wanted: list[str]) -> None:
    times = []
    for text in wanted * (ROUNDS // len(wanted)):
        begun = time.perf_counter()
        await query(text)
        times.append(1000 * (time.perf_counter() - begun))
    times.sort()
    print(f"{name:28} p50 {statistics.median(times):6.1f} ms   p95 {times[int(len(times) * 0.95)]:6.1f} ms")


async def main() -> None:
    """Insert the data, index it and run the queries."""
    random.seed(7)
    async with running() as stack:
        database, agent = stack.app[DATABASE], await sign_in_demo_user(stack)
        account_id, user_id = await make_account(stack, agent), agent.user_id
        await database.write(fill, account_id)
        seconds = await write_all(database, account_id)
        print(f"indexed {MESSAGES:,} messages        {seconds:.1f} s, {MESSAGES / seconds:,.0f} per second")
        await database.write(analyze)
        names, tokens = (
            ["hana", "tomas", "samira rio", "unknown"],
            ["bator", "gemen", "lio rata", "b", "nothing"],
        )
        await time_query(
            "contacts by name", lambda text: database.read(search.find_contacts, user_id, text), names
        )
        await time_query(
            "contacts by number",
            lambda text: database.read(search.find_contacts, user_id, text),
            ["+4900 12"],
        )
        await time_query("chats by name", lambda text: database.read(search.find_chats, user_id, text), names)
        for token in tokens:
            await time_query(
                f"messages with {token}", lambda text: find_messages(database, user_id, text), [token]
            )
        await time_query(
            "GET /api/search", lambda text: agent.ok("GET", f"/api/search?q={text}"), ["hana", "bator", "b"]
        )


async def analyze(cursor: Cursor) -> None:
    await cursor.execute("analyze")


async def find_messages(database: Database, user_id: int, text: str) -> object:
    return await database.read(search.find_messages, user_id, text, limit=50, after=None)


if __name__ == "__main__":
    asyncio.run(main())
