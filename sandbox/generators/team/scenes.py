"""What agents do with the chat of one customer, each step as the app's own request."""

import random
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sandbox.generators.team.customer import Customer
from sandbox.generators.team.hiring import Team
from sandbox.generators.team.inbox import InboxError, User
from sandbox.store.entities import Json

# Seconds of the simulated day.
THINKING = (60, 240)
MORNING_HOUR = 9

Pause = Callable[[float], Awaitable[None]]


def tomorrow_morning() -> str:
    """When a snooze ends and a planned message is sent."""
    day = datetime.now(UTC) + timedelta(days=1)
    return day.replace(hour=MORNING_HOUR, minute=0, second=0, microsecond=0).isoformat()


class Scene:
    """A chat with one customer, and the agents in the order in which they act."""

    def __init__(self, team: Team, customer: Customer, dice: random.Random, pause: Pause) -> None:
        self._team, self._customer, self._dice, self._pause = team, customer, dice, pause
        self._agents = dice.sample(team.agents, len(team.agents))
        self._chat_id = 0
        # Sends that Confab has not stored because a colleague was first.
        self.collisions = 0

    async def play(self, kind: str) -> None:
        """The customer asks, and what this kind of scene has follows; raises InboxError."""
        topic = self._customer.topic
        await self._receive(topic.question)
        first, second, third = self._agents
        steps = {
            "answered": self._answer_and_close,
            "handed_over": self._hand_over,
            "asked": self._ask_colleague,
            "snoozed": self._snooze,
            "planned": self._plan,
            "collided": self._collide,
            "drafted": self._share_draft,
        }
        await steps[kind](first, second, third)

    async def _answer_and_close(self, agent: User, _second: User, _third: User) -> None:
        await self._take(agent)
        await self._send_canned_reply(agent)
        await self._label(agent)
        await self._receive(self._customer.topic.thanks)
        await self._think()
        body = {"status": "closed", "category": self._customer.topic.category}
        await self._change(agent, "status", body)

    async def _hand_over(self, agent: User, second: User, _third: User) -> None:
        await self._take(agent)
        await self._send(agent, self._customer.topic.first_answer)
        note = {"text": f"@{second.name} you know this customer. Can you go on?", "mentions": [second.id]}
        await self._change(agent, "assignee", {"user_id": second.id, "note": note})
        await self._think()
        await self._send(second, self._customer.topic.answer)
        await self._label(second)

    async def _ask_colleague(self, agent: User, _second: User, third: User) -> None:
        await self._take(agent)
        await self._note(agent, f"@{third.name} is this still so?", third)
        await self._think()
        await self._note(third, "Yes, I have just asked.")
        await self._send(agent, self._customer.topic.answer)

    async def _snooze(self, agent: User, _second: User, _third: User) -> None:
        await self._take(agent)
        await self._send(agent, self._customer.topic.first_answer)
        await self._change(agent, "status", {"status": "snoozed", "until": tomorrow_morning()})

    async def _plan(self, agent: User, _second: User, _third: User) -> None:
        await self._take(agent)
        await self._send(agent, self._customer.topic.first_answer)
        body = {
            "text": self._customer.topic.answer,
            "send_at": tomorrow_morning(),
            "client_id": str(uuid4()),
        }
        await agent.call("POST", self._path("planned"), body)

    async def _collide(self, agent: User, second: User, _third: User) -> None:
        """Both have read the question; who answers later is told of the first answer, and gives way."""
        seen = await self._read_seen(second)
        await self._send(agent, self._customer.topic.answer)
        try:
            await self._send(second, self._customer.topic.answer, seen)
        except InboxError as error:
            if error.code != "newer_messages":
                raise
            self.collisions += 1

    async def _share_draft(self, agent: User, _second: User, _third: User) -> None:
        body = {"text": self._customer.topic.answer, "is_shared": True}
        await agent.call("PUT", self._path("draft"), body)

    async def _receive(self, text: str) -> None:
        """The customer writes, and the message is in the inbox."""
        chat = self._customer.write(text)
        reader = self._agents[0]
        found = await reader.wait_for(self._team.chats, provider_chat_id=chat, last_message_preview=text)
        self._chat_id = found["id"]
        await self._think()

    async def _take(self, agent: User) -> None:
        await self._change(agent, "assignee", {"user_id": agent.id})

    async def _change(self, agent: User, what: str, body: Json) -> None:
        chat = await self._read(agent)
        await agent.call("PUT", self._path(what), body | {"state_seq": chat["state_seq"]})

    async def _read(self, agent: User) -> Json:
        return dict((await agent.call("GET", self._path()))["chat"])

    async def _read_seen(self, agent: User) -> int:
        """Up to where the agent has seen the chat, and its notes."""
        chat, notes = await self._read(agent), await agent.call("GET", self._path("notes"))
        return int(max([chat["seq"], *(note["seq"] for note in notes["items"])]))

    async def _label(self, agent: User) -> None:
        label_id = self._team.labels[self._customer.topic.label]
        await agent.call("PUT", self._path(f"labels/{label_id}"))

    async def _note(self, agent: User, text: str, *mentioned: User) -> None:
        body = {"text": text, "mentions": [user.id for user in mentioned], "client_id": str(uuid4())}
        await agent.call("POST", self._path("notes"), body)

    async def _send_canned_reply(self, agent: User) -> None:
        reply = self._team.reply
        name = self._customer.first_name
        text = reply["text"].replace("{{contact.first_name | default: 'there'}}", name)
        await self._send(agent, text)
        await agent.call("POST", f"/api/replies/{reply['id']}/use")

    async def _send(self, agent: User, text: str, seen_seq: int | None = None) -> None:
        """Like the app: the send is not stored if a colleague has been first."""
        seen = await self._read_seen(agent) if seen_seq is None else seen_seq
        body = {"text": text, "client_id": str(uuid4()), "seen_seq": seen, "hold": True}
        await agent.call("POST", self._path("send"), body)

    def _path(self, rest: str = "") -> str:
        return f"{self._team.chats}/{self._chat_id}" + (f"/{rest}" if rest else "")

    async def _think(self) -> None:
        await self._pause(self._dice.uniform(*THINKING))


KINDS = ("answered", "handed_over", "asked", "snoozed", "planned", "collided", "drafted")
