"""Plans messages: stored with a time, changed, cancelled, and turned into ordinary sends at their time or before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aiopg import Cursor

from server.config.plans import Plans
from server.errors import ConfabError, NotFound
from server.messages.sending import SendRequest, StoredSend, find_sends, store_send
from server.messages.uploads import invalid
from server.plans.payer import Payer, read_rights
from server.realtime.pushes import planned_push
from server.said.said import said
from server.store.chats import sight
from server.store.messages.messages import ChangedMessage
from server.store.sending import planned as rows
from server.store.sending import sends
from server.store.sending.planned import ChangedPlanned, Planned
from server.store.sending.sends import Author

MAX_OF_CHAT = 50
MAX_DAYS = 366
SENT_ALREADY = said("planned_sent")


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """A message that a user or a program wants to be sent at a time."""

    user_id: int
    author: Author
    provider: str
    account_id: int
    chat_id: int
    client_id: str
    text: str
    quote_id: int | None
    send_at: str
    cancel_if_contact_writes: bool


@dataclass(frozen=True, slots=True)
class Target:
    """A planned message in a path, and who acts."""

    user_id: int
    author: Author
    account_id: int
    chat_id: int
    planned_id: int


async def plan_message(cursor: Cursor, request: PlanRequest) -> tuple[ChangedPlanned, bool]:
    """Store one, and whether it is new; a known client_id returns the first."""
    account_id, chat_id = request.account_id, request.chat_id
    target = await sends.lock_send_target(cursor, request.user_id, request.provider, account_id, chat_id)
    if target is None:
        raise NotFound
    if target.chat_kind == "channel":
        raise ConfabError("conflict", said("channel_read_only"))
    if known := await rows.find_known(cursor, account_id, request.client_id):
        if known.chat_id != chat_id:
            raise ConfabError("conflict", said("message_other_chat"))
        return known, False
    if await sends.fetch_by_client_id(cursor, account_id, request.client_id) is not None:
        raise ConfabError("conflict", said("message_other_sent"))
    _require_future(request.send_at)
    if await rows.count_planned(cursor, chat_id) >= MAX_OF_CHAT:
        raise ConfabError("conflict", said("planned_too_many", most=MAX_OF_CHAT))
    if request.quote_id is not None and await sends.fetch_quotable(cursor, chat_id, request.quote_id) is None:
        raise invalid("quote_id", said("message_not_quotable"))
    return await rows.insert_planned(cursor, _new_row(request)), True


async def change_planned(cursor: Cursor, target: Target, changes: Mapping[str, object]) -> ChangedPlanned:
    """Change one of the caller's own: text, time, condition. One that failed or was cancelled needs a new time."""
    planned = await _lock(cursor, target)
    if planned.author != target.author:
        raise ConfabError("forbidden", said("planned_not_yours"))
    if planned.state == "sent":
        raise ConfabError("conflict", SENT_ALREADY)
    send_at = changes.get("send_at")
    if send_at is None and planned.state != "planned":
        raise invalid("send_at", said("planned_time_needed"))
    if send_at is not None:
        _require_future(str(send_at))
    return await rows.plan_again(cursor, planned, changes)


async def cancel_planned(cursor: Cursor, target: Target) -> tuple[ChangedPlanned, bool]:
    """Cancel one of any author; returns it, and whether it has changed."""
    planned = await _lock(cursor, target)
    if planned.state == "sent":
        raise ConfabError("conflict", SENT_ALREADY)
    if planned.state == "cancelled":
        return await rows.fetch_planned(cursor, planned.id), False
    return await rows.cancel_one(cursor, planned, target.author), True


async def send_now(cursor: Cursor, plans: Plans, target: Target) -> tuple[ChangedPlanned, StoredSend]:
    """Send one of any author now, or a failed one again; one that was sent already returns its message."""
    planned = await _lock(cursor, target)
    if planned.state == "cancelled":
        raise ConfabError("conflict", said("planned_cancelled"))
    if planned.state == "sent":
        known = await find_sends(cursor, planned.account_id, planned.chat_id, planned.client_id)
        return await rows.fetch_planned(cursor, planned.id), StoredSend(known, [])
    return await _send(cursor, plans, planned, target.user_id)


async def send_due(cursor: Cursor, plans: Plans, planned_id: int) -> StoredSend | None:
    """Send one whose time has come; None if it has been sent, cancelled or postponed meanwhile."""
    planned = await rows.lock_planned(cursor, planned_id)
    if planned is None or planned.state != "planned" or not planned.is_due:
        return None
    if not planned.may_send:
        raise ConfabError("forbidden", said("planned_author_gone"))
    return (await _send(cursor, plans, planned, planned.user_id))[1]


async def fail_due(cursor: Cursor, planned_id: int, error: ConfabError) -> ChangedPlanned | None:
    """Note why it could not be sent, unless it has been sent, cancelled or postponed meanwhile."""
    planned = await rows.lock_planned(cursor, planned_id)
    if planned is None or planned.state != "planned" or not planned.is_due:
        return None
    return await rows.mark_failed(cursor, planned, error.code, error.message)


async def _send(
    cursor: Cursor, plans: Plans, planned: Planned, user_id: int
) -> tuple[ChangedPlanned, StoredSend]:
    """One transaction makes it a send and marks it sent: a worker killed before the commit leaves it planned."""
    rights = await read_rights(cursor, plans, planned.owner_id, planned.provider)
    stored = await store_send(
        cursor,
        SendRequest(
            Payer(planned.owner_id, rights, plans),
            user_id,
            planned.provider,
            planned.account_id,
            planned.chat_id,
            planned.author,
            planned.client_id,
            planned.text,
            planned.quote_id,
        ),
    )
    message: ChangedMessage = stored.messages[0]
    changed = await rows.mark_sent(cursor, planned, message.id)
    return changed, StoredSend(stored.messages, [*stored.pushes, planned_push(changed)])


async def _lock(cursor: Cursor, target: Target) -> Planned:
    planned = await rows.lock_planned(cursor, target.planned_id)
    if planned is None or (planned.account_id, planned.chat_id) != (target.account_id, target.chat_id):
        raise NotFound
    if not await sight.sees_now(cursor, target.user_id, planned.chat_id):
        raise NotFound
    return planned


def _require_future(send_at: str) -> None:
    now = datetime.now(UTC)
    if not now < datetime.fromisoformat(send_at) <= now + timedelta(days=MAX_DAYS):
        raise invalid("send_at", said("planned_time", most=MAX_DAYS))


def _new_row(request: PlanRequest) -> rows.NewPlanned:
    return {
        "account_id": request.account_id,
        "chat_id": request.chat_id,
        "user_id": request.user_id,
        "author_kind": request.author.kind,
        "author_id": request.author.id,
        "text": request.text,
        "quote_id": request.quote_id,
        "client_id": request.client_id,
        "send_at": request.send_at,
        "cancel_if_contact_writes": request.cancel_if_contact_writes,
    }
