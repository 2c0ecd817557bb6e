"""A valid request for each route of the table: existing ids, an accepted body."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import FormData
from aiopg import Cursor

from server.queue import heartbeat
from server.routes import Route
from server.store.notifying.devices import NewDevice, put_device
from server.store.people.notifications import NewNotification, notify_users
from server.web.app_keys import DATABASE, REDIS, TOKENS
from tests.server.handlers.test_auth import EMAIL, PASSWORD
from tests.support.dead_letters import insert_dead
from tests.support.factories import (
    BIAS_PHONE,
    CHANNELS,
    add_member,
    insert_rejected_account,
    make_account,
    make_chat,
    make_contact,
    make_field,
    make_label,
    make_rule,
    make_target,
    make_view,
    sign_in_as,
)
from tests.support.fixtures_stack import Stack
from tests.support.peers import Peer, message_received
from tests.support.push_service import PushService

# Required queries.
NEEDED = {"list_changes": "?since=0", "list_own_changes": "?since=0", "find": "?q=Oi"}
HOSTED_TOKEN = "t" * 43
NOTE_ACTION = {"kind": "note", "text": "Oi"}
MACRO = {"name": "Oi", "actions": [NOTE_ACTION]}


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
    team_id: int = 0
    note_id: int = 0
    reply_id: int = 0
    reply_file_id: str = ""
    label_id: int = 0
    planned_id: int = 0
    view_id: int = 0
    device_id: int = 0
    field_id: int = 0
    rule_id: int = 0
    macro_id: int = 0
    target_id: int = 0
    dead_letter_id: int = 0

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
            "import_id": "1",
            "refusal_id": str(self.refusal_id),
            "team_id": str(self.team_id),
            "note_id": str(self.note_id),
            "reply_id": str(self.reply_id),
            "file_id": self.reply_file_id,
            "label_id": str(self.label_id),
            "planned_id": str(self.planned_id),
            "view_id": str(self.view_id),
            "device_id": str(self.device_id),
            "field_id": str(self.field_id),
            "rule_id": str(self.rule_id),
            "macro_id": str(self.macro_id),
            "target_id": str(self.target_id),
            "dead_letter_id": str(self.dead_letter_id),
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
    team = await owner.ok("POST", "/api/teams", {"name": "Support", "user_ids": [other.user_id]})
    await owner.ok("PUT", f"{CHANNELS}/{account_id}/chats/{chat_id}/assignee", {"user_id": other.user_id})
    note = {"text": "Oi", "mentions": [other.user_id]}
    noted = await owner.ok("POST", f"{CHANNELS}/{account_id}/chats/{chat_id}/notes", note)
    draft = f"{CHANNELS}/{account_id}/chats/{chat_id}/draft"
    await owner.ok("PUT", draft, {"text": "Oi", "quote_id": message["id"]})
    await other.ok("PUT", draft, {"text": "Olá", "is_shared": True})
    await _notify(stack, owner.user_id, account_id, chat_id)
    await stack.execute(REPORT_FACTS, account_id)
    await owner.ok("PATCH", "/api/me/preferences", {"notifications": {"mine": {"sound": False}}})
    reply = await owner.ok("POST", "/api/replies", {"name": "Hello", "text": "Oi {{contact.name}}"})
    files = await owner.ok("POST", f"/api/replies/{reply['reply']['id']}/files", data=one_file())
    labels = [await make_label(owner, "VIP"), await make_label(owner, "Mine", shared=False)]
    for label_id in labels:
        await owner.ok("PUT", f"{CHANNELS}/{account_id}/chats/{chat_id}/labels/{label_id}")
    return RouteTarget(
        owner,
        account_id,
        chat_id,
        message["id"],
        await make_contact(stack, account_id),
        other.user_id,
        key["key"]["id"],
        await insert_rejected_account(stack, owner),
        team["team"]["id"],
        noted["note"]["id"],
        reply["reply"]["id"],
        files["reply"]["files"][0]["id"],
        labels[0],
        await make_planned(owner, account_id, chat_id),
        await make_view(owner, "Waiting"),
        await insert_device(stack, owner),
        await make_field(owner, "City"),
        await make_rule(owner, account_id),
        (await owner.ok("POST", "/api/macros", MACRO))["macro"]["id"],
        await make_target(owner, account_id),
        await insert_dead(stack),
    )


async def insert_device(stack: Stack, user: Peer) -> int:
    """A browser that gets the user's web push, also where that is off."""
    session_id = stack.app[TOKENS].read(str(user.token)).session_id
    device = NewDevice(
        f"https://push.x.example/{user.user_id}", b"\x04" * 65, b"\x01" * 16, "Firefox on Linux"
    )
    shown = await stack.app[DATABASE].write(put_device, user.user_id, session_id, device)
    return int(json.loads(shown or "")["id"])


def in_a_week() -> str:
    return (datetime.now(UTC) + timedelta(days=7)).isoformat(timespec="milliseconds")


async def make_planned(peer: Peer, account_id: int, chat_id: int) -> int:
    body = {"text": "Oi", "send_at": in_a_week()}
    made = await peer.ok("POST", f"{CHANNELS}/{account_id}/chats/{chat_id}/planned", body)
    return int(made["planned"]["id"])


def one_file() -> FormData:
    form = FormData(default_to_multipart=True)
    form.add_field("attachments", b"%PDF-1.4", filename="prices.pdf", content_type="application/pdf")
    return form


async def _notify(stack: Stack, user_id: int, account_id: int, chat_id: int) -> None:
    """Tell the user of a mention in the chat."""
    row: NewNotification = {
        "user_id": user_id,
        "kind": "mentioned",
        "account_id": account_id,
        "chat_id": chat_id,
        "message_id": None,
        "note_id": 1,
        "actor_id": None,
    }
    await stack.app[DATABASE].write(notify_users, [row])


# What the consumer of feeds writes when the chat is opened and answered.
REPORT_FACTS = """
    insert into report_fact (conversation_id, measure, key, account_id, chat_id, began_at, at, day, user_id, seconds,
        open_seconds, bucket, open_bucket)
    select c.conversation_id, x.measure, 0, c.account_id, c.id, now(), now(), now()::date, null, 20, 20, 18, 18
    from channels_chat c cross join (values ('opened'), ('reply')) x (measure) where c.account_id = %s"""


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
        "put_hours": {"time_zone": "Europe/Berlin", "week": [[[540, 1020]]] * 5 + [[], []]},
        "put_auto_replies": {
            "welcome": {"is_on": True, "text": "Oi"},
            "away": {"is_on": False, "text": ""},
        },
        "patch_chat": {"read": True},
        "start_chat": {"to": "+5511988880000", "text": "Oi"},
        "edit_message": {"text": "Oi"},
        "set_reaction": {"value": "👍"},
        "send_message": {"text": "Oi"},
        "change_many": {"chat_ids": [1], "action": "archive"},
        "set_status": {"status": "closed"},
        "set_assignee": {"user_id": None},
        "write_note": {"text": "Oi"},
        "edit_note": {"text": "Olá"},
        "set_availability": {"away": False},
        "put_draft": {"text": "Oi"},
        "read_notifications": {"all": True},
        "change_preferences": {"notifications": {"unassigned": {"sound": True}}},
        "add_device": PushService(1).browser("phone").body(),
        "test_channel": {"channel": "push"},
        "create_view": {"name": "Mine", "query": {"assignee": "me"}},
        "change_view": {"name": "Ours"},
        "create_contact_field": {"name": "Plan", "kind": "list", "options": ["Small", "Large"]},
        "change_contact_field": {"name": "Town"},
        "patch_contact": {"own_name": "Bia of the bakery"},
        "merge_contacts": {"contact_id": 1},
        "check_contact_import": {"targets": ["phone"]},
        "create_rule": {"name": "Oi", "account_ids": [1], "event": "message_in", "actions": [NOTE_ACTION]},
        "change_rule": {"name": "Olá"},
        "create_target": {"name": "Oi", "account_ids": [1], "close_minutes": 60},
        "change_target": {"name": "Olá"},
        "try_rule_on_chat": {"account_id": 1, "chat_id": 1, "event": "closed", "actions": [NOTE_ACTION]},
        "create_macro": MACRO,
        "change_macro": {"name": "Olá"},
        "run_macro": {},
        "create_label": {"name": "Billing", "colour": "teal"},
        "change_label": {"colour": "red"},
        "create_team": {"name": "Sales"},
        "change_team": {"name": "Sales"},
        "create_reply": {"name": "Prices", "text": "{{contact.name}}"},
        "change_reply": {"name": "Prices"},
        "import_canned_replies": {"replies": [{"name": "Thanks", "text": "Obrigada"}]},
        "plan_message": {"text": "Oi", "send_at": in_a_week()},
        "change_planned": {"text": "Olá"},
        "put_survey_settings": {"is_on": True},
        "change_team_settings": {"answer_assigns": True},
        "receive_messages": message_received("acc-1"),
        "receive_account_status": {"AccountStatus": {"account_id": "acc-1", "message": "OK"}},
    }
    assert (route.body is None) or route.name in bodies
    return bodies.get(route.name)


async def make_related_chat(stack: Stack, owner: Peer) -> None:
    """The contact of the target, on another account of its owner."""
    account_id = await make_account(stack, owner, "acc-2")
    await make_contact(stack, account_id)
    await make_chat(stack, account_id, address=f"{BIAS_PHONE}@s.whatsapp.net")


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
