"""Logs of a busy day of real processes contain no token, secret, message text or phone number."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.support.peers import Peer, eventually, message_received
from tests.support.ports import free_port
from tests.support.programs import Program

RUNNING = r"Sign in +(\S+) +(\S+)\n"
WORDS = "Um segredo entre amigos"
CUSTOMER, OTHER = "5511988887777", "5511977776666"
SECRETS = {
    "WEBHOOK_SECRET": "mK3vP8xR1wB6nT9qLz",
    "JWT_SECRET": "Q9wXr2Tz7Lm4Vb8Nc1Ks6Hd3Jf5Gp0Ya",
    "UNIPILE_API_KEY": "kP4sW7zD2fH9jL1mQx",
}


@pytest.fixture
async def peers(tmp_path: Path) -> AsyncIterator[tuple[Program, Peer, Peer]]:
    """Everything as `make run` starts it, with verbose logs: the program, a stranger, and the sandbox."""
    ports = {"PORT": str(free_port()), "SANDBOX_PORT": str(free_port())}
    talkative = {"CONFAB_LOG_LEVEL": "debug", "CONFAB_LOG_FORMAT": "json", "CONFAB_WEB_ACCESS_LOG": "true"}
    settings = {"DATA_DIR": str(tmp_path / "var"), **ports, **talkative, **SECRETS}
    with Program("run.py", settings=settings, output=tmp_path / "output") as program:
        program.wait_for_output(RUNNING)
        async with aiohttp.ClientSession() as session:
            url = "http://127.0.0.1:{}"
            yield (
                program,
                Peer(session, url.format(ports["PORT"])),
                Peer(session, url.format(ports["SANDBOX_PORT"])),
            )


async def spend_a_day(stranger: Peer, sandbox: Peer, email: str, password: str) -> list[str]:
    """Many normal and failing actions; returns the tokens that were in use."""
    signed_in = await stranger.call("POST", "/api/auth/login", {"email": email, "password": password})
    cookie = signed_in.headers["Set-Cookie"].partition(";")[0]
    for given in ("wr0ng-" + password, ""):
        await stranger.call("POST", "/api/auth/login", {"email": email, "password": given})
    await stranger.call("POST", "/api/auth/refresh", headers={"X-Confab": "1", "Cookie": cookie})
    agent = await stranger.sign_in("ana")
    await sandbox.ok("POST", "/sandbox/accounts", {"id": "acc-1", "phone_number": OTHER})
    account = await agent.link_account("acc-1")
    account_path = f"/api/channels/whatsapp/{account['id']}"
    socket = await agent.listen()
    person = {"phone_number": CUSTOMER, "name": "Bia Lima"}
    await sandbox.ok("POST", "/sandbox/messages", {"account_id": "acc-1", "from": person, "text": WORDS})
    (chat,) = await eventually(lambda: agent.chats(account["id"]))
    chat_path = f"{account_path}/chats/{chat['id']}"
    sent = (await agent.ok("POST", chat_path + "/send", {"text": WORDS, "client_id": "c-1"}))["message"]
    await socket.wait_for_event("message:updated", client_id="c-1", status="delivered")
    await agent.call("PATCH", f"{chat_path}/messages/{sent['id']}", {"text": WORDS + "!"})
    await agent.call("PUT", f"{chat_path}/messages/{sent['id']}/reaction", {"value": "👍"})
    await agent.ok("GET", f"/api/search?q={WORDS.replace(' ', '%20')}")
    await agent.call("POST", account_path + "/chats", {"to": f"+{OTHER}", "text": WORDS})
    await socket.close()
    await fail_in_many_ways(agent, sandbox, chat_path)
    return [agent.token or "", signed_in.body["token"], cookie.partition("=")[2]]


async def fail_in_many_ways(agent: Peer, sandbox: Peer, chat_path: str) -> None:
    for body in ({"text": [WORDS]}, {"unknown": WORDS}, {"quote_id": 2**62, "text": WORDS}):
        await agent.call("POST", chat_path + "/send", body)
    await agent.call("POST", chat_path + "/send", f'{{"text": "{WORDS}'.encode())
    for event in (
        message_received("acc-1", WORDS, phone=CUSTOMER, timestamp=WORDS),
        message_received("acc-1", WORDS, phone=CUSTOMER, event="something_new"),
        message_received("acc-2", WORDS, phone=CUSTOMER),
        message_received("acc-1", WORDS, phone=CUSTOMER, attachments=WORDS, sender=CUSTOMER),
        message_received("acc-1", WORDS, phone=CUSTOMER, provider_chat_id=17, chat_id=None),
    ):
        await agent.call(
            "POST", "/api/webhooks/unipile/messages", event, headers={"Unipile-Auth": "wr0ng-secret"}
        )
        headers = {"Unipile-Auth": SECRETS["WEBHOOK_SECRET"]}
        await agent.call("POST", "/api/webhooks/unipile/messages", event, headers=headers)
    await agent.call(
        "GET", f"/api/auth/me?token={agent.token}", headers={"Authorization": f"Bearer {agent.token}x"}
    )


def written(tmp_path: Path) -> str:
    """The logs of the program and of everything it started."""
    files = [tmp_path / "output", *(tmp_path / "var" / "log").iterdir()]
    assert {"postgres.log", "redis.log", "sandbox.log"} <= {file.name for file in files}
    return "\n".join(file.read_text(errors="replace") for file in files)


async def test_logs_contain_no_secret_text_or_phone_number(
    peers: tuple[Program, Peer, Peer], tmp_path: Path
) -> None:
    program, stranger, sandbox = peers
    found: Any = re.search(RUNNING, program.output)
    email, password = found.groups()
    tokens = await spend_a_day(stranger, sandbox, email, password)
    await eventually(lambda: settled(stranger))
    greeting, _, text = written(tmp_path).partition("Press Ctrl-C to stop.")
    assert "/api/auth/login" in text, "the log is there, and talkative"
    assert password in greeting
    for secret in (
        *tokens,
        *SECRETS.values(),
        password,
        "wr0ng",
        WORDS,
        CUSTOMER,
        CUSTOMER[2:],
        OTHER,
        OTHER[2:],
    ):
        assert len(secret) >= 5
        assert secret not in text, f"{secret[:8]}… was written: {around(text, secret)}"
    assert "Bia Lima" not in text


async def settled(stranger: Peer) -> bool:
    """No event is waiting."""
    checks = (await stranger.call("GET", "/health/ready")).body["checks"]
    return not any(checks["redis"]["queue_age_seconds"].values())


def around(text: str, secret: str) -> str:
    at = text.index(secret)
    return text[max(0, at - 300) : at]
