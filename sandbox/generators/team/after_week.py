"""What the team does with the week behind a number: answers what waits, labels, closes, and asks for ratings."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from uuid import uuid4

from sandbox.generators.team.hiring import Team
from sandbox.generators.team.inbox import CHANNELS, InboxError, User
from sandbox.generators.week_plan import OPEN, Visit
from sandbox.simulator import Simulator
from sandbox.store.entities import Account, Json
from sandbox.whatsapp.conversations import Draft, upsert_contact, write

# Of those who wait, the newest; the others go on waiting. Of the answered chats some stay open.
ANSWERED, CLOSED_SHARE = 12, 0.8
# After the closing; less is no setting of Confab's.
ASKED_MINUTES = 1
# As many as one request reads.
NOTIFICATIONS = 100
ASKED_SECONDS, POLL_SECONDS = 240.0, 0.5
RATINGS = (
    "5",
    "5 Very quick, thank you!",
    "4",
    "4/5",
    "5",
    "3 It took a while",
    "5",
    "2 I waited too long",
    "1",
    "5",
)


class AfterWeek:
    """The team's part of a week, through Confab's REST API."""

    def __init__(
        self,
        simulator: Simulator,
        account: Account,
        team: Team,
        visits: Sequence[Visit],
        report: Callable[[], None],
    ) -> None:
        self._simulator, self._account, self._team, self._report = simulator, account, team, report
        self._visits = {f"+{visit.digits}": visit for visit in visits}
        self._answered = self._closed = self._rated = 0

    def as_json(self) -> Json:
        """The progress."""
        return {"answered": self._answered, "closed": self._closed, "rated": self._rated}

    async def prepare(self) -> None:
        """Give the number office hours, unless it has some, once it has read the phone's history."""
        owner, path = self._team.owner, f"{CHANNELS}/{self._team.account_id}/hours"
        await owner.wait_for(f"{CHANNELS}/accounts", id=self._team.account_id, import_state="done")
        if (await owner.call("GET", path))["hours"] is None:
            week = [[[hour * 60 for hour in hours]] if hours else [] for hours in OPEN]
            await owner.call("PUT", path, {"time_zone": "UTC", "week": week, "holidays": []})

    async def play(self) -> None:
        """Answer, label and close; then ask those who were answered by the team, and rate as they do."""
        chats = await self._list_chats()
        late = await self._answer(chats)
        await self._label(chats)
        asked = {chat["id"] for chat in late}
        done = [chat for chat in chats if self._visit(chat).is_answered and chat["id"] not in asked]
        await self._close(done[: int(len(done) * CLOSED_SHARE)])
        await self._read_notifications({chat["id"] for chat in chats})
        await self._turn_surveys_on()
        await self._close(late)
        await asyncio.gather(*(self._rate(chat, rating) for chat, rating in zip(late, RATINGS, strict=False)))

    async def _list_chats(self) -> list[Json]:
        """The chats of the week, those with the newest messages first."""
        found = [chat async for chat in self._team.owner.walk(self._team.chats)]
        return [chat for chat in found if chat["contact"] and chat["contact"]["phone"] in self._visits]

    def _visit(self, chat: Json) -> Visit:
        return self._visits[chat["contact"]["phone"]]

    async def _answer(self, chats: Sequence[Json]) -> list[Json]:
        """Those who have waited shortest for a first answer; the agents take turns."""
        waiting = [chat for chat in chats if not self._visit(chat).is_answered]
        newest = sorted(waiting, key=lambda chat: str(chat["waiting_since"]), reverse=True)[:ANSWERED]
        done = []
        for n, chat in enumerate(newest):
            agent = self._team.agents[n % len(self._team.agents)]
            if await self._answer_one(agent, chat):
                done.append(chat)
        return done

    async def _answer_one(self, agent: User, chat: Json) -> bool:
        path = f"{self._team.chats}/{chat['id']}"
        body = {"text": self._visit(chat).topic.answer, "client_id": str(uuid4())}
        try:
            await agent.call("PUT", f"{path}/assignee", {"user_id": agent.id, "state_seq": chat["state_seq"]})
            await agent.call("POST", f"{path}/send", body)
        except InboxError as error:
            # A user of the demo was first: theirs is the chat.
            if error.code not in ("changed", "newer_messages"):
                raise
            return False
        self._answered += 1
        self._report()
        return True

    async def _label(self, chats: Iterable[Json]) -> None:
        by_label = defaultdict(list)
        for chat in chats:
            by_label[self._visit(chat).topic.label].append(chat["id"])
        for name, ids in by_label.items():
            await self._change(self._team.agents[0], ids, action="label", label_id=self._team.labels[name])

    async def _close(self, chats: Sequence[Json]) -> None:
        """Each agent closes a share, with the categories; what is closed is read."""
        by_category: dict[tuple[User, str], list[int]] = defaultdict(list)
        for n, chat in enumerate(chats):
            agent = self._team.agents[n % len(self._team.agents)]
            by_category[agent, self._visit(chat).topic.category].append(chat["id"])
        for (agent, category), ids in by_category.items():
            await self._change(agent, ids, action="read")
            changed = await self._change(agent, ids, action="close", category=category)
            self._closed += len(changed["changed"])
            self._report()

    async def _change(self, agent: User, chat_ids: Sequence[int], **change: object) -> Json:
        return await agent.call("POST", f"{self._team.chats}/bulk", {"chat_ids": list(chat_ids), **change})

    async def _read_notifications(self, chat_ids: set[int]) -> None:
        """The owner's bell is about today, not about each contact of a week."""
        owner, path = self._team.owner, "/api/me/notifications"
        found = [item["id"] async for item in owner.walk(path) if item["chat_id"] in chat_ids]
        for first in range(0, len(found), NOTIFICATIONS):
            await owner.call("PATCH", path, {"ids": found[first : first + NOTIFICATIONS]})

    async def _turn_surveys_on(self) -> None:
        """Unless the owner has settings of their own: only what is closed from now on is asked about."""
        owner, path = self._team.owner, f"{CHANNELS}/{self._team.account_id}/survey"
        if not (await owner.call("GET", path))["settings"]["is_on"]:
            await owner.call("PUT", path, {"is_on": True, "delay_minutes": ASKED_MINUTES})

    async def _rate(self, chat: Json, rating: str) -> None:
        """The customer answers the question, once it is there."""
        visit = self._visit(chat)
        contact = upsert_contact(self._simulator, visit.digits)
        own = self._simulator.world.chat_with(self._account, contact)
        for _ in range(int(ASKED_SECONDS / POLL_SECONDS)):
            await asyncio.sleep(POLL_SECONDS)
            newest = next(self._simulator.world.newest(own.id), None)
            if newest is not None and newest.is_sender and newest.text != visit.topic.answer:
                await asyncio.sleep(random.Random(visit.digits).uniform(1, 5))
                write(self._simulator, own, contact.id, Draft(rating))
                self._rated += 1
                self._report()
                return
