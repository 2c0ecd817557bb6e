"""Measures the minimum cost of a page: a bare handler with the same statement, the lower bound of compare.py's `rest`.

    python bench/rest_floor.py --database URL --port PORT

serves `/unchanged/…`, which reads who asks and the version of the page and answers bytes that are ready, and
`/changed/…`, which runs the page's query and joins its rows. There are no tokens, limits, permissions, headers or
retries. compare.py starts it on the database of its load, and calls `measure`.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import aiopg  # noqa: E402 - the path is set above
import uvloop  # noqa: E402
from aiohttp import web  # noqa: E402

from server.store.accounts.page_versions import PageReader, fetch_page_checks  # noqa: E402
from server.store.chats.chat_lists import ChatListQuery, list_chats  # noqa: E402
from server.store.db import prepared  # noqa: E402
from server.store.db.database import FOR_PREPARED  # noqa: E402
from server.store.db.keyset_pages import Page  # noqa: E402
from server.store.messages.messages import list_messages  # noqa: E402

PROVIDER, LIMIT, POOL = "whatsapp", 50, 8
# What load.mjs has stored last.
FIND_LATEST = """
    select m.user_id, m.account_id, array(select c.id from channels_chat c where c.account_id = m.account_id order by 1)
    from channels_account_member m order by m.account_id desc limit 1"""
Read = Callable[[aiopg.Cursor], Awaitable[Page]]
# The closed loop of load.mjs over some paths.
CLIENT = """
import { Client } from 'undici'
const [url, seconds, ...paths] = process.argv.slice(1)
const latencies = []
let n = 0
const work = async (client) => {
  const begun = performance.now()
  const { body } = await client.request({ method: 'GET', path: paths[n++ % paths.length] })
  await body.dump()
  latencies.push(performance.now() - begun)
}
const end = performance.now() + seconds * 1000
await Promise.all(Array.from({ length: 32 }, async () => {
  const client = new Client(url)
  while (performance.now() < end) await work(client)
}))
latencies.sort((a, b) => a - b)
const p95 = Number(latencies[Math.floor(latencies.length * 0.95)].toFixed(2))
console.log(JSON.stringify({ per_s: Math.round(latencies.length / seconds), ms: { p95 } }))
process.exit(0)
"""


def measure(load: Path, url: str, kind: str, seconds: int) -> dict[str, Any]:
    """Ask the floor at `url` for pages of this kind, `unchanged` or `changed`; the figures of load.mjs's `rest`."""

    def run(*paths: str) -> Any:
        command = ["node", "--input-type=module", "-e", CLIENT, url, str(seconds), *paths]
        done = subprocess.run(command, cwd=load, check=True, capture_output=True, text=True)
        return json.loads(done.stdout)

    chats = run(f"/{kind}/chats")
    return {"chats": chats, "messages": run(*(f"/{kind}/messages/{n}" for n in range(LIMIT)))}


class Floor:
    """The handlers."""

    def __init__(self, pool: aiopg.Pool, reader: PageReader, chat_ids: list[int]) -> None:
        self._pool = pool
        self._reader = reader
        self._chat_ids = chat_ids
        self._bodies: dict[str, bytes] = {}

    async def show_unchanged(self, request: web.Request) -> web.Response:
        body = self._bodies.get(request.path)
        if body is None:
            body = self._bodies[request.path] = await self._read(request)
        async with self._pool.acquire() as connection, connection.cursor() as cursor:
            await fetch_page_checks(cursor, [self._reader])
        return web.Response(body=body, content_type="application/json")

    async def show_changed(self, request: web.Request) -> web.Response:
        return web.Response(body=await self._read(request), content_type="application/json")

    async def _read(self, request: web.Request) -> bytes:
        index = request.match_info.get("index")
        async with self._pool.acquire() as connection, connection.cursor() as cursor:
            if index is None:
                page = await list_chats(cursor, *self._reader, ChatListQuery(), limit=LIMIT, after=None)
            else:
                chat_id = self._chat_ids[int(index) % len(self._chat_ids)]
                page = await list_messages(cursor, *self._reader, chat_id, limit=LIMIT, after=None)
        return f'{{"items":[{",".join(page.items)}],"next_cursor":null}}'.encode()


async def enable(connection: aiopg.Connection) -> None:
    """Prepare statements as our own connections do."""
    async with connection.cursor() as cursor:
        for name, value in FOR_PREPARED.items():
            await cursor.execute(f"set {name} = {value}")
    await prepared.enable(connection)


async def show_health(_: web.Request) -> web.Response:
    return web.Response(text="ok")


async def make_app(database: str) -> web.Application:
    """The application, about what is in the database."""
    pool = await aiopg.create_pool(
        database,
        minsize=POOL,
        maxsize=POOL,
        enable_hstore=False,
        enable_json=False,
        enable_uuid=False,
        on_connect=enable,
    )
    async with pool.acquire() as connection, connection.cursor() as cursor:
        await cursor.execute(FIND_LATEST)
        user_id, account_id, chat_ids = await cursor.fetchone()
    floor = Floor(pool, PageReader(user_id, PROVIDER, account_id), chat_ids)
    app = web.Application()
    app.router.add_get("/health", show_health)
    for path in ("chats", "messages/{index}"):
        app.router.add_get(f"/unchanged/{path}", floor.show_unchanged)
        app.router.add_get(f"/changed/{path}", floor.show_changed)
    return app


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--database", required=True)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    uvloop.install()
    web.run_app(make_app(options.database), host="127.0.0.1", port=options.port, access_log=None, print=None)


if __name__ == "__main__":
    main()
