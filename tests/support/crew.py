"""Users who share the work of accounts, and chats that wait to be handed out to them."""

from server.conversations.owners import set_away
from server.conversations.states import TargetChat
from server.conversations.status import StatusChange, change_status
from server.store.people import users
from server.store.sending.sends import Author
from tests.support.worker_harness import WorkerHarness
from workers.assigning import assign_due

QUEUED = """
    with seqs as (update channels_account set seq = seq + %(count)s where id = %(account)s returning id, seq)
    insert into channels_chat (account_id, provider_chat_id, address, kind, seq, status, waiting_since, team_id)
    select seqs.id, %(name)s || n, %(name)s || n, 'direct', seqs.seq - %(count)s + n, 'open',
        timestamptz '2026-03-02' + %(wave)s * interval '1 hour' + n * interval '1 second', %(team)s
    from seqs cross join generate_series(1, %(count)s) n"""
OWNERS = """
    select c.id, c.account_id, u.name from channels_chat c left join users u on u.id = c.assignee_id
    where c.status = 'open' order by c.account_id, c.waiting_since, c.id"""


class Crew:
    """Users of one or two accounts, by name, and chats that wait."""

    def __init__(self, harness: WorkerHarness) -> None:
        self.harness = harness
        self.ids: dict[str, int] = {}
        self.waves = 0

    async def account(self, mode: str, limit: int | None = None, external_account_id: str = "acc-1") -> int:
        account_id = await self.harness.make_account(external_account_id)
        await self.harness.execute(
            "update channels_account set assignment_mode = %(mode)s, chat_limit = %(limit)s where id = %(id)s",
            mode=mode,
            limit=limit,
            id=account_id,
        )
        # Its payer only looks on.
        await self.set("away_since = now()", self.harness.user_id)
        return account_id

    async def set(self, change: str, user_id: int) -> None:
        await self.harness.execute(f"update users set {change} where id = %(id)s", id=user_id)

    async def join(self, account_id: int, *names: str, limit: int | None = None, role: str = "agent") -> None:
        for name in names:
            user = await self.harness.parts.database.write(
                users.ensure_user, f"{name}@x.example", name, "agent"
            )
            self.ids[name] = user.id
            await self.harness.execute(
                """insert into channels_account_member (account_id, user_id, role)
                   values (%(account)s, %(user)s, %(role)s)""",
                account=account_id,
                user=user.id,
                role=role,
            )
            await self.set(f"chat_limit = {limit or 'null'}", user.id)

    async def team(self, *names: str, mode: str | None = None) -> int:
        (team,) = await self.harness.fetch("select coalesce(max(id), 0) + 1 as id from user_team")
        await self.harness.execute(
            """insert into user_team (id, name, assignment_mode) overriding system value
               values (%(id)s, 'Team ' || %(id)s, %(mode)s)""",
            id=team["id"],
            mode=mode,
        )
        for name in names:
            await self.harness.execute(
                "insert into user_team_member values (%(team)s, %(user)s)",
                team=team["id"],
                user=self.ids[name],
            )
        return int(team["id"])

    async def wait(self, account_id: int, count: int, team: int | None = None) -> None:
        """So many chats wait in the account, each later than those before."""
        self.waves += 1
        await self.harness.execute(
            QUEUED,
            account=account_id,
            count=count,
            name=f"chat-{self.waves}-",
            wave=self.waves,
            team=team,
        )

    async def owners(self) -> list[str | None]:
        await assign_due(self.harness.parts)
        return [row["name"] for row in await self.harness.fetch(OWNERS)]

    async def close(self, name: str) -> None:
        """The user closes the oldest of their chats, if they have one."""
        chat = next((row for row in await self.harness.fetch(OWNERS) if row["name"] == name), None)
        if chat is None:
            return
        target = TargetChat(
            self.harness.user_id,
            Author("user", self.harness.user_id),
            "whatsapp",
            chat["account_id"],
            chat["id"],
        )
        await self.harness.parts.database.write(change_status, target, StatusChange("closed"))

    async def away(self, name: str, is_away: bool) -> None:
        await self.harness.parts.database.write(set_away, Author("user", self.ids[name]), is_away)
