"""Clients of the live socket as docs/protocol.md describes them, which record every violated guarantee."""

import asyncio
import random
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import orjson

from server.cancellation import end_tasks
from tests.faults.rest import Rows, read_account
from tests.support.peers import Peer

COMING_BACK_SECONDS = (0.02, 0.3)


@dataclass(eq=False)
class Follower:
    """A client of one user. `cursors` are the seqs up to which it is complete, `rows` its data."""

    session: aiohttp.ClientSession
    urls: Sequence[str]
    token: str
    user_id: int
    allowed: Collection[int]
    rng: random.Random
    rows: Rows = field(default_factory=dict)
    cursors: dict[int, int] = field(default_factory=dict)
    seqs: list[tuple[int, int]] = field(default_factory=list)  # (account, seq) in order of arrival
    violations: list[str] = field(default_factory=list)
    codes: list[int | None] = field(default_factory=list)
    at: str = ""
    joins: int = 0
    resets: int = 0
    _task: asyncio.Task[None] | None = None
    _beside: set[asyncio.Task[None]] = field(default_factory=set)
    _live: dict[int, int] = field(default_factory=dict)
    _seqs: dict[tuple[str, int], int] = field(default_factory=dict)

    def start(self) -> "Follower":
        self._task = asyncio.create_task(self._run())
        return self

    @property
    def is_reading(self) -> bool:
        """Whether a REST read is running."""
        return bool(self._beside)

    async def stop(self) -> None:
        await end_tasks([task for task in (self._task, *self._beside) if task is not None])

    async def _run(self) -> None:
        while True:
            with suppress(aiohttp.ClientError, OSError, TimeoutError):
                await self._listen(self.rng.choice(self.urls))
            await asyncio.sleep(self.rng.uniform(*COMING_BACK_SECONDS))

    async def _listen(self, url: str) -> None:
        self._live.clear()
        self.at = url
        async with self.session.ws_connect(url + "/ws", max_msg_size=0) as socket:
            await socket.send_json({"event": "auth", "data": {"token": self.token}, "id": "auth"})
            cursors = {str(account_id): seq for account_id, seq in self.cursors.items()}
            join = {"user_id": self.user_id} | ({"cursors": cursors} if cursors else {})
            await socket.send_json({"event": "join-user", "data": join, "id": "join"})
            async for message in socket:
                self.take(orjson.loads(message.data), url)
        self.codes.append(socket.close_code)

    def take(self, frame: dict[str, Any], url: str) -> None:
        """Apply one frame."""
        if "ack" in frame:
            if not frame["ok"]:
                self.violations.append(f"rejected: {frame}")
            elif frame["ack"] == "join":
                self._apply_join(frame["data"]["accounts"], url)
        elif frame["event"] == "head":
            self._apply_heads(frame["data"])
        elif frame["event"] == "reset":
            self.resets += 1
            self._read(url, frame["data"]["account_id"])
        elif "account_id" in frame and self._is_ours(frame["account_id"]) and "seq" in frame:
            self._apply_change(frame)

    def _is_ours(self, account_id: int) -> bool:
        if account_id not in self.allowed:
            self.violations.append(f"foreign account {account_id}")
        return account_id in self.allowed

    def _apply_join(self, accounts: dict[str, int], url: str) -> None:
        self.joins += 1
        for name, seq in accounts.items():
            account_id = int(name)
            if self._is_ours(account_id):
                if account_id not in self.cursors:
                    self._read(url, account_id)
                self.cursors[account_id] = max(seq, self.cursors.get(account_id, 0))

    def _apply_change(self, frame: dict[str, Any]) -> None:
        account_id, seq = frame["account_id"], frame["seq"]
        self.seqs.append((account_id, seq))
        is_new = self.apply(frame["event"].partition(":")[0], frame["data"], seq)
        before = self._live.get(account_id, 0)
        # Repetitions are harmless; a new change must not follow a newer one.
        if is_new and seq <= before:
            self.violations.append(f"account {account_id}: {seq} applied after {before}")
        self._live[account_id] = max(before, seq)
        self.cursors[account_id] = max(seq, self.cursors.get(account_id, 0))

    def _apply_heads(self, heads: dict[str, int]) -> None:
        """At the server's head seq, it has sent us everything."""
        for name, head in heads.items():
            account_id = int(name)
            if self._is_ours(account_id) and head > self.cursors.get(account_id, head):
                self.violations.append(f"account {account_id}: {head} was never reached")

    def apply(self, kind: str, row: dict[str, Any], seq: int) -> bool:
        """Newer wins."""
        key = (kind, row["id"])
        if self._seqs.get(key, -1) >= seq:
            return False
        self.rows[key], self._seqs[key] = row, seq
        return True

    def _read(self, url: str, account_id: int) -> None:
        """Read an account over REST while frames keep arriving."""
        task = asyncio.create_task(self._read_now(url, account_id))
        self._beside.add(task)
        task.add_done_callback(self._beside.discard)

    async def _read_now(self, url: str, account_id: int) -> None:
        while True:
            try:
                found = await read_account(Peer(self.session, url, self.token, self.user_id), account_id)
                break
            except (aiohttp.ClientError, AssertionError, OSError):
                url = self.rng.choice(self.urls)
                await asyncio.sleep(self.rng.uniform(*COMING_BACK_SECONDS))
        for (kind, _), row in found.items():
            self.apply(kind, row, row["seq"])

    def shown(self, account_id: int) -> Rows:
        """Messages and chats as this client's screen has them."""
        rows = {
            key: dict(row)
            for key, row in self.rows.items()
            if key[0] in ("message", "chat") and self._account_of(key, row) == account_id
        }
        for (kind, _), row in rows.items():
            # A tick is pushed as a change of the message; the chat's row follows it (docs/protocol.md).
            if kind == "chat" and (last := rows.get(("message", row["last_message_id"]))):
                row["last_message_status"] = last["status"]
        return rows

    def _account_of(self, key: tuple[str, int], row: dict[str, Any]) -> int:
        chat = row if key[0] == "chat" else self.rows.get(("chat", row["chat_id"]), {})
        return int(chat.get("account_id", 0))
