"""Passes events to the ingest job and reads the results: rows, counters, published frames."""

from collections.abc import Mapping
from typing import Any

import orjson
from aiopg import Cursor

from server.queue import QueuedEvent
from server.realtime.broker import publish
from server.realtime.events import Push, decode_pushes
from server.redis.channels import account_topic, topic_channel
from server.redis.client import Client
from server.rules.account_states import Seen
from server.store.accounts import accounts
from server.store.messages.messages import ChangedMessage
from server.store.people import users
from server.store.sending.outbox import take_attempt
from server.store.sending.sends import Author, insert_send
from tests.support.peers import PATIENCE_SECONDS, message_received
from workers.context import PARTS, Parts
from workers.messages import ingest
from workers.messages.outcomes import settle_send
from workers.messages.webhook_commits import COMMITTER, webhook_commits

AUTHOR = Author("user", 1)
# Later than anything a test says was sent.
RECEIVED_AT = "2026-03-02T23:00:00.000+00:00"
MESSAGE_COLUMNS = """id, account_id, chat_id, provider_msg_id, client_id, direction, status, body,
    attachments::text, is_event, error::text, seq, inserted_seq, rfc3339(sent_at) as sent_at"""


async def _fetch(cursor: Cursor, statement: str, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    await cursor.execute(statement, dict(values))
    names = [column.name for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in await cursor.fetchall()]


async def _execute(cursor: Cursor, statement: str, values: Mapping[str, Any]) -> None:
    await cursor.execute(statement, dict(values))


def delivery(
    body: Mapping[str, Any], source: str = "messages", received_at: str = RECEIVED_AT
) -> QueuedEvent:
    """One event as the web process queues it."""
    return {"source": source, "received_at": received_at, "body": dict(body)}


def receipt(
    event: str, message_id: str, external_account_id: str = "acc-1", **changes: Any
) -> dict[str, Any]:
    """A tick as UniPile posts it: `message_delivered` or `message_read`."""
    return {
        "event": event,
        "account_id": external_account_id,
        "message_id": message_id,
        "chat_id": "x",
    } | changes


def status_event(event_text: str, external_account_id: str = "acc-1") -> dict[str, Any]:
    """What UniPile posts when an account's state changes."""
    status = {"account_id": external_account_id, "account_type": "WHATSAPP", "message": event_text}
    return {"AccountStatus": status}


def written_by_us(text: str | None = "Claro.", **changes: Any) -> dict[str, Any]:
    """An own message as its webhook reports it: typed on the phone, or the echo of a send."""
    event = message_received("acc-1", text, is_sender=True, **changes)
    customer = event["sender"]
    own = customer | {"attendee_provider_id": "me@lid", "attendee_name": "Loja", "attendee_specifics": None}
    return event | {"sender": own, "attendees": [own, customer]}


class WorkerHarness:
    """One user with accounts, the workers' connections, and queries for the rows."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.user_id = 0
        self.received_at = RECEIVED_AT
        self._commits = webhook_commits(parts)

    async def open(self) -> "WorkerHarness":
        self.user_id = (
            await self.parts.database.write(users.ensure_user, "ana@x.example", "Ana", "agent")
        ).id
        return self

    async def make_account(self, external_account_id: str = "acc-1", seen: Seen = Seen.WORKS) -> int:
        account_id = await self.parts.database.write(
            accounts.take_over_account, self.user_id, "whatsapp", external_account_id, seen=seen
        )
        assert account_id is not None
        return account_id

    def context(self, job_try: int = 1) -> dict[Any, Any]:
        return {
            PARTS: self.parts,
            COMMITTER: self._commits,
            "job_try": job_try,
            "job_id": "job-1",
            "wake_in": lambda seconds: None,
        }

    async def store(self, *bodies: Mapping[str, Any], source: str = "messages", job_try: int = 1) -> None:
        """Run one ingest job with these webhook bodies."""
        await ingest.store_events(
            self.context(job_try), [delivery(body, source, self.received_at) for body in bodies]
        )

    async def fetch(self, statement: str, **values: Any) -> list[dict[str, Any]]:
        return await self.parts.database.read(_fetch, statement, values)

    async def execute(self, statement: str, **values: Any) -> None:
        await self.parts.database.write(_execute, statement, values)

    async def messages(self) -> list[dict[str, Any]]:
        return await self.fetch(f"select {MESSAGE_COLUMNS} from channels_message m order by m.seq")

    async def message(self) -> dict[str, Any]:
        (message,) = await self.messages()
        return message

    async def chats(self) -> list[dict[str, Any]]:
        return await self.fetch("select * from channels_chat order by id")

    async def chat(self) -> dict[str, Any]:
        (chat,) = await self.chats()
        return chat

    async def usage(self) -> tuple[int, int]:
        """(sent, received) of all months together."""
        (row,) = await self.fetch(
            "select coalesce(sum(messages_sent), 0) s, coalesce(sum(messages_rcvd), 0) r from channels_usage"
        )
        return int(row["s"]), int(row["r"])

    async def account_seq(self, account_id: int) -> int:
        (row,) = await self.fetch("select seq from channels_account where id = %(id)s", id=account_id)
        return int(row["seq"])

    async def dead_letters(self, state: str = "dead") -> list[dict[str, Any]]:
        return await self.fetch(
            "select source, reason, body from dead_letters where state = %(state)s order by id", state=state
        )

    async def waiting(self) -> list[list[QueuedEvent]]:
        """The events of the jobs that wait in the ingest queue."""
        jobs = await self.parts.redis.keys("arq:job:*")
        contents = [orjson.loads(await self.parts.redis.get(key)) for key in jobs]
        return [job["a"][0] for job in contents if job["f"] == "store_events"]

    async def begin_send(self, chat_id: int, text: str, client_id: str = "client-1") -> ChangedMessage:
        """A send that was passed to UniPile and has no response yet."""
        message = await self.queue_send(chat_id, text, client_id)
        assert await self.parts.database.write(take_attempt, chat_id)
        return message

    async def queue_send(self, chat_id: int, text: str, client_id: str) -> ChangedMessage:
        (chat,) = await self.fetch("select account_id from channels_chat where id = %(id)s", id=chat_id)
        stored = await self.parts.database.write(
            insert_send, chat["account_id"], chat_id, client_id, text, author=AUTHOR
        )
        assert stored is not None
        return stored[0]

    async def answer_send(self, message: ChangedMessage, provider_msg_id: str | None) -> None:
        """UniPile's response arrives."""
        await settle_send(self.parts, message.id, "sent", provider_msg_id=provider_msg_id)


class Listener:
    """Subscribes to one account's pushes, as a web instance does."""

    def __init__(self, redis: Client, account_id: int) -> None:
        self._redis = redis
        self._account_id = account_id
        self._pubsub = redis.pubsub()

    async def open(self) -> "Listener":
        await self._pubsub.subscribe(topic_channel(account_topic(self._account_id)))
        await self._pubsub.get_message(timeout=PATIENCE_SECONDS)
        return self

    async def heard(self) -> list[tuple[int, dict[str, Any]]]:
        """(seq, frame) of everything that was published until now."""
        await publish(self._redis, self._account_id, [Push(-1, None, b"{}")])
        found: list[tuple[int, dict[str, Any]]] = []
        while True:
            message = await self._pubsub.get_message(ignore_subscribe_messages=True, timeout=PATIENCE_SECONDS)
            assert message is not None
            pushes = decode_pushes(message["data"])
            if pushes[0].seq == -1:
                return found
            found += [(push.seq, orjson.loads(push.frame)) for push in pushes]

    async def close(self) -> None:
        await self._pubsub.aclose()  # type: ignore[no-untyped-call]
