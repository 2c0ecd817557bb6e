"""A valid request for each route of the table: existing ids, an accepted body."""

import re
from dataclasses import dataclass
from typing import Any

from aiopg import Cursor

from server.queue import heartbeat
from server.routes import Route
from server.web.app_keys import DATABASE, REDIS
from tests.server.handlers.test_auth import EMAIL, PASSWORD
from tests.support.factories import (
    BIAS_PHONE,
    add_member,
    insert_rejected_account,
    make_account,
    make_chat,
    make_contact,
    sign_in_as,
)
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, message_received

# Required queries.
NEEDED = {"list_changes": "?since=0", "find": "?q=Oi"}
HOSTED_TOKEN = "t" * 43


@dataclass
class RouteTarget:
    """A user with an account and a chat, for the paths of all routes."""

    peer: Peer
    account_id: int
    chat_id: int
    message_id: int = 0
    contact_id: int = 0
    user_id: int = 0
    key_id: int = 0
    refusal_id: int = 0

    def path(self, route: Route) -> str:
        """The route's path with existing ids."""
        values = {
            "provider": "whatsapp",
            "account_id": str(self.account_id),
            "chat_id": str(self.chat_id),
            "message_id": str(self.message_id),
            "user_id": str(self.user_id),
            "key_id": str(self.key_id),
            "attachment_id": "file-1",
            "contact_id": str(self.contact_id),
            "export_id": "1",
            "refusal_id": str(self.refusal_id),
            "sha256": "0" * 64,
            "token": HOSTED_TOKEN,
            "name": "icon.svg",
            "path": "inbox",
        }
        return re.sub(r"\{(\w+)(?::(?:[^{}]|\{[^{}]*\})*)?\}", lambda match: values[match[1]], route.path)


async def make_route_target(stack: Stack) -> RouteTarget:
    """An owner of the team with an account, a chat, a key, and another member of the account."""
    await heartbeat(stack.app[REDIS])  # without a worker no export is ever ready
    owner, other = await sign_in_as(stack, "owner"), await stack.sign_in("other")
    account_id = await make_account(stack, owner)
    chat_id = await make_chat(stack, account_id, address=f"{BIAS_PHONE}@s.whatsapp.net")
    (message,) = await owner.messages(account_id, chat_id)
    await add_member(stack, account_id, other, "agent")
    key = await owner.ok("POST", "/api/keys", {"name": "crm", "scopes": ["read"]})
    return RouteTarget(
        owner,
        account_id,
        chat_id,
        message["id"],
        await make_contact(stack, account_id),
        other.user_id,
        key["key"]["id"],
        await insert_rejected_account(stack, owner),
    )


def good_body(route: Route) -> dict[str, Any] | None:
    bodies: dict[str, dict[str, Any]] = {
        "make_test_token": {"user_id": "ana"},
        "log_in": {"email": EMAIL, "password": PASSWORD},
        "register": {"email": "eva@example.com", "name": "Eva", "password": PASSWORD},
        "forget_password": {"email": EMAIL},
        "show_link": {"token": HOSTED_TOKEN},
        "accept_link": {"token": HOSTED_TOKEN, "password": PASSWORD},
        "change_profile": {"name": "Ana"},
        "change_password": {"old_password": PASSWORD, "new_password": PASSWORD + "!"},
        "invite_user": {"email": "eva@example.com", "role": "agent"},
        "change_user": {"name": "Eva"},
        "create_key": {"name": "crm", "scopes": ["read"]},
        "set_member": {"role": "viewer"},
        "set_payer": {"user_id": 1},
        "connect_account": {},
        "reconnect_account": {},
        "request_export": {},
        "patch_account": {"read_receipts": False},
        "patch_chat": {"read": True},
        "start_chat": {"to": "+5511988880000", "text": "Oi"},
        "edit_message": {"text": "Oi"},
        "set_reaction": {"value": "👍"},
        "send_message": {"text": "Oi"},
        "receive_messages": message_received("acc-1"),
        "receive_account_status": {"AccountStatus": {"account_id": "acc-1", "message": "OK"}},
    }
    assert (route.body is None) or route.name in bodies
    return bodies.get(route.name)


async def fail_message(stack: Stack, message_id: int) -> None:
    """Turn the message into a failed send with an unavailable file."""

    async def update(cursor: Cursor) -> None:
        await cursor.execute(
            """update channels_message set direction = 'out', status = 'failed', attachments = jsonb_build_array(
                   jsonb_build_object('id', 'file-1', 'type', 'img', 'file_name', null, 'mimetype', null,
                       'file_size', null, 'state', 'expired', 'error', null, 'voice_note', false, 'sticker', false,
                       'duration', null, 'width', null, 'height', null))
               where id = %s""",
            (message_id,),
        )

    await stack.app[DATABASE].write(update)
