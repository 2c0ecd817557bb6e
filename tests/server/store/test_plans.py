"""No statement on a user's way reads more rows than its answer needs, however many the account has."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from server.config import Config
from server.routes import ROUTES, Route
from tests.support.factories import CHANNELS, make_account, sign_in_as
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.large_rows import NAMES, fill
from tests.support.peers import message_received
from tests.support.plans import SETTINGS, Scan, scans_in
from tests.support.route_cases import NEEDED, RouteTarget, good_body, make_route_target
from tests.support.services import Services, run_services
from tests.support.worker_harness import WorkerHarness
from workers.context import open_parts

pytestmark = pytest.mark.system

ACCOUNTS, CHATS, MESSAGES = 3, 4500, 30_000
# A page has up to a hundred rows, of which each may be looked up in several places.
MOST_ROWS = 1000
# By the route and its query: what is read as a whole on purpose.
NAMES_COMPARED = {"channels_contact", "channels_chat", "channels_contact_alias"}
ALLOWED = {
    # Names and numbers are compared one by one: `docs/performance.md`, "Ten million messages".
    "find": NAMES_COMPARED,
    "q": NAMES_COMPARED,
    "export_contacts": {"channels_contact"},
    # What `doctor` checks, for an owner who looks at the page System.
    "show_system": {"channels_message", "channels_chat"},
}
FILTERS = (
    "",
    "filter=unread",
    "filter=archived",
    "filter=groups",
    "filter=pinned",
    "status=open",
    "status=snoozed",
    "status=closed",
    "assignee=me",
    "assignee=none",
    "sort=waiting",
    "sort=due",
    "waiting_minutes=5",
    "target=at_risk",
    "target=breached",
    "mentioned=me",
    "labels=1",
)
Call = Callable[[], Awaitable[object]]


@dataclass
class Large:
    """A stack with large accounts, the first of which has the largest chat, and the log of its Postgres."""

    stack: Stack
    target: RouteTarget
    accounts: list[int]
    log: Path

    async def scans(self, call: Call) -> list[Scan]:
        """What the statements have read meanwhile."""
        begun = self.log.stat().st_size
        await call()
        with self.log.open("rb") as file:
            file.seek(begun)
            return list(scans_in(file.read().decode(errors="replace")))

    async def excesses(self, call: Call, allowed: set[str]) -> list[str]:
        scans = await self.scans(call)
        return [str(scan) for scan in scans if scan.rows > MOST_ROWS and scan.relation not in allowed]


@pytest.fixture(scope="module")
def explaining() -> Iterator[Services]:
    with run_services(SETTINGS) as services:
        services.make_template()
        yield services


@pytest.fixture
async def large(explaining: Services, config: Config) -> AsyncIterator[Large]:
    url = explaining.create_database()
    own = replace(config, database=replace(config.database, url=url))
    async with run_stack(own, with_workers=False) as stack:
        owner = await sign_in_as(stack, "owner")
        accounts = [await make_account(stack, owner, f"large-{n}") for n in range(ACCOUNTS)]
        fill(explaining.superuser_url_of(url), accounts, chats=CHATS, messages=MESSAGES)
        # As the worker leaves it.
        await stack.execute("update channels_contact set folded = lower(name)")
        await stack.execute("update channels_search_state set seq = %s", MESSAGES)
        explaining.command("vacuum (analyze)", url.rpartition("/")[2])
        target = await make_route_target(stack)
        yield Large(stack, target, accounts, explaining.postgres.child.log_path)


async def test_reading_costs_what_the_answer_needs(large: Large) -> None:
    """Every route that reads, for a small account beside large ones, and for the largest chat of a large one."""
    account_id = large.accounts[1 % ACCOUNTS]
    targets = [large.target, replace(large.target, account_id=account_id, chat_id=1, contact_id=1)]
    excesses: dict[str, list[str]] = {}
    for route in ROUTES:
        if route.method == "GET" and route.name not in ("open_socket", "show_metrics"):
            for target in targets:
                path = target.path(route) + NEEDED.get(route.name, "")
                call = calling(target, "GET", path)
                excesses[f"{route.name} {path}"] = await large.excesses(call, ALLOWED.get(route.name, set()))
    for path in paths_of(account_id):
        call = calling(large.target, "GET", path, must=True)
        allowed = ALLOWED["q"] if "q=" in path else set()
        excesses[path] = await large.excesses(call, allowed)
    assert not said(excesses), said(excesses)


def said(excesses: Mapping[str, list[str]]) -> str:
    return "\n".join(f"{path}: {excess}" for path, found in excesses.items() for excess in found)


def paths_of(account_id: int) -> list[str]:
    """The filters of lists, pages in the middle, changes after a gap."""
    account = f"{CHANNELS}/{account_id}"
    return [
        *(f"{account}/chats?limit=50&{filters}" for filters in FILTERS),
        f"{account}/chats?limit=50&q={NAMES[0].lower()}",
        f"{account}/chats/1/messages?limit=50",
        f"{account}/chats/1/messages?limit=50&around={MESSAGES // 2 // 10 * 10 + 5}",
        f"{account}/changes?since={MESSAGES - 500}&limit=500",
        f"{CHANNELS}/contacts?limit=50",
        f"{CHANNELS}/contacts?limit=50&q={NAMES[0].lower()}",
    ]


async def test_writing_costs_what_the_change_needs(large: Large) -> None:
    """Every route that changes a chat, a message or a contact of a large account, and a contact's message."""
    account_id = large.accounts[1 % ACCOUNTS]
    target = replace(large.target, account_id=account_id, chat_id=1, contact_id=1, message_id=5)
    excesses = {
        f"{route.method} {target.path(route)}": await large.excesses(
            calling(target, route.method, target.path(route), good_body(route)), set()
        )
        for route in ROUTES
        if is_written_to(route)
    }
    async with open_parts(large.stack.config) as parts:
        harness = await WorkerHarness(parts).open()
        event = message_received("large-1", "Oi", phone="4900000001")
        excesses["webhook"] = await large.excesses(lambda: harness.store(event), set())
    assert not said(excesses), said(excesses)


def is_written_to(route: Route) -> bool:
    is_inside = any(name in route.path for name in ("{chat_id}", "{message_id}", "{contact_id}"))
    return route.method in ("POST", "PUT", "PATCH") and is_inside


def calling(target: RouteTarget, method: str, path: str, body: object = None, *, must: bool = False) -> Call:
    """A request; `must`: its answer has to be found. Others may be of something that the target does not have."""

    async def call() -> None:
        answer = await target.peer.call(method, path, body)
        assert answer.status < (300 if must else 500), (path, answer.status, answer.raw[:200])

    return call


async def test_a_scan_of_all_rows_is_noticed(large: Large) -> None:
    (scan,) = await large.scans(lambda: large.stack.execute("select count(body) from channels_message"))
    assert (scan.relation, scan.kind, scan.rows > MESSAGES) == ("channels_message", "Seq Scan", True)
