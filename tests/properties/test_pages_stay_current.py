"""Pages that were read before: after any change they are answered as a page that was never read."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from server.accounts.page_cache import PageCache
from server.routes import ROUTES, Route
from server.web.security_headers import SAFE_METHODS
from tests.support.amending import Scenario, open_scenario
from tests.support.factories import CHANNELS, make_label, make_target, set_role
from tests.support.fixtures_stack import Stack
from tests.support.page_watch import PageWatch
from tests.support.peers import Peer, eventually
from tests.support.route_cases import RouteTarget, good_body, make_related_chat, make_route_target, one_file

QUERIES = ("", "filter=unread", "filter=archived", "assignee=me", "sort=waiting", "sort=due", "status=closed")

Change = Callable[[], Awaitable[Any]]


class Reader:
    """Reads each list as browsers and programs do, again and again, and as if for the first time."""

    def __init__(self, peer: Peer, chat_path: str, queries: Sequence[str] = QUERIES) -> None:
        self._peer = peer
        chats = chat_path.rpartition("/")[0]
        self._lists = [f"{chats}?{query}&limit=50" for query in queries]
        self._lists += [f"{chat_path}/messages?{part}limit=50" for part in ("", "at=unread&")]
        # By path: the tag of what was read last, and that.
        self._known: dict[str, tuple[str, Any]] = {}

    async def read(self) -> list[Any]:
        """Each list by its tag: what was read before, if the answer is that it has not changed."""
        return [await self._read_list(path) for path in self._lists]

    async def _read_list(self, path: str) -> Any:
        tag, shown = self._known.get(path, ("", None))
        answer = await self._peer.call("GET", path, headers={"If-None-Match": tag} if tag else {})
        if answer.status == 304:
            assert answer.headers["ETag"] == tag
            return shown
        shown = answer.body if answer.status == 200 else answer.status
        self._known[path] = (answer.headers.get("ETag", ""), shown)
        return shown

    async def read_fresh(self) -> list[Any]:
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(PageCache, "find", lambda *_: None)
            answers = [await self._peer.call("GET", path) for path in self._lists]
        return [answer.body if answer.status == 200 else answer.status for answer in answers]

    async def check_now(self, change: str) -> None:
        """The same where nothing else changes the chat."""
        assert (await self.read(), change) == (await self.read_fresh(), change)

    async def check(self, change: str) -> None:
        """What is read by tag is what is read afresh; workers may change the chat until then."""

        async def is_settled() -> bool:
            before, again, after = await self.read_fresh(), await self.read(), await self.read_fresh()
            assert before != after or again == after, change
            return bool(before == after)

        await eventually(is_settled)


@pytest.fixture
async def scenario(stack: Stack) -> Scenario:
    return await open_scenario(stack)


def changes_of(scenario: Scenario, label_id: int, team_id: int) -> dict[str, Change]:
    """A change of each kind, in an order in which all are possible."""
    agent, chat = scenario.agent, scenario.chat_path
    question, answer = scenario.path(scenario.question), scenario.path(scenario.answer)
    contact = f"{CHANNELS}/contacts"
    contact_path = f"{CHANNELS}/{scenario.account_id}/contacts"

    async def receive(text: str) -> None:
        await scenario.stack.write("acc-1", text)

        async def is_stored() -> bool:
            return any(message["body"] == text for message in await scenario.messages())

        await eventually(is_stored)

    async def rename_contact() -> None:
        (person,) = (await agent.ok("GET", contact))["items"]
        await agent.ok("PATCH", f"{contact_path}/{person['id']}", {"own_name": "Bia of the bakery"})

    async def send_by_program() -> None:
        made = await agent.ok("POST", "/api/keys", {"name": "crm", "scopes": ["read", "send"]})
        program = Peer(agent.session, agent.url, made["secret"], agent.user_id)
        await program.ok("POST", f"{chat}/send", {"text": "From the CRM"})
        await eventually(lambda: scenario.sent("From the CRM"))
        await agent.ok("DELETE", f"/api/keys/{made['key']['id']}")

    return {
        "a message": lambda: receive("Outra pergunta"),
        "an edit": lambda: agent.ok("PATCH", answer, {"text": "Tem sim."}),
        "a reaction": lambda: agent.ok("PUT", f"{question}/reaction", {"value": "👍"}),
        "read": lambda: agent.ok("PATCH", chat, {"read": True}),
        "unread": lambda: agent.ok("PATCH", chat, {"read": False}),
        "pinned": lambda: agent.ok("PATCH", chat, {"pinned": True}),
        "muted": lambda: agent.ok("PATCH", chat, {"muted_until": "2031-01-01T00:00:00Z"}),
        "labelled": lambda: agent.ok("PUT", f"{chat}/labels/{label_id}"),
        "the label deleted": lambda: agent.ok("DELETE", f"/api/labels/{label_id}"),
        "assigned": lambda: agent.ok("PUT", f"{chat}/assignee", {"user_id": agent.user_id}),
        "the user renamed": lambda: agent.ok("PATCH", "/api/auth/me", {"name": "Ana Maria"}),
        "the team": lambda: agent.ok("PUT", f"{chat}/assignee", {"user_id": None, "team_id": team_id}),
        "the team renamed": lambda: agent.ok("PATCH", f"/api/teams/{team_id}", {"name": "Sales"}),
        "the team deleted": lambda: agent.ok("DELETE", f"/api/teams/{team_id}"),
        "snoozed": lambda: agent.ok(
            "PUT", f"{chat}/status", {"status": "snoozed", "until": "2031-01-01T00:00:00Z"}
        ),
        "closed": lambda: agent.ok("PUT", f"{chat}/status", {"status": "closed"}),
        "opened again": lambda: agent.ok("PUT", f"{chat}/status", {"status": "open"}),
        "a target": lambda: make_target(agent, scenario.account_id),
        "the contact renamed": rename_contact,
        "a program": send_by_program,
        "a deleted message": lambda: agent.ok("DELETE", answer),
        "archived": lambda: agent.ok("PATCH", chat, {"archived": True}),
    }


async def test_no_change_is_missed(scenario: Scenario) -> None:
    agent = scenario.agent
    await set_role(scenario.stack, agent, "owner")
    team = {"name": "Support", "user_ids": [agent.user_id]}
    team_id = (await agent.ok("POST", "/api/teams", team))["team"]["id"]
    reader = Reader(agent, scenario.chat_path)
    for change, make in changes_of(scenario, await make_label(agent, "vip"), team_id).items():
        for _ in range(2):
            await reader.read()
        await make()
        await reader.check(change)


# Shut without a setting or a signature, and what ends the owner's own session.
SHUT = ("register", "forget_password", "take_billing_event", "receive_hosted", "unsubscribe", "log_out")
WRITES = [route for route in ROUTES if route.method not in SAFE_METHODS and route.name not in SHUT]
# What ends the scene of others comes after them: deletions, and these in this order.
LAST = ("set_member", "set_payer", "remove_member", "erase_contact", "disconnect_account", "erase_account")


def rank(route: Route) -> int:
    return 2 + LAST.index(route.name) if route.name in LAST else int(route.method == "DELETE")


async def make_readers(stack: Stack, target: RouteTarget) -> list[Reader]:
    """The owner, another member, a program of the owner's, and a user who is no member."""
    owner = target.peer
    key = await owner.ok("POST", "/api/keys", {"name": "reader", "scopes": ["read"]})
    program = Peer(owner.session, owner.url, key["secret"], owner.user_id)
    chat = f"{CHANNELS}/{target.account_id}/chats/{target.chat_id}"
    others = [Reader(peer, chat, ["assignee=me"]) for peer in (await owner.sign_in("other"), program)]
    return [Reader(owner, chat), *others, Reader(await owner.sign_in("stranger"), chat, [])]


async def test_no_route_changes_a_page_unnoticed(web_only: Stack, page_watch: PageWatch) -> None:
    """Every route that changes anything, with a valid request where one can be made without UniPile."""
    target = await make_route_target(web_only)
    readers = await make_readers(web_only, target)
    await make_related_chat(web_only, target.peer)
    done = set()
    for route in sorted(WRITES, key=rank):
        form = {"data": one_file()} if route.body is None and route.form is not None else {}
        answer = await target.peer.call(route.method, target.path(route), good_body(route), **form)
        done |= {route.name} if answer.status < 400 else set()
        for reader in readers:
            await reader.check_now(route.name)
    # The others answer with an error here, which changes nothing.
    assert len(done) > len(WRITES) * 2 / 3, sorted({route.name for route in WRITES} - done)
    assert page_watch.compared > 100


async def test_an_unchanged_page_is_not_read_again(scenario: Scenario, page_watch: PageWatch) -> None:
    reader = Reader(scenario.agent, scenario.chat_path)
    await reader.check("nothing")
    pages, compared = await reader.read(), page_watch.compared
    assert await reader.read() == pages
    assert page_watch.compared == compared + len(pages)
