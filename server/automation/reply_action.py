"""Sends the canned replies of rules and macros, with their files and with a value for each variable."""

from collections.abc import Mapping
from typing import cast

from aiopg import Cursor

from server.config.plans import Plans
from server.errors import ConfabError
from server.messages.sending import SendRequest, StoredSend, store_send
from server.messages.uploads import StoredAttachment, Upload
from server.plans.payer import Payer, read_rights
from server.said.said import said
from server.store.accounts.accounts import LockedAccount
from server.store.rules.facts import ReplyFile, ReplyValues, fetch_shared_reply, fetch_values
from server.store.rules.rule_runs import has_replied
from server.store.sending.sends import Author
from server.text.variables import MissingValueError, resolve

# Two programs that answer each other would not end: a rule writes into a chat once in this time.
REPLY_MINUTES = 60
REPEATED = said("reply_too_soon", minutes=REPLY_MINUTES)


async def send_reply(
    cursor: Cursor,
    plans: Plans,
    account: LockedAccount,
    user_id: int,
    chat_id: int,
    author: Author,
    client_id: str,
    reply_id: int,
    agent: tuple[str | None, str],
) -> StoredSend:
    """Store the send of a canned reply in a chat of a locked account, once for each client_id; raises why it cannot be
    sent. `agent` is the name of the user that variables stand for, None for a rule, and today's date.
    """
    reply = await fetch_shared_reply(cursor, reply_id)
    if reply is None:
        raise ConfabError("not_found", said("reply_deleted"))
    if author.kind == "rule" and await has_replied(cursor, author.id, chat_id, REPLY_MINUTES):
        raise ConfabError("conflict", REPEATED)
    text = _resolved(reply.text, await fetch_values(cursor, chat_id), *agent)
    rights = await read_rights(cursor, plans, account.user_id, account.provider)
    request = SendRequest(
        Payer(account.user_id, rights, plans),
        user_id,
        account.provider,
        account.id,
        chat_id,
        author,
        client_id,
        text or None,
        uploads=[_upload(file) for file in reply.files],
    )
    return await store_send(cursor, request)


def _upload(file: ReplyFile) -> Upload:
    return Upload(file.sha256, cast(StoredAttachment, file.attachment))


def _resolved(text: str, of_chat: ReplyValues, agent: str | None, today: str) -> str:
    values: Mapping[str, str | None] = {
        "contact.name": of_chat.contact_name,
        "contact.first_name": _first(of_chat.contact_name),
        "contact.phone": of_chat.contact_phone,
        "account.name": of_chat.account_name,
        "agent.name": agent,
        "agent.first_name": _first(agent),
        "today": today,
    }
    try:
        return resolve(text, values, strict=True)
    except MissingValueError as error:
        raise ConfabError("invalid", said("variable_without_value", name=str(error))) from error


def _first(name: str | None) -> str | None:
    return name.split()[0] if name and name.split() else None
