"""A system is backed up while it works, and restored: every row and file, and all that UniPile has from later."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from server.cli.command import perform
from server.cli.main import _parser
from server.config import ROOT, load_config
from server.store.db.seq import EPOCH_BITS
from tests.flows.processes import Running, Site
from tests.flows.test_planned_killed import make_due
from tests.support.backups import another, ask, files_of, rows_of, succeed
from tests.support.factories import CHANNELS
from tests.support.media_files import OPUS, enclosed, png
from tests.support.peers import Peer, Socket, eventually
from tests.support.ports import free_port
from tests.support.services import Services

# What a restore changes on purpose.
CHANGED = {"audit_log", "channels_account", "notification_due", "sessions", "user_feed"}
COUNT_RECEIVED = (
    "select count(*), count(distinct provider_msg_id) from channels_message where direction = 'in'"
)
# What is in the thread: each once, with UniPile's id, and no outcome that is not known.
OUT = """select body, status in ('sent', 'delivered', 'read') and provider_msg_id is not null from channels_message
    where direction = 'out' order by body"""
ALL_SENT = ["A caminho", "Na fila", "Planejada"]
# UniPile takes the first message and answers late: the second waits behind it. Neither is echoed.
HANGS = {"method": "POST", "path": "/chats/*/messages", "status": "hang", "accepted": True, "times": 1}
UNDER_WAY = {"no_echo": True, "hang_ms": 12_000, "routes": [HANGS]}


async def write(unipile: Peer, text: str, **more: Any) -> str:
    """A contact writes on their phone."""
    body = {
        "account_id": "acc-1",
        "from": {"phone_number": "5511988880000", "name": "Bia Lima"},
        "text": text,
    }
    return str((await unipile.ok("POST", "/sandbox/messages", body | more))["message_id"])


async def settle_import(agent: Peer, account_id: int) -> None:
    async def is_done() -> bool:
        shown = (await agent.ok("GET", f"{CHANNELS}/{account_id}"))["account"]
        return bool(shown["import_state"] == "done" and shown["last_sweep_at"])

    await eventually(is_done)


async def start(site: Site, **changes: str) -> tuple[Running, Running]:
    """A web process and a worker that has UniPile's webhooks sent there."""
    port = str(free_port())
    address = {"PUBLIC_URL": f"http://127.0.0.1:{port}"} | changes
    return await site.web(PORT=port, **address), await site.worker(**address)


async def busy_day(site: Site, unipile: Peer) -> tuple[Running, Running, Peer, int, Socket]:
    """A web process and a worker with an account, messages and files."""
    web, worker = await start(site)
    agent = await site.sign_in(web)
    account_id = int((await agent.link_account("acc-1"))["id"])
    await settle_import(agent, account_id)
    socket = await agent.listen()
    for shade in range(3):
        file = enclosed(f"foto-{shade}.png", png(shade), "image/png")
        await write(unipile, f"foto {shade}", attachments=[file])
    voice = enclosed("voz.ogg", OPUS, "audio/ogg")
    await write(unipile, "voz", attachments=[voice])
    await socket.wait_for_event("message:new", 4)
    return web, worker, agent, account_id, socket


async def has_copies(site: Site, count: int) -> bool:
    return len(files_of(Path(site.environment["DATA_DIR"]) / "media")) >= count


async def test_every_row_and_file_is_restored(
    site: Site, unipile: Peer, services: Services, tmp_path: Path
) -> None:
    web, worker, _, _, socket = await busy_day(site, unipile)
    await eventually(lambda: has_copies(site, 4))
    await socket.close()
    await asyncio.gather(web.stop(), worker.stop())
    settings, to = dict(site.environment), tmp_path / "backups"
    made = succeed(settings, "backup", "--to", str(to))["backup"]
    assert (made["files"], made["copied_files"], made["absent_files"]) == (4, 4, 0)
    before, media = rows_of(settings["DATABASE_URL"]), files_of(tmp_path / "media")
    url = services.create_database(template=None)
    new = another(settings, url, tmp_path / "new")
    done = succeed(new, "restore", str(to))["restored"]
    assert (done["name"], done["copied_files"], done["accounts"]) == (made["name"], 4, 1)
    after = rows_of(url)
    assert before.keys() == after.keys()
    different = {table for table in before if before[table] != after[table]}
    assert different <= CHANGED, different
    assert files_of(tmp_path / "new" / "media") == media
    services.drop_database(url)


@asynccontextmanager
async def writing(unipile: Peer, written: list[str]) -> AsyncIterator[None]:
    """A contact writes one message after another meanwhile."""
    stopping = False

    async def go_on() -> None:
        while not stopping:
            written.append(await write(unipile, f"mensagem {len(written)}"))

    task = asyncio.create_task(go_on())
    try:
        yield
    finally:
        stopping = True
        await task


async def reached(written: list[str], count: int) -> bool:
    return len(written) >= count


async def has_come(moment: datetime) -> bool:
    return datetime.now(UTC) > moment


async def has_sent(unipile: Peer, texts: list[str]) -> bool:
    return await sent_texts(unipile) == texts


async def sent_texts(unipile: Peer) -> list[str]:
    """The texts of what the account has sent, as UniPile has them."""
    path = "/api/v1/messages?account_id=acc-1&limit=250"
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = await unipile.ok("GET", path + cursor, headers={"X-API-KEY": "sandbox-key"})
        found += [item["text"] for item in page["items"] if item["is_sender"]]
        cursor = f"&cursor={page['cursor']}" if page["cursor"] else None
    return sorted(found)


async def test_nothing_that_unipile_has_is_lost_and_nothing_is_sent_twice(
    site: Site, unipile: Peer, services: Services, tmp_path: Path
) -> None:
    """Backed up under load, with a message under way, one behind it and one planned; all have left when the system is
    lost.
    """
    web, worker, agent, account_id, socket = await busy_day(site, unipile)
    chat_id = (await agent.chats(account_id))[0]["id"]
    chat = f"{CHANNELS}/{account_id}/chats/{chat_id}"
    settings, to, written = dict(site.environment), str(tmp_path / "backups"), list[str]()
    soon = datetime.now(UTC) + timedelta(seconds=20)
    wanted = {"text": "Planejada", "send_at": soon.isoformat(), "cancel_if_contact_writes": False}
    planned = (await agent.ok("POST", f"{chat}/planned", wanted))["planned"]
    async with writing(unipile, written):
        await eventually(lambda: reached(written, 20))
        await unipile.ok("PATCH", "/sandbox/faults", UNDER_WAY)
        for text in ("A caminho", "Na fila"):
            await agent.ok("POST", f"{chat}/send", {"text": text, "client_id": text})
        # In this process: another one may need longer to start than UniPile to answer.
        config = load_config(dict(settings), ROOT / "config.toml")
        made = (await perform(config, _parser().parse_args(["backup", "--to", to]))).document["backup"]
        count = len(written)
        await eventually(lambda: reached(written, count + 20))
    await socket.wait_for_event("message:sent", client_id="Na fila")
    make_due(settings["DATABASE_URL"])
    await socket.wait_for_event("planned:updated", id=planned["id"], state="sent")
    await eventually(lambda: has_sent(unipile, ALL_SENT))
    head = ask(settings["DATABASE_URL"], "select seq from channels_account")[0][0]
    await asyncio.gather(web.kill(), worker.kill())
    await socket.close()

    url = services.create_database(template="migrated")
    site.environment = new = another(settings, url, tmp_path / "new")
    await eventually(lambda: has_come(soon))
    done = (await asyncio.to_thread(succeed, new, "restore", to))["restored"]
    assert (done["name"], done["unconfirmed"], done["planned"]) == (made["name"], 2, 1)
    web, worker = await start(site)
    old = Peer(site.session, web.url, agent.token, agent.user_id)
    assert (await old.call("GET", "/api/auth/me")).status == 401
    agent = await site.sign_in(web)
    socket = await agent.listen({str(account_id): head})
    await socket.wait_for(lambda frame: frame.get("event") == "reset")
    changes = await agent.ok("GET", f"{CHANNELS}/{account_id}/changes?since={head}")
    assert (changes["reset"], changes["seq"] >> EPOCH_BITS > 0) == (True, True)
    total = len(written) + 4

    async def has_all() -> bool:
        return ask(url, COUNT_RECEIVED) == [(total, total)]

    await eventually(has_all)

    async def is_verified() -> bool:
        return ask(url, OUT) == [(text, True) for text in ALL_SENT]

    await eventually(is_verified)
    assert await sent_texts(unipile) == ALL_SENT
    checks = (await asyncio.to_thread(succeed, {**new, "PUBLIC_URL": web.url}, "doctor"))["checks"]
    states = {check["name"]: (check["state"], check["message"]) for check in checks}
    assert [states[name][0] for name in ("usage", "chat counts", "filter counts", "survey counts")] == [
        "ok"
    ] * 4
    assert "1 of 1 accounts swept since" in states["restored"][1]
    await socket.close()
    await asyncio.gather(web.stop(), worker.stop())
    services.drop_database(url)
