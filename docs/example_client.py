"""A complete client of the live socket: stores a cursor per account, reconnects after each cut, misses nothing."""

import asyncio
import random
import sys
from typing import Any

import aiohttp


class Client:
    """`rows` has the newest version of each message, chat and account; `cursors` the position in each account."""

    def __init__(self, url: str, token: str, user_id: int) -> None:
        self.url, self.token, self.user_id = url, token, user_id
        self.rows: dict[tuple[str, int], dict[str, Any]] = {}
        self.cursors: dict[str, int] = {}

    async def run(self) -> None:
        """Stay connected until cancelled."""
        async with aiohttp.ClientSession() as session:
            while True:
                try:
                    await self._listen(session)
                except aiohttp.ClientError as error:
                    print("cut:", error)
                await asyncio.sleep(random.uniform(0.1, 2))

    async def _listen(self, session: aiohttp.ClientSession) -> None:
        async with session.ws_connect(self.url + "/ws") as socket:
            await socket.send_json({"event": "auth", "data": {"token": self.token}})
            join = {"user_id": self.user_id, "cursors": self.cursors}
            await socket.send_json({"event": "join-user", "data": join, "id": "join"})
            async for frame in socket:
                self.take(frame.json())

    def take(self, frame: dict[str, Any]) -> None:
        """Apply one frame: a newer seq wins, older ones are ignored."""
        if frame.get("ack") == "join":
            for account_id, seq in frame["data"]["accounts"].items():
                self.cursors[account_id] = max(seq, self.cursors.get(account_id, 0))
        elif "seq" in frame:
            kind, account_id = frame["event"].split(":")[0], str(frame["account_id"])
            known = self.rows.get((kind, frame["data"]["id"]))
            if known is None or known["seq"] < frame["data"]["seq"]:
                self.rows[kind, frame["data"]["id"]] = frame["data"]
                print(frame["event"], frame["data"].get("body") or frame["data"].get("title") or "")
            self.cursors[account_id] = max(frame["seq"], self.cursors.get(account_id, 0))


if __name__ == "__main__":
    asyncio.run(Client(sys.argv[1], sys.argv[2], int(sys.argv[3])).run())
