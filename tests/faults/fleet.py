"""Two web and two worker processes on one Postgres and one Redis, with a proxy on each connection under test."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from tests.faults.followers import Follower
from tests.faults.gates import Gate, RedisGate
from tests.faults.traffic import Traffic
from tests.flows.processes import Running, Site, environment_of
from tests.flows.rows import Rows
from tests.support.peers import Peer
from tests.support.services import Services

# Short, so that tests need not wait as long as a real client.
QUICK = {"CONFAB_REALTIME_HEAD_SECONDS": "1", "CONFAB_LOG_FORMAT": "json"}


@dataclass
class Person(Peer):
    """A signed-in user with the accounts they may see: external id -> id."""

    accounts: dict[str, int] = field(default_factory=dict)


@dataclass
class Fleet:
    """The processes and connections that a fault test uses."""

    site: Site
    services: Services
    unipile: Peer
    rows: Rows
    webs: list[Running]
    doors: list[Gate]  # to each web
    web_wire: RedisGate  # from the webs to Redis
    worker_wires: list[RedisGate]
    session: aiohttp.ClientSession
    followers: list[Follower] = field(default_factory=list)
    _names: int = 0

    async def person(self, accounts: int) -> Person:
        """A new user with separate accounts."""
        self._names += 1
        door = self.site.peer(self._up()[0])
        signed_in = await door.sign_in(f"person-{self._names}")
        person = Person(self.session, door.url, signed_in.token, signed_in.user_id)
        for index in range(accounts):
            external_id = f"acc-{self._names}-{index}"
            await self.unipile.ok("POST", "/sandbox/accounts", {"id": external_id})
            person.accounts[external_id] = (await person.link_account(external_id))["id"]
        return person

    def follow(
        self, person: Person, rng: random.Random, count: int, doors: Sequence[Gate] | None = None
    ) -> list[Follower]:
        """Clients of this user, which reconnect to any instance."""
        made = [
            Follower(
                self.session,
                [door.url for door in doors or self.doors],
                person.token or "",
                person.user_id,
                set(person.accounts.values()),
                random.Random(rng.random()),
            ).start()
            for _ in range(count)
        ]
        self.followers += made
        return made

    def traffic(self, rng: random.Random, *people: Person) -> Traffic:
        names = [name for person in people for name in person.accounts]
        return Traffic(rng, names, lambda: [self.site.peer(web) for web in self._up()])

    def seen(self, *people: Person) -> list[tuple[Person, dict[str, int]]]:
        """These users with their accounts, on an instance that is up."""
        for person in people:
            person.url = self._up()[0].url
        return [(person, person.accounts) for person in people]

    def _up(self) -> list[Running]:
        return [web for web in self.webs if web.is_running]

    async def replace_web(self, index: int) -> None:
        """A new process behind the proxy of a killed one."""
        self.webs[index] = await self._start_web()
        self.doors[index].target = port_of(self.webs[index])

    async def _start_web(self) -> Running:
        return await self.site.web(REDIS_URL=through(self.services, self.web_wire), **QUICK)

    async def calm(self) -> None:
        """After a test: stop its clients and restore every connection."""
        await asyncio.gather(*(follower.stop() for follower in self.followers))
        self.followers.clear()
        for wire in (self.web_wire, *self.worker_wires):
            wire.late, wire.is_lost = (lambda: 0.0), (lambda: False)
        for index, web in enumerate(self.webs):
            if not web.is_running:
                await self.replace_web(index)


def through(services: Services, wire: RedisGate) -> str:
    """The Redis URL through this proxy."""
    return services.redis_url.replace(f":{services.valkey.port}/", f":{wire.port}/")


def port_of(web: Running) -> int:
    return int(web.url.rpartition(":")[2])


@asynccontextmanager
async def running_fleet(
    services: Services, rows: Rows, database_url: str, unipile: Peer, folder: Path
) -> AsyncIterator[Fleet]:
    """Start everything; it stops at the end of the block."""
    connector = aiohttp.TCPConnector(limit=0)
    session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
    environment = environment_of(database_url, services.redis_url, unipile.url, folder)
    site = Site(session, folder, environment)
    wires = [RedisGate(services.valkey.port) for _ in range(3)]
    for wire in wires:
        await wire.open()
    fleet = Fleet(site, services, unipile, rows, [], [], wires[0], wires[1:], session)
    try:
        fleet.webs = list(await asyncio.gather(fleet._start_web(), fleet._start_web()))
        for wire in fleet.worker_wires:
            await site.worker(REDIS_URL=through(services, wire))
        fleet.doors = [Gate(port_of(web)) for web in fleet.webs]
        for door in fleet.doors:
            await door.open()
        yield fleet
    finally:
        await asyncio.gather(*(follower.stop() for follower in fleet.followers))
        for gate in (*fleet.doors, *wires):
            await gate.close()
        await site.close()
        await session.close()
