"""An account with data of every kind, so that generated requests reach real rows."""

import json
from dataclasses import dataclass
from typing import Any

from server.auth.tokens import hash_token
from server.store.people.user_links import put_link
from server.web.app_keys import DATABASE
from tests.support.dead_letters import insert_dead
from tests.support.factories import CHANNELS, insert_rejected_account, sign_in_as
from tests.support.fixtures_stack import Stack
from tests.support.media_files import enclosed, png
from tests.support.peers import Peer, eventually
from tests.support.route_cases import fail_message, in_a_week, make_planned, one_file

EXTERNAL_ID = "acc-1"
LINK_TOKEN = "fuzz-link-token-4711-4711-4711-4711-4711-47"
HOURS: dict[str, list[Any]] = {
    "body.time_zone": ["Europe/Berlin", "America/Sao_Paulo"],
}
SPARE = 4
SPARE_IDS = 60


@dataclass(frozen=True)
class SampleAccount:
    """An owner with an account; the possible path parameters, and the required ones of some paths."""

    owner: Peer
    parameters: dict[str, list[Any]]
    at: dict[str, dict[str, list[Any]]]


async def furnish(stack: Stack) -> SampleAccount:
    """Users, keys, chats, messages of both sides, files, a failed send, an export."""
    owner = await sign_in_as(stack, "owner")
    account = (await stack.make_account(owner, EXTERNAL_ID))["id"]
    chat_id = await _converse(stack, owner, account)
    messages = await owner.messages(account, chat_id)
    failed = min(message["id"] for message in messages if message["direction"] == "in")
    await fail_message(stack, failed)
    (picture,) = [message for message in messages if message["attachments"]]
    people = [await stack.sign_in(f"colleague-{n}") for n in range(SPARE)]
    newcomer = await stack.sign_in("newcomer")
    for person in people:
        await owner.ok("PUT", f"{CHANNELS}/{account}/members/{person.user_id}", {"role": "agent"})
    await stack.app[DATABASE].write(
        put_link, newcomer.user_id, hash_token(LINK_TOKEN), "invitation", 3600, None
    )
    export = await owner.ok("POST", f"{CHANNELS}/{account}/exports", {})
    notes = f"{CHANNELS}/{account}/chats/{chat_id}/notes"
    written = [await owner.ok("POST", notes, {"text": f"Note {n}"}) for n in range(SPARE)]
    parameters = {
        "account_id": [account],
        "chat_id": [chat_id],
        "message_id": [message["id"] for message in messages],
        "contact_id": [person["id"] for person in await _people(owner, "Bia")],
        "user_id": [person.user_id for person in people],
        "key_id": [await _make_key(owner, n) for n in range(SPARE)],
        "note_id": [note["note"]["id"] for note in written],
        "export_id": [export["export"]["id"]],
        "refusal_id": [await insert_rejected_account(stack, owner)],
        "reply_id": [await _make_reply(owner, n) for n in range(SPARE)],
        "macro_id": [await _make_macro(owner, n) for n in range(SPARE)],
        "dead_letter_id": [await _make_dead(stack, n) for n in range(SPARE)],
    }
    here: dict[str, list[Any]] = {"path.account_id": [account], "path.chat_id": [chat_id]}
    file = {"path.message_id": [picture["id"]], "path.attachment_id": [picture["attachments"][0]["id"]]}
    lost = {"path.message_id": [failed], "path.attachment_id": ["file-1"]}
    # Generated ones are few, and soon belong to messages of other chats.
    ours = {"body.client_id": [f"send-{n}" for n in range(SPARE_IDS)]}
    sent = {"path.message_id": [message["id"] for message in messages if message["direction"] == "out"]}
    at = {
        "delete_message": here | sent,
        "send_message": here | ours,
        **dict.fromkeys(("list_notes", "write_note", "edit_note", "delete_note"), here),
        "show_attachment": here | file,
        "retry_attachment": here | lost,
        "retry_message": here | lost,
        "run_macro": here,
        "put_hours": {"path.account_id": [account]} | HOURS,
        "log_in": await _register(stack),
    }
    at |= await _at_planned(owner, account, chat_id)
    at |= await _at_contacts(owner, account)
    at |= {
        "drop_dead_letter": {
            "path.dead_letter_id": [await _make_dead(stack, SPARE + n) for n in range(SPARE)]
        }
    }
    at |= await _reply_files(owner)
    return SampleAccount(owner, parameters, at)


async def _at_planned(owner: Peer, account: int, chat_id: int) -> dict[str, dict[str, list[Any]]]:
    """Each route has planned messages of its own: what one has cancelled, another cannot send."""
    here: dict[str, list[Any]] = {"path.account_id": [account], "path.chat_id": [chat_id]}
    later = {"body.send_at": [in_a_week()]}
    at = {
        name: here | {"path.planned_id": [await make_planned(owner, account, chat_id) for _ in range(SPARE)]}
        for name in ("cancel_planned", "send_planned_now", "change_planned")
    }
    at["change_planned"] |= later
    return at | {"plan_message": here | later | {"body.client_id": [f"plan-{n}" for n in range(SPARE_IDS)]}}


async def _at_contacts(owner: Peer, account: int) -> dict[str, dict[str, list[Any]]]:
    here: dict[str, list[Any]] = {"path.account_id": [account]}
    two = [person["id"] for name in ("Bia", "Caio") for person in await _people(owner, name)]
    label = here | {"path.label_id": [await _make_label(owner)]}
    return {
        **dict.fromkeys(("add_contact_label", "remove_contact_label"), label),
        "merge_contacts": here | {"path.contact_id": two, "body.contact_id": two},
    }


async def _register(stack: Stack) -> dict[str, list[Any]]:
    """A user with a password, and their login name."""
    known = {"email": "known@example.com", "password": "correct horse battery"}
    await stack.stranger.ok("POST", "/api/auth/register", known | {"name": "Known"})
    return {f"body.{name}": [value] for name, value in known.items()}


async def _converse(stack: Stack, owner: Peer, account: int) -> int:
    """Two contacts write, one of them with a picture; the owner replies."""
    await stack.write(EXTERNAL_ID, "Oi")
    await stack.write(EXTERNAL_ID, "Hello", **{"from": {"phone_number": "5511977770002", "name": "Caio"}})
    await stack.write(EXTERNAL_ID, "A picture", attachments=[enclosed("a.png", png(), "image/png")])
    (chat,) = await eventually(lambda: _chats_of(owner, account, "Bia Lima"))
    chat_path = f"{CHANNELS}/{account}/chats/{chat['id']}"
    for text in ("Olá", "Tudo bem?"):
        await owner.ok("POST", f"{chat_path}/send", {"text": text})
    await eventually(lambda: _settled(owner, account, chat["id"]))
    chat_id: int = chat["id"]
    return chat_id


async def _chats_of(owner: Peer, account: int, title: str) -> list[dict[str, Any]]:
    return [chat for chat in await owner.chats(account) if chat["title"] == title]


async def _settled(owner: Peer, account: int, chat_id: int) -> bool:
    """Everything is received and sent, and the picture is copied."""
    messages = await owner.messages(account, chat_id)
    files = [file["state"] for message in messages for file in message["attachments"]]
    states = [message["status"] for message in messages if message["direction"] == "out"]
    return len(messages) >= 4 and files == ["stored"] and states == ["delivered", "delivered"]


async def _make_reply(owner: Peer, index: int) -> int:
    made = await owner.ok("POST", "/api/replies", {"name": f"Reply {index}", "shared": True})
    return int(made["reply"]["id"])


async def _reply_files(owner: Peer) -> dict[str, dict[str, list[Any]]]:
    """A reply with two files: one to read, one to remove."""
    reply_id = await _make_reply(owner, SPARE)
    found = [
        (await owner.ok("POST", f"/api/replies/{reply_id}/files", data=one_file()))["reply"]["files"][n]["id"]
        for n in range(2)
    ]
    read, removed = ({"path.reply_id": [reply_id], "path.file_id": [file_id]} for file_id in found)
    return {"show_reply_file": read, "remove_reply_file": removed}


async def _make_macro(owner: Peer, index: int) -> int:
    note = {"kind": "note", "text": "Paid"}
    made = await owner.ok("POST", "/api/macros", {"name": f"Macro {index}", "actions": [note]})
    return int(made["macro"]["id"])


async def _people(owner: Peer, name: str) -> list[dict[str, Any]]:
    found = await owner.ok("GET", f"/api/search?q={name}")
    people: list[dict[str, Any]] = found["people"]
    return people


async def _make_dead(stack: Stack, index: int) -> int:
    """Each with its own body: one that is stored already is not stored again."""
    return await insert_dead(stack, body=json.dumps({"account_id": "acc-9", "n": index}))


async def _make_label(owner: Peer) -> int:
    made = await owner.ok("POST", "/api/labels", {"name": "VIP", "colour": "red"})
    return int(made["label"]["id"])


async def _make_key(owner: Peer, index: int) -> int:
    made = await owner.ok("POST", "/api/keys", {"name": f"crm {index}", "scopes": ["read"]})
    key_id: int = made["key"]["id"]
    return key_id
