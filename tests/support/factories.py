"""Creates the rows that a test starts from, through the store and without a worker."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import orjson
from aiopg import Cursor

from server.rules.account_states import Seen
from server.store.accounts import accounts, states
from server.store.accounts.rejected import insert_rejected
from server.store.chats import chats, contacts
from server.store.chats.advance import advance_chats
from server.store.chats.chat_rows import ChatAdvance, ContactReport
from server.store.messages import messages
from server.store.messages.message_rows import NewMessage
from server.store.plans import entitlements
from server.web.app_keys import CACHED_ROLES, DATABASE, ENTITLEMENTS
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CHANNELS = "/api/channels/whatsapp"


async def make_account(
    stack: Stack, user: Peer, external_account_id: str = "acc-1", *, seen: Seen = Seen.WORKS
) -> int:
    """An account of this user's, unknown to UniPile."""
    account_id: int | None = await stack.app[DATABASE].write(
        accounts.take_over_account, user.user_id, "whatsapp", external_account_id, seen=seen
    )
    assert account_id is not None
    return account_id


async def observe(stack: Stack, account_id: int, seen: Seen, reason: str | None = None) -> None:
    """Record an observed state of the account."""
    await stack.app[DATABASE].write(states.observe, account_id, seen, reason)


async def add_member(stack: Stack, account_id: int, user: Peer, role: str) -> None:
    """Add a member to an account."""

    async def insert(cursor: Cursor) -> None:
        await cursor.execute(
            "insert into channels_account_member (account_id, user_id, role) values (%s, %s, %s)",
            (account_id, user.user_id, role),
        )

    await stack.app[DATABASE].write(insert)


BIAS_PHONE = "5511966660000"


async def make_contact(stack: Stack, account_id: int, phone: str = BIAS_PHONE) -> int:
    """A contact named Bia who has not written yet."""
    names = [f"1{phone}@lid", f"{phone}@s.whatsapp.net"]
    written: ContactReport = {
        "n": 0,
        "account_id": account_id,
        "ids": names,
        "provider_id": names[0],
        "external_id": None,
        "name": "Bia Lima",
        "named_at": START.isoformat(),
        "phone": f"+{phone}",
        "phoned_at": START.isoformat(),
        "username": None,
        "usernamed_at": "-infinity",
        "is_dated": False,
    }

    async def insert(cursor: Cursor) -> int:
        await accounts.lock_account(cursor, account_id)
        await contacts.upsert_contacts(cursor, [written])
        known = await contacts.fetch_known_contacts(cursor, account_id, names)
        return known[names[0]][0]

    contact_id: int = await stack.app[DATABASE].write(insert)
    return contact_id


async def make_label(user: Peer, name: str, *, shared: bool = True) -> int:
    """A label of the user, shared or private; returns its id."""
    body = {"name": name, "colour": "blue", "shared": shared}
    return int((await user.ok("POST", "/api/labels", body))["label"]["id"])


async def make_field(admin: Peer, name: str, kind: str = "text", options: Sequence[str] = ()) -> int:
    """A field of contacts; returns its id."""
    body = {"name": name, "kind": kind, "options": list(options)}
    return int((await admin.ok("POST", "/api/contact-fields", body))["field"]["id"])


async def make_view(user: Peer, name: str, *, shared: bool = True, **query: Any) -> int:
    """A view of the user, shared or private; returns its id."""
    body = {"name": name, "query": query, "shared": shared}
    return int((await user.ok("POST", "/api/views", body))["view"]["id"])


async def make_rule(user: Peer, account_id: int, **more: Any) -> int:
    """A rule of an account, off."""
    action = {"kind": "note", "text": "Oi"}
    body = {"name": "Rule", "account_ids": [account_id], "event": "message_in", "actions": [action]} | more
    return int((await user.ok("POST", "/api/rules", body))["rule"]["id"])


async def make_target(user: Peer, account_id: int, **more: Any) -> int:
    """A target of an account, on: a first reply within an hour."""
    body = {"name": "Target", "account_ids": [account_id], "is_on": True, "first_reply_minutes": 60} | more
    return int((await user.ok("POST", "/api/targets", body))["target"]["id"])


async def insert_rejected_account(stack: Stack, user: Peer) -> int:
    """An account that this user connected on UniPile's page and that was rejected."""
    error = {"code": "conflict", "message": "This number is connected by another user."}
    written = await stack.app[DATABASE].write(
        insert_rejected,
        f"page of {user.user_id}",
        "acc-refused",
        user.user_id,
        "whatsapp",
        "+5511900000000",
        error,
    )
    refusal_id: int = orjson.loads(written or "{}")["id"]
    return refusal_id


class AuditLine(NamedTuple):
    """One line of the audit log."""

    action: str
    actor: str
    actor_id: int | None
    key_id: int | None
    target: tuple[str | None, str | None]
    details: dict[str, Any]


async def audit_lines(stack: Stack) -> list[AuditLine]:
    """The audit log, oldest first."""

    async def read(cursor: Cursor) -> list[AuditLine]:
        await cursor.execute(
            "select action, actor, actor_id, key_id, target_kind, target_id, details::text from audit_log order by id"
        )
        return [
            AuditLine(row[0], row[1], row[2], row[3], (row[4], row[5]), orjson.loads(row[6]))
            for row in await cursor.fetchall()
        ]

    return await stack.app[DATABASE].read(read)


async def set_role(stack: Stack, user: Peer, role: str) -> None:
    """Set a user's team role."""

    async def update(cursor: Cursor) -> None:
        await cursor.execute("update users set role = %s where id = %s", (role, user.user_id))

    await stack.app[DATABASE].write(update)
    stack.app[CACHED_ROLES].forget()


async def sign_in_as(stack: Stack, role: str) -> Peer:
    """A user with this team role, named after it."""
    peer = await stack.sign_in(role)
    await set_role(stack, peer, role)
    return peer


async def revoke_entitlement(stack: Stack, user: Peer) -> None:
    assert await stack.app[DATABASE].write(entitlements.revoke, user.user_id, "whatsapp")
    await stack.app[ENTITLEMENTS].forget(user.user_id, "whatsapp")


async def make_chats(
    stack: Stack,
    account_id: int,
    names: Sequence[str],
    *,
    kind: str = "direct",
    minutes: int = 1,
    address: str | None = None,
) -> list[int]:
    """Chats with one message each, the last one the newest, `minutes` apart."""

    async def insert(cursor: Cursor) -> list[int]:
        await accounts.lock_account(cursor, account_id)
        known = await chats.ensure_chats(
            cursor,
            [
                {"account_id": account_id, "provider_chat_id": name, "address": address, "kind": kind}
                for name in names
            ],
        )
        ids = [known[account_id, name].id for name in names]
        for n, chat_id in enumerate(ids):
            await _insert_messages(cursor, account_id, chat_id, [START + timedelta(minutes=n * minutes)])
        return ids

    ids: list[int] = await stack.app[DATABASE].write(insert)
    return ids


async def make_chat(
    stack: Stack, account_id: int, name: str = "chat-1", *, kind: str = "direct", address: str | None = None
) -> int:
    (chat_id,) = await make_chats(stack, account_id, [name], kind=kind, address=address)
    return chat_id


async def make_messages(
    stack: Stack, account_id: int, chat_id: int, moments: Sequence[datetime], *, body: str = "Oi"
) -> list[int]:
    """Messages received at these times."""

    async def insert(cursor: Cursor) -> list[int]:
        await accounts.lock_account(cursor, account_id)
        return await _insert_messages(cursor, account_id, chat_id, moments, body)

    ids: list[int] = await stack.app[DATABASE].write(insert)
    return ids


async def _insert_messages(
    cursor: Cursor, account_id: int, chat_id: int, moments: Sequence[datetime], body: str = "Oi"
) -> list[int]:
    rows = [
        _message(account_id, chat_id, f"message-{chat_id}-{moment.isoformat()}-{n}", moment, body)
        for n, moment in enumerate(moments)
    ]
    stored = await messages.insert_messages(cursor, rows)
    by_key = {message.provider_msg_id: message.id for message in stored}
    newest = max(rows, key=lambda row: (row["sent_at"], row["provider_msg_id"]))
    waiting = [message.seq for message in stored if message.is_countable]
    change: ChatAdvance = {
        "account_id": account_id,
        "chat_id": chat_id,
        "message_id": by_key[newest["provider_msg_id"]],
        "sent_at": newest["sent_at"],
        "message_key": newest["provider_msg_id"],
        "preview": "Oi",
        "arrived": len(waiting),
        "waiting_at": min(row["sent_at"] for row in rows),
        "waiting_seq": min(waiting),
        "recounts": False,
    }
    await advance_chats(cursor, [change])
    return [by_key[row["provider_msg_id"]] for row in rows]


def _message(account_id: int, chat_id: int, key: str, moment: datetime, body: str) -> NewMessage:
    return {
        "account_id": account_id,
        "chat_id": chat_id,
        "provider_msg_id": key,
        "direction": "in",
        "status": "received",
        "body": body,
        "attachments": [],
        "sender": {"provider_id": "1551@lid", "name": "Bia Lima", "phone": None},
        "quoted": None,
        "is_event": False,
        "event_type": None,
        "sent_at": moment.isoformat(),
    }


async def walk(peer: Peer, path: str, limit: int) -> list[dict[str, Any]]:
    """All items of a list, page after page."""
    items: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = await peer.ok("GET", f"{path}?limit={limit}{cursor}")
        assert len(page["items"]) <= limit
        items += page["items"]
        if page["next_cursor"] is None:
            return items
        assert len(page["items"]) == limit
        cursor = f"&cursor={page['next_cursor']}"
