"""Edits macros, and runs one in a chat: all of its actions, or none."""

from typing import NamedTuple

from aiopg import Cursor

from server.automation.actions import Acting, Done, act, end_acting
from server.automation.checks import check_actions, invalid
from server.config.plans import Plans
from server.conversations.states import TargetChat, lock_chat
from server.errors import ConfabError, NotFound
from server.said.said import said
from server.store.accounts.accounts import lock_account
from server.store.chats.chats import ChangedChat
from server.store.conversations import teams
from server.store.conversations.chat_states import fetch_state_chat
from server.store.people import audit
from server.store.people.audit import Actor
from server.store.rules import macros as rows
from server.store.rules.macros import Macro, MacroChanges, MacroReader, VisibleMacro

MAX_MACROS = 200
TOO_MANY = said("macros_too_many", most=MAX_MACROS)


class RanMacro(NamedTuple):
    """The chat as a macro has left it, and what it did."""

    chat: ChangedChat
    done: Done


async def create_macro(cursor: Cursor, reader: MacroReader, given: Macro, actor: Actor) -> int:
    """Insert a macro and return its id; raises conflict if there are too many, invalid for what does not exist."""
    await _check(cursor, given)
    if await rows.count_macros(cursor) >= MAX_MACROS:
        raise ConfabError("conflict", TOO_MANY)
    macro_id = await rows.insert_macro(cursor, given, reader.user_id)
    await audit.record(cursor, "macro.created", actor, ("macro", macro_id), {"name": given["name"]})
    return macro_id


async def change_macro(
    cursor: Cursor, reader: MacroReader, macro_id: int, changes: MacroChanges, actor: Actor
) -> None:
    """Change what is given; raises NotFound, or forbidden for who did not create it and is no admin."""
    stored = await _lock(cursor, reader, macro_id)
    macro: Macro = {**stored.macro, **changes}
    await _check(cursor, macro)
    await rows.update_macro(cursor, macro_id, macro)
    await audit.record(cursor, "macro.changed", actor, ("macro", macro_id), {"name": macro["name"]})


async def delete_macro(cursor: Cursor, reader: MacroReader, macro_id: int, actor: Actor) -> None:
    """Delete a macro; raises NotFound or forbidden."""
    stored = await _lock(cursor, reader, macro_id)
    await rows.delete_macro(cursor, macro_id)
    await audit.record(cursor, "macro.deleted", actor, ("macro", macro_id), {"name": stored.macro["name"]})


async def run_macro(
    cursor: Cursor, plans: Plans, target: TargetChat, reader: MacroReader, macro_id: int, client_id: str
) -> RanMacro:
    """Do all of it in the name of who runs it. An action that cannot be done raises its error, with `details.action`,
    and nothing is done. The same client_id again writes no message and no note a second time.
    """
    macro = await rows.lock_macro(cursor, reader, macro_id, for_update=False)
    if macro is None:
        raise NotFound
    await lock_chat(cursor, target)
    account = await lock_account(cursor, target.account_id)
    if account is None:
        raise NotFound
    name = await rows.fetch_user_name(cursor, target.user_id)
    acting = Acting(cursor, plans, account, target.actor, target.user_id, name)
    done = Done()
    for n, action in enumerate(macro.macro["actions"], start=1):
        try:
            done.add(await act(acting, target.chat_id, action, f"{client_id}:{n}"))
        except ConfabError as error:
            raise _denied(error, n, action["kind"]) from error
    await end_acting(cursor, done)
    return RanMacro(await fetch_state_chat(cursor, target.chat_id), done)


def _denied(error: ConfabError, n: int, kind: str) -> ConfabError:
    details = {**(error.details or {}), "action": {"position": n, "kind": kind}}
    return ConfabError(error.code, error.message, error.fields, limit=error.limit, details=details)


async def _lock(cursor: Cursor, reader: MacroReader, macro_id: int) -> VisibleMacro:
    stored = await rows.lock_macro(cursor, reader, macro_id, for_update=True)
    if stored is None:
        raise NotFound
    if not stored.may_change:
        raise ConfabError("forbidden", said("macro_not_yours"))
    return stored


async def _check(cursor: Cursor, macro: Macro) -> None:
    for team_id in macro["team_ids"] or ():
        if not await teams.exists(cursor, team_id):
            raise invalid("team_ids", said("team_absent"))
    # Which accounts it is for is not known: who cannot answer in one makes it fail there.
    await check_actions(cursor, macro["actions"], ())
