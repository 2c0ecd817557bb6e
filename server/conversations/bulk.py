"""Changes many chats of an account at once: owner, status, labels, read marks, archive; each by what its caller saw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from aiopg import Cursor

from server.conversations.labels import require_label
from server.conversations.owners import Assignment, new_owner, require_owner
from server.conversations.states import state_pushes
from server.conversations.status import StatusChange, is_already, lacks_category, new_statuses
from server.errors import ConfabError, NotFound
from server.realtime.events import Push
from server.realtime.pushes import chat_push, chat_pushes
from server.said.said import said
from server.store.chats import flags
from server.store.chats.chats import ChangedChat, fetch_changed_chats
from server.store.chats.flags import ChatChanges
from server.store.conversations import chat_labels, chat_states, conversations
from server.store.conversations.chat_labels import Labelling
from server.store.conversations.chat_states import ChatState, NewState
from server.store.conversations.labels import Label
from server.store.sending.sends import Author

STATUSES = {"close": "closed", "open": "open", "snooze": "snoozed"}
FLAGS: Mapping[str, ChatChanges] = {
    "read": {"read": True},
    "unread": {"read": False},
    "archive": {"archived": True},
    "unarchive": {"archived": False},
}


class TargetChats(NamedTuple):
    """Chats of one account, and who changes them; `viewer_id` sees private labels."""

    user_id: int
    viewer_id: int
    actor: Author
    provider: str
    account_id: int


@dataclass(frozen=True, slots=True)
class BulkChange:
    """What to do with which chats. `state_seqs` and `seen_seqs` are what the caller had seen, by chat."""

    chat_ids: Sequence[int]
    action: str
    user_id: int | None = None
    team_id: int | None = None
    until: str | None = None
    wake_on_message: bool = True
    category: str | None = None
    label_id: int | None = None
    state_seqs: Mapping[int, int] = field(default_factory=dict)
    seen_seqs: Mapping[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class BulkOutcome:
    """What became of each chat; `skipped` are codes of errors by chat. `private_owner` is that of a private label."""

    changed: list[ChangedChat] = field(default_factory=list)
    unchanged: list[int] = field(default_factory=list)
    skipped: dict[int, str] = field(default_factory=dict)
    pushes: list[Push] = field(default_factory=list)
    private_owner: int | None = None


async def change_chats(cursor: Cursor, target: TargetChats, change: BulkChange) -> BulkOutcome:
    """Change the chats in one transaction. A chat that cannot be changed is skipped, and stops none of the others."""
    label = await _find_label(cursor, target, change)
    found = await chat_states.lock_states(
        cursor, target.user_id, target.provider, target.account_id, change.chat_ids
    )
    outcome = BulkOutcome()
    known = {chat.chat_id for chat in found}
    outcome.skipped.update((chat_id, "not_found") for chat_id in change.chat_ids if chat_id not in known)
    if label is not None:
        await _label(cursor, target, change, found, label, outcome)
    elif change.action in FLAGS:
        await _set_flags(cursor, target, change, found, outcome)
    else:
        await _set_states(cursor, target, change, found, outcome)
    return outcome


async def _find_label(cursor: Cursor, target: TargetChats, change: BulkChange) -> Label | None:
    if change.label_id is None:
        return None
    try:
        return await require_label(cursor, target.viewer_id, change.label_id)
    except NotFound as error:
        raise ConfabError("invalid", fields={"label_id": [said("label_absent")]}) from error


async def _label(
    cursor: Cursor,
    target: TargetChats,
    change: BulkChange,
    found: Sequence[ChatState],
    label: Label,
    outcome: BulkOutcome,
) -> None:
    labelling = Labelling(target.account_id, label, change.action == "label", *target.actor)
    ids = [chat.chat_id for chat in found]
    if label.owner_id is None:
        done = await chat_labels.label_chats(cursor, labelling, ids)
        outcome.changed, outcome.pushes = done.chats, state_pushes(done)
    else:
        labelled = await chat_labels.label_privately(cursor, labelling, ids)
        outcome.changed, outcome.private_owner = await fetch_changed_chats(cursor, labelled), label.owner_id
    changed = {chat.id for chat in outcome.changed}
    outcome.unchanged = [chat_id for chat_id in ids if chat_id not in changed]


async def _set_flags(
    cursor: Cursor,
    target: TargetChats,
    change: BulkChange,
    found: Sequence[ChatState],
    outcome: BulkOutcome,
) -> None:
    changes, ids = FLAGS[change.action], [chat.chat_id for chat in found]
    done = await flags.list_flagged(cursor, ids, changes)
    outcome.unchanged = sorted(done)
    wanted = {chat_id: change.seen_seqs.get(chat_id) for chat_id in ids if chat_id not in done}
    if wanted:
        outcome.changed = await flags.patch_chats(cursor, target.account_id, wanted, changes)
        outcome.pushes = chat_pushes(outcome.changed)


async def _set_states(
    cursor: Cursor,
    target: TargetChats,
    change: BulkChange,
    found: Sequence[ChatState],
    outcome: BulkOutcome,
) -> None:
    """All in one statement, and the pushes of all as one."""
    wanted = [chat for chat in found if _is_wanted(chat, change, outcome)]
    if change.action == "close":
        wanted = await _closable(cursor, target, change, wanted, outcome)
    rows = await _new_states(cursor, target, change, wanted)
    stored = await chat_states.set_states(cursor, rows, *target.actor)
    # The contacts of reopened chats may still wait.
    reopened = [chat.chat_id for chat in wanted if change.action in STATUSES and chat.status == "closed"]
    again = await conversations.refresh_conversations(cursor, reopened) if reopened else []
    outcome.changed = list(({chat.id: chat for chat in (*stored.chats, *again)}).values())
    outcome.pushes = [*state_pushes(stored), *(chat_push(chat) for chat in again)]


async def _closable(
    cursor: Cursor,
    target: TargetChats,
    change: BulkChange,
    wanted: Sequence[ChatState],
    outcome: BulkOutcome,
) -> list[ChatState]:
    """Those that can be closed; the others are skipped."""
    ids = [chat.chat_id for chat in wanted if chat.chat_id in change.seen_seqs]
    newer = await chat_states.list_unseen(cursor, {chat_id: change.seen_seqs[chat_id] for chat_id in ids})
    skipped = dict.fromkeys(newer, "newer_messages")
    if await lacks_category(cursor, target.account_id, change.category):
        skipped = {chat.chat_id: "category_required" for chat in wanted} | skipped
    outcome.skipped.update(skipped)
    return [chat for chat in wanted if chat.chat_id not in skipped]


def _is_wanted(chat: ChatState, change: BulkChange, outcome: BulkOutcome) -> bool:
    """Whether to change this chat; else the outcome says why not."""
    status = STATUSES.get(change.action)
    owner = (change.user_id, change.team_id)
    is_done = is_already(chat, status) if status else owner == (chat.assignee_id, chat.team_id)
    if chat.kind == "channel":
        outcome.skipped[chat.chat_id] = "conflict"
    elif is_done:
        outcome.unchanged.append(chat.chat_id)
    elif change.state_seqs.get(chat.chat_id, chat.state_seq) != chat.state_seq:
        outcome.skipped[chat.chat_id] = "changed"
    else:
        return True
    return False


async def _new_states(
    cursor: Cursor, target: TargetChats, change: BulkChange, wanted: Sequence[ChatState]
) -> list[NewState]:
    if change.action == "assign":
        owner = Assignment(change.user_id, change.team_id)
        await require_owner(cursor, target.account_id, owner)
        return [new_owner(chat, owner) for chat in wanted]
    status = StatusChange(STATUSES[change.action], change.until, change.wake_on_message, change.category)
    return await new_statuses(cursor, wanted, target.actor, status)
