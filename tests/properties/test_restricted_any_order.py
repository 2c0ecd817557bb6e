"""After any order of assignments, what a restricted agent's client holds equals what they may see."""

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from server.conversations.hand_over import hand_over
from server.conversations.owners import Assignment
from server.conversations.states import TargetChat
from server.realtime.audience import Reader, parse_audience
from server.realtime.events import share_push
from server.realtime.joining import at_seq
from server.realtime.pushes import change_push
from server.realtime.topic_rows import list_seen_changes, reader_of
from server.redis.channels import account_topic
from server.store.chats import sight
from server.store.messages import changes
from server.store.people import users
from server.store.sending.sends import Author
from tests.properties.strategies import repeatable
from tests.support.peers import message_received
from tests.support.worker_harness import WorkerHarness

CHATS = 3
OWNERS = ("mine", "team", "colleague", "team's colleague", "other team", "unassigned")
CHAT = st.integers(0, CHATS - 1)
STEPS = st.one_of(
    st.tuples(st.just("assign"), CHAT, st.sampled_from(OWNERS)),
    st.tuples(st.just("assign"), CHAT, st.sampled_from(OWNERS)),
    st.tuples(st.just("arrive"), CHAT),
    st.tuples(st.just("join_team"), st.booleans()),
    st.tuples(st.just("restrict"), st.booleans()),
    st.tuples(st.just("listen")),
    st.tuples(st.just("reconnect")),
    st.tuples(st.just("ask")),
)
EMPTY = """
    with c as (delete from channels_chat), m as (delete from channels_message), t as (delete from user_team),
        u as (delete from channels_account_member where user_id = %(agent)s)
    update channels_account set seq = 0, changed_seq = 0"""


class Client:
    """What an agent's client holds. `reader` is as the server knows them at its socket."""

    def __init__(self, harness: WorkerHarness, account_id: int, agent_id: int, teams: list[int]) -> None:
        self.harness, self.account_id, self.agent_id, self.teams = harness, account_id, agent_id, teams
        self.cursor = 0
        self.held: set[int] = set()
        self.reader: Reader | None = None
        self.count = 0

    async def chat_ids(self) -> dict[int, int]:
        rows = await self.harness.fetch("select id, provider_chat_id as name from channels_chat")
        return {int(row["name"].removeprefix("chat-")): row["id"] for row in rows}

    async def seen(self) -> set[int]:
        ids = list((await self.chat_ids()).values())
        return await self.harness.parts.database.read(sight.list_seen, self.agent_id, ids)

    # -- what happens ---------------------------------------------------------------------------------------------

    async def arrive(self, chat: int) -> None:
        self.count += 1
        await self.harness.store(message_received("acc-1", f"a {self.count}", chat_id=f"chat-{chat}"))

    async def assign(self, chat: int, owner: str) -> None:
        mine, colleague = self.agent_id, self.harness.user_id
        wanted = {
            "mine": Assignment(mine, None),
            "team": Assignment(None, self.teams[0]),
            "colleague": Assignment(colleague, None),
            "team's colleague": Assignment(colleague, self.teams[0]),
            "other team": Assignment(None, self.teams[1]),
            "unassigned": Assignment(None, None),
        }[owner]
        chat_id = (await self.chat_ids())[chat]
        target = TargetChat(colleague, Author("user", colleague), "whatsapp", self.account_id, chat_id)
        await self.harness.parts.database.write(hand_over, target, wanted, None)

    async def join_team(self, joins: bool) -> None:
        statement = "delete from user_team_member where team_id = %(team)s and user_id = %(agent)s"
        if joins:
            statement = "insert into user_team_member values (%(team)s, %(agent)s) on conflict do nothing"
        await self.harness.execute(statement, team=self.teams[0], agent=self.agent_id)

    async def restrict(self, is_restricted: bool) -> None:
        await self.harness.execute(
            "update channels_account_member set is_restricted = %(on)s where user_id = %(agent)s",
            on=is_restricted,
            agent=self.agent_id,
        )

    # -- how the client hears of it -------------------------------------------------------------------------------

    async def read_all(self) -> None:
        (account,) = await self.harness.fetch("select seq from channels_account")
        self.cursor, self.held = account["seq"], await self.seen()

    def apply(self, event: str, chat_id: int | None) -> None:
        if event == "chat:updated" and chat_id is not None:
            self.held.add(chat_id)
        elif event in ("chat:hidden", "chat:erased") and chat_id is not None:
            self.held.discard(chat_id)

    async def listen(self) -> None:
        """Pushes arrive at the socket, in order or healed; the check of access follows them."""
        database = self.harness.parts.database
        found = await database.read(changes.list_changes, self.account_id, self.cursor, 1000)
        for change in found.items:
            push = change_push(account_topic(self.account_id), change)
            shared = push if self.reader is None else share_push(push, self.reader)
            assert shared.seq == push.seq
            self.apply(shared.event, push.chat_id)
            self.cursor = shared.seq
        if self.reader is not None:
            self.reader.seq = max(self.reader.seq, self.cursor)
        await self.follow()

    async def follow(self) -> None:
        known = await self.harness.parts.database.read(sight.fetch_sight, self.agent_id, self.account_id)
        assert known is not None
        now = reader_of(self.account_id, self.agent_id, known)
        if (now and now.team_ids) != (self.reader and self.reader.team_ids):
            await self.read_all()
            self.reader = at_seq(now, self.cursor)

    async def reconnect(self) -> None:
        """After a time without a socket: with the cursor, page by page."""
        await self.ask(limit=2)
        known = await self.harness.parts.database.read(sight.fetch_sight, self.agent_id, self.account_id)
        assert known is not None
        self.reader = at_seq(reader_of(self.account_id, self.agent_id, known), self.cursor)

    async def ask(self, limit: int = 1000) -> None:
        """`GET …/changes`."""
        while True:
            database = self.harness.parts.database
            page = await list_seen_changes(database, self.agent_id, self.account_id, self.cursor, limit)
            assert page is not None
            if page.reset:
                await self.read_all()
                return
            for change in page.items:
                self.apply(change.event, change.chat_id)
            self.cursor = page.head
            if not page.more:
                return


async def make_client(harness: WorkerHarness) -> Client:
    agent = await harness.parts.database.write(users.ensure_user, "rita@x.example", "Rita", "agent")
    await harness.execute(EMPTY, agent=agent.id)
    (account,) = await harness.fetch("select id from channels_account")
    await harness.execute(
        """insert into channels_account_member (account_id, user_id, role, is_restricted)
           values (%(a)s, %(u)s, 'agent', true)""",
        a=account["id"],
        u=agent.id,
    )
    await harness.execute("insert into user_team (name) values ('Field'), ('Office')")
    teams = [row["id"] for row in await harness.fetch("select id from user_team order by name")]
    client = Client(harness, account["id"], agent.id, teams)
    for chat in range(CHATS):
        await client.arrive(chat)
    await client.read_all()
    await client.reconnect()
    return client


@repeatable(60)
@example(steps=[("assign", 0, "mine"), ("listen",), ("assign", 0, "colleague"), ("arrive", 0), ("listen",)])
@example(steps=[("assign", 0, "mine"), ("ask",), ("assign", 0, "colleague"), ("arrive", 0), ("reconnect",)])
@example(
    steps=[("join_team", True), ("assign", 1, "team"), ("listen",), ("join_team", False), ("reconnect",)]
)
@example(steps=[("restrict", False), ("listen",), ("restrict", True), ("ask",)])
@given(steps=st.lists(STEPS, max_size=14))
async def test_a_client_holds_what_its_agent_may_see(
    harness: WorkerHarness, steps: list[tuple[Any, ...]]
) -> None:
    client = await make_client(harness)
    for name, *values in steps:
        await getattr(client, name)(*values)
    for last in (client.listen, client.ask):
        await last()
        assert client.held == await client.seen()
    await the_rules_agree(client)


async def the_rules_agree(client: Client) -> None:
    """The condition of the statements, the audience of the pushes, and the function of the trigger."""
    known = await client.harness.parts.database.read(sight.fetch_sight, client.agent_id, client.account_id)
    assert known is not None
    seen, reader = await client.seen(), reader_of(client.account_id, client.agent_id, known)
    rows = await client.harness.fetch(
        f"""select c.id, {sight.audience()} as audience, owns_chat(%(agent)s, c.assignee_id, c.team_id) as owned
            from channels_chat c""",
        agent=client.agent_id,
    )
    for row in rows:
        audience = parse_audience(row["audience"])
        assert audience is not None
        assert (row["id"] in seen) == (reader is None or reader.owns(audience))
        assert reader is None or row["owned"] == (row["id"] in seen)
