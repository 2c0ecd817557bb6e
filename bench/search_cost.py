"""Measures the latency of search: `python -m bench.search_cost [messages [chats]]`, on a temporary Postgres.

By default a million messages in 5,000 chats of four accounts, seven tenths of them in one account and a tenth in one
chat, each chat with a contact; half are the account's own, by two users and the phone, every twentieth is a picture,
every fiftieth a file. The newer half was stored as it came, the older half as a history in no order. They are indexed,
then each search is run.
"""

import asyncio
import random
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from json import dumps

from aiopg import Cursor

from docs.make_pictures import running
from server.store.db.database import Database
from server.store.db.keyset_pages import Key
from server.store.search import message_search, search, search_index
from server.store.search.facets import AuthorFacet, Facets
from server.store.search.message_search import MessageSearch
from server.web.app_keys import DATABASE
from tests.browser.screens import sign_in_demo_user
from tests.server.handlers.test_search_filters import FILE, OFFER, PICTURE
from tests.support.factories import make_account

ROUNDS, LIMIT = 20, 50
MESSAGES = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
CHATS = int(sys.argv[2]) if len(sys.argv) > 2 else 5_000
Find = Callable[[Cursor, int, str, Sequence[int]], Awaitable[object]]
PAGE, PART = 500, 50_000
NAMES = ["ana", "bia", "chidi", "dora", "fátima", "hana", "jonas", "karim", "lea", "nils", "samira", "tomás"]
TOKENS = [
    a + b + c
    for a in "bcdfglmnprst"
    for b in ("a", "e", "io", "or")
    for c in ("", "tal", "ment", "ção", "ria")
]
# Words by how many messages have one of them; `faded` is in every tenth of the older half.
SHARES = {"often": 2, "tenth": 10, "hundredth": 100, "thousandth": 1_000, "rare": 100_000}


def text_of(index: int) -> str:
    """Twelve words of a vocabulary of a few hundred, and those whose share is known."""
    words = random.choices(TOKENS, k=12)
    words += [f"x{word}" for word, share in SHARES.items() if index % share == share // 2]
    if index % 10 == 3 and index > MESSAGES // 2:
        words.append("xfaded")
    return " ".join(words)


async def fill(database: Database, accounts: list[int]) -> None:
    """Insert the rows directly."""
    contact_names = [
        f"{random.choice(NAMES).title()} {random.choice(TOKENS).title()} {n}" for n in range(CHATS)
    ]
    values = {"accounts": accounts, "contact_names": contact_names, "half": MESSAGES // 2, "chats": CHATS}
    values |= {"picture": dumps([FILE | PICTURE]), "file": dumps([FILE | OFFER])}
    for statement in STATEMENTS:
        await database.write(execute, statement, values)
    for begin in range(0, MESSAGES, PART):
        texts = [text_of(begin + 1 + n) for n in range(min(PART, MESSAGES - begin))]
        await database.write(execute, INSERT_MESSAGES, {**values, "begin": begin, "texts": texts})
    await database.write(execute, "update channels_account set seq = %(seq)s", {"seq": MESSAGES})
    await database.write(analyze)


async def execute(cursor: Cursor, statement: str, values: Mapping[str, object]) -> None:
    await cursor.execute("set local statement_timeout = 0")
    await cursor.execute(statement, values)


async def analyze(cursor: Cursor) -> None:
    await cursor.execute("analyze")


# Chats are numbered from 0 on: seven of ten are in the first account.
STATEMENTS = (
    """insert into channels_contact (account_id, provider_id, whatsapp_name, phone, named_at)
       select (%(accounts)s::bigint[])[1 + greatest(n %% 10 - 6, 0)], (4900000000 + n) || '@s.whatsapp.net', name,
           '+' || (4900000000 + n), now()
       from unnest(%(contact_names)s::text[]) with ordinality as x (name, n)""",
    """insert into channels_contact_alias (account_id, alias, contact_id)
       select account_id, provider_id, id from channels_contact""",
    """insert into channels_chat (account_id, provider_chat_id, kind, address, seq, last_message_at)
       select account_id, provider_id, 'direct', provider_id, id, now() from channels_contact order by id""",
)
INSERT_MESSAGES = """
    insert into channels_message (account_id, chat_id, provider_msg_id, direction, status, body, sent_at,
           seq, inserted_seq, author_kind, author_id, sender, attachments)
       select c.account_id, c.id, 'm' || n, case when own then 'out' else 'in' end,
           case when own then 'read' else 'received' end, body,
           now() - make_interval(mins => (case when n <= %(half)s then n else
               %(half)s + n * 7919 %% %(half)s end)::integer),
           n, n, case when not own then null when n %% 10 = 0 then 'phone' else 'user' end,
           case when own and n %% 10 <> 0 then case when n %% 1000 = 1 then 2 else 1 end end,
           case when own then null else
               jsonb_build_object('provider_id', c.address, 'name', null, 'phone', null) end,
           case when n %% 20 = 0 then %(picture)s when n %% 50 = 1 then %(file)s else '[]' end::jsonb
       from (select body, %(begin)s + number as n, (%(begin)s + number) / 3 %% 2 = 0 as own
             from unnest(%(texts)s::text[]) with ordinality as given (body, number)) x
       join (select id, account_id, address, row_number() over (order by id) as number from channels_chat) c
           on c.number = case when n %% 10 = 5 then 1 else 1 + n * 31 %% %(chats)s end"""


async def write_all(database: Database, accounts: list[int]) -> float:
    """Index all messages; returns the seconds it took."""
    begun = time.perf_counter()
    for account_id in accounts:
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
    print(f"{name:36} p50 {statistics.median(times):6.1f} ms   p95 {times[int(len(times) * 0.95)]:6.1f} ms")


async def time_messages(database: Database, user_id: int, accounts: list[int]) -> None:
    """Each kind of search: first pages, and pages near the end."""
    for name, wanted, after in [
        *[
            (f"word {word}", MessageSearch(accounts, f"x{word}"), None)
            for word in (*SHARES, "faded", "nothing")
        ],
        ("two words", MessageSearch(accounts, "lio rata"), None),
        ("one letter", MessageSearch(accounts, "b"), None),
        ("one account, word hundredth", MessageSearch(accounts[-1:], "xhundredth"), None),
        *await database.read(list_filtered, accounts),
        *[(f"last page, {word}", MessageSearch(accounts, f"x{word}"), last_page(word)) for word in SHARES],
    ]:

        async def find(_: str, wanted: MessageSearch = wanted, after: Key | None = after) -> object:
            return await database.read(
                message_search.find_messages, user_id, wanted, limit=LIMIT, after=after
            )

        await time_query(name, find, [name])


def last_page(word: str) -> Key:
    """A position with about thirty matches below it."""
    left = min(30 * SHARES[word], MESSAGES)
    return (datetime.now(UTC) - timedelta(minutes=MESSAGES - left)).isoformat(), 0


async def list_filtered(cursor: Cursor, accounts: list[int]) -> list[tuple[str, MessageSearch, None]]:
    """Each filter with any text, a rare and a frequent word, and one letter."""
    await cursor.execute("select id, address from channels_chat order by id limit 1 offset %s", (CHATS // 2,))
    chat_id, address = await cursor.fetchone()
    await cursor.execute("select min(id) from channels_chat")
    large = (await cursor.fetchone())[0]
    until = (datetime.now(UTC) - timedelta(minutes=MESSAGES * 3 // 4)).isoformat()
    since = (datetime.now(UTC) - timedelta(minutes=MESSAGES * 7 // 8)).isoformat()
    whole = MessageSearch(accounts)
    filters = {
        "own": whole._replace(facets=Facets(is_own=True)),
        "by a busy user": whole._replace(facets=Facets(author=AuthorFacet("user", 1))),
        "by another user": whole._replace(facets=Facets(author=AuthorFacet("user", 2))),
        "by no user": whole._replace(facets=Facets(author=AuthorFacet("user", 3))),
        "from the phone": whole._replace(facets=Facets(author=AuthorFacet("phone", None))),
        "with a picture": whole._replace(facets=Facets(content="media")),
        "with a file": whole._replace(facets=Facets(content="file")),
        "with a place": whole._replace(facets=Facets(content="location")),
        "small chat": whole._replace(facets=Facets(chat_id)),
        "large chat": whole._replace(facets=Facets(large)),
        "own of the large chat": whole._replace(facets=Facets(large, is_own=True)),
        "from one contact": whole._replace(facets=Facets(senders=[address])),
        "between two dates": whole._replace(since=since, until=until),
    }
    return [
        (f"{name}, {text or 'any text'}", wanted._replace(text=text), None)
        for name, wanted in filters.items()
        for text in (None, "xrare", "xhundredth", "xoften", "b")
        if text or wanted.facets != Facets()
    ]


async def time_names(database: Database, user_id: int, accounts: list[int]) -> None:
    """Contacts and chats by name and by number."""
    for name, texts in (("name", ["hana", "tomas", "samira rio", "unknown"]), ("number", ["+4900 12"])):
        for kind, find in (("contacts", search.find_contacts), ("chats", search.find_chats)):

            async def run(text: str, find: Find = find) -> object:
                return await database.read(find, user_id, text, accounts)

            await time_query(f"{kind} by {name}", run, texts)


async def main() -> None:
    """Insert the data, index it and run the searches."""
    random.seed(7)
    async with running() as stack:
        database, agent = stack.app[DATABASE], await sign_in_demo_user(stack)
        accounts = [await make_account(stack, agent, f"acc-{n}") for n in range(4)]
        await fill(database, accounts)
        seconds = await write_all(database, accounts)
        print(f"indexed {MESSAGES:,} messages in {seconds:.1f} s, {MESSAGES / seconds:,.0f} per second")
        await database.write(analyze)
        await time_names(database, agent.user_id, accounts)
        await time_messages(database, agent.user_id, accounts)
        await time_query(
            "GET /api/search",
            lambda text: agent.ok("GET", f"/api/search?q={text}"),
            ["hana", "xrare", "xoften", "b"],
        )


if __name__ == "__main__":
    asyncio.run(main())
