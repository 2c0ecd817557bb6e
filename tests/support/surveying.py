"""A number that asks for ratings: conversations that are answered and closed, and a clock that tests move."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from aiopg import Cursor

from server.accounts.survey_settings import change_survey_settings
from server.conversations.states import TargetChat
from server.conversations.status import StatusChange, change_status
from server.messages.sending import advance_chat
from server.store.accounts.accounts import lock_account
from server.store.people.audit import Actor
from server.store.plans import entitlements
from server.store.sending.sends import Author, insert_send
from server.store.surveys.survey_settings import OFF, SurveySettings
from tests.support.peers import message_received
from tests.support.worker_harness import WorkerHarness, written_by_us
from workers.automation.consumers import follow_acting
from workers.automation.surveys import ask_due

ON: SurveySettings = {**OFF, "is_on": True}
# What happened is moved into the past, as if so much time had gone by.
SHIFT = """
    with m as (update channels_message set sent_at = sent_at - make_interval(secs => %(seconds)s)),
    v as (update channels_conversation set opened_at = opened_at - make_interval(secs => %(seconds)s),
        first_reply_at = first_reply_at - make_interval(secs => %(seconds)s),
        reopened_at = reopened_at - make_interval(secs => %(seconds)s),
        closed_at = closed_at - make_interval(secs => %(seconds)s))
    update channels_survey set due_at = due_at - make_interval(secs => %(seconds)s),
        asked_at = asked_at - make_interval(secs => %(seconds)s),
        answered_at = answered_at - make_interval(secs => %(seconds)s)"""


class Surveyed:
    """One chat of a number that asks for ratings."""

    def __init__(self, harness: WorkerHarness, account_id: int) -> None:
        self.harness, self.account_id = harness, account_id
        self._count = 0

    async def open(self, **changes: Any) -> "Surveyed":
        harness = self.harness
        # Messages are as new as the clock says.
        harness.received_at = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        await harness.parts.database.write(
            entitlements.grant, harness.user_id, "whatsapp", "manual", plan="trial"
        )
        await self.set(**changes)
        return self

    async def set(self, **changes: Any) -> None:
        settings: SurveySettings = {**ON, **changes}  # type: ignore[typeddict-item]
        actor = Actor(user_id=self.harness.user_id, name="Ana")
        await self.harness.parts.database.write(change_survey_settings, self.account_id, settings, actor)

    async def writes(self, *texts: str, **changes: Any) -> None:
        """The contact writes, all in one batch."""
        moment = datetime.now(UTC)
        await self.harness.store(
            *(
                message_received(
                    "acc-1", text, timestamp=(moment + timedelta(milliseconds=n)).isoformat(), **changes
                )
                for n, text in enumerate(texts)
            )
        )

    async def phone_writes(self, text: str, **changes: Any) -> None:
        """The phone writes to the contact."""
        await self.harness.store(
            written_by_us(
                text, timestamp=datetime.now(UTC).isoformat(), chat_id="chat-5511988880000", **changes
            )
        )

    async def reply(self, author: Author | None = None) -> int:
        self._count += 1
        author = author or Author("user", self.harness.user_id)
        chat = await self.harness.chat()

        async def store(cursor: Cursor) -> int:
            await lock_account(cursor, self.account_id)
            client_id = f"reply-{self._count}"
            row = await insert_send(cursor, self.account_id, chat["id"], client_id, "Claro", author=author)
            assert row is not None
            await advance_chat(cursor, *row, "Claro", author)
            return row[0].id

        return int(await self.harness.parts.database.write(store))

    async def set_status(self, status: str) -> None:
        chat, user_id = await self.harness.chat(), self.harness.user_id
        target = TargetChat(user_id, Author("user", user_id), "whatsapp", self.account_id, chat["id"])
        await self.harness.parts.database.write(change_status, target, StatusChange(status))

    async def close(self) -> None:
        await self.set_status("closed")

    async def later(self, **time: float) -> None:
        await self.harness.execute(SHIFT, seconds=timedelta(**time).total_seconds())

    async def work(self) -> None:
        """What the worker does in its next second."""
        await follow_acting(self.harness.parts)
        await ask_due(self.harness.parts)

    async def ask(self) -> None:
        """A whole conversation, closed long enough ago to be asked about."""
        await self.writes("Oi")
        await self.reply()
        await self.close()
        await self.work()
        await self.later(minutes=6)
        await self.work()

    async def surveys(self) -> list[dict[str, Any]]:
        return await self.harness.fetch("select * from channels_survey order by id")

    async def survey(self) -> dict[str, Any]:
        (survey,) = await self.surveys()
        return survey

    async def automatic(self) -> list[str]:
        """The client ids of what Confab has sent by itself."""
        messages: Sequence[dict[str, Any]] = await self.harness.fetch(
            "select client_id from channels_message where author_kind = 'rule' order by id"
        )
        return [message["client_id"] for message in messages]
