"""Pacing: sends beyond the burst wait visibly and in order, and a new account starts few chats a day."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

import pytest
from aiopg import Cursor

from server.config import ROOT, Config, load_config
from server.queue import OUTBOX_QUEUE
from server.web.app_keys import DATABASE
from tests.conftest import JWT_SECRET
from tests.support.factories import CHANNELS
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.send_harness import SendHarness, open_sender

SOON = 0.3


def paced(config: Config, *, spacing_seconds: float, burst: int, new_chats_per_day: int = 5) -> Config:
    limits = replace(config.pace, enabled=True, spacing_seconds=spacing_seconds, burst=burst)
    later = new_chats_per_day + 1
    return replace(
        config, pace=replace(limits, new_chats_per_day=new_chats_per_day, settled_new_chats_per_day=later)
    )


@pytest.fixture
async def paced_sender(config: Config) -> AsyncIterator[SendHarness]:
    """A burst of three, then one a minute; the test runs the jobs."""
    config = paced(config, spacing_seconds=60.0, burst=3)
    async with run_stack(config, with_workers=False) as stack, open_sender(stack) as opened:
        yield opened


async def queued_send(sender: SendHarness) -> float:
    """Seconds until the chat's next outbox job."""
    ((_, moment),) = await sender.worker.parts.redis.zrange(OUTBOX_QUEUE, 0, -1, withscores=True)
    return float(moment) / 1000 - time.time()


async def test_a_burst_is_sent_at_once_and_further_sends_are_delayed_visibly(
    paced_sender: SendHarness,
) -> None:
    for n in range(5):
        await paced_sender.post_send(f"texto {n}", f"c-{n}")
    await paced_sender.worker.parts.redis.flushall()
    socket = await paced_sender.agent.listen()
    await paced_sender.run_outbox()
    assert await paced_sender.seen_by_the_customer() == ["texto 0", "texto 1", "texto 2"]
    shown = await paced_sender.agent.messages(paced_sender.account_id, paced_sender.chat["id"])
    by_client = {message["client_id"]: message for message in shown}
    assert [by_client[f"c-{n}"]["scheduled_at"] for n in (0, 1, 2, 4)] == [None] * 4
    delayed = by_client["c-3"]
    assert (delayed["status"], delayed["error"]) == ("sending", None)
    seconds = datetime.fromisoformat(delayed["scheduled_at"]).timestamp() - time.time()
    assert 30 < seconds <= 60
    assert abs(await queued_send(paced_sender) - seconds) < 1
    await socket.wait_for_event("message:updated", client_id="c-3", scheduled_at=delayed["scheduled_at"])


async def test_a_delayed_message_has_its_original_time_and_order(paced_sender: SendHarness) -> None:
    for n in range(5):
        await paced_sender.post_send(f"texto {n}", f"c-{n}")
    for _ in range(3):
        await paced_sender.run_outbox()
    rows = await paced_sender.worker.fetch("select free_at - now() as left from channels_pace")
    assert rows[0]["left"].total_seconds() < 4 * 60 + 1  # asking again takes no second slot
    await paced_sender.worker.execute(
        "update channels_message set scheduled_at = now() - interval '1 second' where isfinite(scheduled_at)"
    )
    await paced_sender.run_outbox()
    assert await paced_sender.seen_by_the_customer() == [f"texto {n}" for n in range(4)]
    sent = {m["client_id"]: m["status"] for m in await paced_sender.sent()}
    assert sent["c-4"] == "sending"


async def test_a_delayed_message_is_sent_when_it_is_due(config: Config) -> None:
    config = paced(config, spacing_seconds=SOON, burst=1)
    async with run_stack(config) as stack, open_sender(stack) as sender:
        socket = await sender.agent.listen()
        begun = asyncio.get_running_loop().time()
        for n in range(4):
            await sender.post_send(f"texto {n}", f"c-{n}")
        for n in range(4):
            await socket.wait_for_event("message:sent", client_id=f"c-{n}")
        assert asyncio.get_running_loop().time() - begun > 2 * SOON
        assert await sender.seen_by_the_customer() == [f"texto {n}" for n in range(4)]


async def test_a_new_account_starts_few_chats_a_day(config: Config) -> None:
    config = paced(config, spacing_seconds=1.0, burst=20, new_chats_per_day=2)
    async with run_stack(config, with_workers=False) as stack:
        agent = await stack.sign_in()
        account = await stack.make_account(agent)
        path = f"{CHANNELS}/{account['id']}/chats"
        for n in range(2):
            await agent.ok("POST", path, {"to": f"+551198888000{n}", "text": "Oi"})
        over = {"to": "+5511988880009", "text": "Oi"}
        answer = await agent.call("POST", path, over)
        error = answer.body["error"]
        assert (answer.status, error["code"], error["details"]["reason"]) == (429, "new_chats_stopped", "day")
        assert 86_000 < int(answer.headers["Retry-After"]) <= 86_401
        seconds = datetime.fromisoformat(error["details"]["until"]).timestamp() - time.time()
        assert 86_000 < seconds <= 86_400
        await agent.ok("POST", path, {"to": "+5511988880001", "text": "Tudo bem?"})  # not a new chat
        await age(stack)
        await agent.ok("POST", path, over)
        further = {"to": "+5511988880010", "text": "Oi"}
        assert (await agent.call("POST", path, further)).status == 429  # an old account has a limit too


async def age(stack: Stack) -> None:
    """The account was connected a while ago."""

    async def update(cursor: Cursor) -> None:
        await cursor.execute("update channels_account set created_at = now() - interval '30 days'")

    await stack.app[DATABASE].write(update)


@pytest.mark.parametrize(
    ("more", "is_on"),
    [
        ({"UNIPILE_DSN": "https://api1.unipile.com:13111"}, True),
        ({"UNIPILE_DSN": "http://127.0.0.1:4000"}, False),
        ({}, False),
        ({"CONFAB_PACE_ENABLED": "true"}, True),
        ({"UNIPILE_DSN": "https://api1.unipile.com:13111", "CONFAB_PACE_ENABLED": "false"}, False),
    ],
)
def test_real_accounts_are_paced_by_default(more: dict[str, str], is_on: bool, tmp_path: object) -> None:
    environ = {
        "UNIPILE_API_KEY": "k8Zq+71tBf0=",
        "WEBHOOK_SECRET": "R7mKq2xWv9Lp4TzYb6Hn",
        "JWT_SECRET": JWT_SECRET,
        "DATA_DIR": str(tmp_path),
    }
    assert load_config(environ | more, ROOT / "config.toml").pace.enabled is is_on
