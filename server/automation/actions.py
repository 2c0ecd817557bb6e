"""What rules and macros do in a chat whose account is locked: each action, by its kind."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from aiopg import Cursor

from server.automation.note_action import write_note
from server.automation.reply_action import send_reply
from server.config.plans import Plans
from server.conversations.labels import apply_label
from server.conversations.owners import Assignment, assign_chat
from server.conversations.states import TargetChat, state_pushes
from server.conversations.status import StatusChange, change_in
from server.errors import ConfabError, NotFound
from server.messages.sending import StoredSend
from server.realtime.events import Push
from server.said.said import said
from server.store.accounts.accounts import LockedAccount
from server.store.conversations import labels
from server.store.conversations.chat_labels import Labelling
from server.store.conversations.chat_states import ChatState
from server.store.people.notifications import NewNotification, notify_users
from server.store.rules.facts import is_away, list_facts
from server.store.rules.rules import Action
from server.store.sending.sends import Author


@dataclass(slots=True)
class Done:
    """What was done, to be published and queued after the commit. Notifications are written last: their locks come
    after those of the accounts.
    """

    pushes: list[Push] = field(default_factory=list)
    sends: list[StoredSend] = field(default_factory=list)
    notifications: list[NewNotification] = field(default_factory=list)

    def add(self, other: "Done") -> None:
        self.pushes += other.pushes
        self.sends += other.sends
        self.notifications += other.notifications


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts in an account that the transaction has locked: a rule, or a user with a macro. `user_id` is whose access
    is used; `agent` the name for variables.
    """

    cursor: Cursor
    plans: Plans
    account: LockedAccount
    actor: Author
    user_id: int
    agent: str | None = None


async def act(acting: Acting, chat_id: int, action: Action, client_id: str) -> Done:
    """Do one thing; raises a ConfabError if it cannot be done. Messages and notes are written once for each
    client_id.
    """
    facts = await list_facts(acting.cursor, acting.account.id, [chat_id])
    if chat_id not in facts:
        raise NotFound
    return await KINDS[action["kind"]](acting, facts[chat_id].state, action, client_id)


async def end_acting(cursor: Cursor, done: Done) -> None:
    """Write what was left for the end of the transaction."""
    await notify_users(cursor, done.notifications)


async def _assign(acting: Acting, chat: ChatState, action: Action, client_id: str) -> Done:
    user_id = action["user_id"]
    if user_id is not None and acting.actor.kind == "rule" and await is_away(acting.cursor, user_id):
        raise ConfabError("conflict", said("user_away"))
    wanted = Assignment(user_id, action["team_id"])
    return Done((await assign_chat(acting.cursor, chat, wanted, acting.actor)).pushes)


async def _label(acting: Acting, chat: ChatState, action: Action, client_id: str) -> Done:
    label = await labels.lock_shared(acting.cursor, action["label_id"] or 0)
    if label is None:
        raise ConfabError("not_found", said("label_deleted"))
    labelling = Labelling(chat.account_id, label, action["kind"] == "label", *acting.actor)
    return Done(state_pushes(await apply_label(acting.cursor, labelling, [chat.chat_id])))


async def _close(acting: Acting, chat: ChatState, action: Action, client_id: str) -> Done:
    change = StatusChange("closed", category=action["category"])
    return Done((await change_in(acting.cursor, chat, acting.actor, change)).pushes)


async def _snooze(acting: Acting, chat: ChatState, action: Action, client_id: str) -> Done:
    if chat.status == "closed":
        raise ConfabError("conflict", said("chat_closed"))
    until = datetime.now(UTC) + timedelta(minutes=action["minutes"] or 1)
    text = until.isoformat(timespec="milliseconds")
    change = StatusChange("snoozed", text, action["wake_on_message"])
    return Done((await change_in(acting.cursor, chat, acting.actor, change)).pushes)


async def _note(acting: Acting, chat: ChatState, action: Action, client_id: str) -> Done:
    account = acting.account
    target = TargetChat(acting.user_id, acting.actor, account.provider, account.id, chat.chat_id)
    return Done(await write_note(acting.cursor, chat, target, client_id, action["text"] or ""))


async def _reply(acting: Acting, chat: ChatState, action: Action, client_id: str) -> Done:
    today = datetime.now(UTC).date().isoformat()
    sent = await send_reply(
        acting.cursor,
        acting.plans,
        acting.account,
        acting.user_id,
        chat.chat_id,
        acting.actor,
        client_id,
        action["reply_id"] or 0,
        (acting.agent, today),
    )
    return Done(sends=[sent])


async def _notify(acting: Acting, chat: ChatState, action: Action, client_id: str) -> Done:
    actor_id = acting.actor.id if acting.actor.kind == "user" else None
    rows: list[NewNotification] = [
        {
            "user_id": user_id,
            "kind": "rule",
            "account_id": chat.account_id,
            "chat_id": chat.chat_id,
            "message_id": None,
            "note_id": None,
            "actor_id": actor_id,
        }
        for user_id in sorted(set(action["user_ids"]))
    ]
    return Done(notifications=rows)


KINDS: Mapping[str, Callable[[Acting, ChatState, Action, str], Awaitable[Done]]] = {
    "assign": _assign,
    "label": _label,
    "unlabel": _label,
    "close": _close,
    "snooze": _snooze,
    "note": _note,
    "reply": _reply,
    "notify": _notify,
}
