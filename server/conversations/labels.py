"""Labels, who may change them, and labelling: all members hear of shared labels, only their owner of private ones."""

from collections.abc import Collection
from typing import NamedTuple

from aiopg import Cursor

from server.conversations.states import TargetChat, state_pushes
from server.errors import ConfabError, NotFound
from server.realtime.events import Push
from server.realtime.pushes import chat_push
from server.rules.policy import is_admin_role
from server.said.said import said
from server.store.conversations import chat_labels, chat_states, labels
from server.store.conversations.chat_labels import Labelling
from server.store.conversations.chat_states import ChangedStates
from server.store.conversations.labels import Label, LabelChanges


class Organiser(NamedTuple):
    """A user who changes labels or views, with their role in the team."""

    user_id: int
    role: str


class ChangedItem(NamedTuple):
    """A label or view after a change as JSON, and its owner, or None if it is shared."""

    json: str
    owner_id: int | None


class DeletedLabel(NamedTuple):
    """Whom a deleted label concerned, and the pushes of its chats by account."""

    owner_id: int | None
    pushes: dict[int, list[Push]]


class LabelledChat(NamedTuple):
    """A chat with its labels, as JSON, and its pushes; `owner_id` of a private label."""

    chat: str
    private_labels: list[int]
    account_id: int
    pushes: list[Push]
    owner_id: int | None


def require_own(organiser: Organiser, owner_id: int | None, created_by: int | None) -> None:
    """Raise forbidden unless it is the user's own, shared by them, or they are an admin."""
    if owner_id is None and created_by != organiser.user_id and not is_admin_role(organiser.role):
        raise ConfabError("forbidden", said("shared_not_yours"))


async def create_label(
    cursor: Cursor, organiser: Organiser, name: str, colour: str, *, is_shared: bool
) -> ChangedItem:
    """Create a label; raises conflict if the name is taken."""
    owner_id = None if is_shared else organiser.user_id
    label_id = await labels.insert_label(cursor, name, colour, owner_id, organiser.user_id)
    return await _changed(cursor, organiser, Label(label_id, owner_id, None))


async def change_label(
    cursor: Cursor, organiser: Organiser, label_id: int, changes: LabelChanges
) -> ChangedItem:
    """Rename or recolour a label; raises NotFound, forbidden or conflict."""
    label = await require_label(cursor, organiser.user_id, label_id)
    require_own(organiser, label.owner_id, label.created_by)
    await labels.change_label(cursor, label_id, changes)
    return await _changed(cursor, organiser, label)


async def delete_label(cursor: Cursor, organiser: Organiser, label_id: int) -> DeletedLabel:
    """Delete a label, and remove it from its chats; raises NotFound or forbidden."""
    label = await require_label(cursor, organiser.user_id, label_id, for_update=True)
    require_own(organiser, label.owner_id, label.created_by)
    pushes: dict[int, list[Push]] = {}
    for chat in await labels.delete_label(cursor, label_id):
        pushes.setdefault(chat.account_id, []).append(chat_push(chat))
    return DeletedLabel(label.owner_id, pushes)


async def require_label(cursor: Cursor, viewer_id: int, label_id: int, *, for_update: bool = False) -> Label:
    """Lock a label that is shared or the viewer's own; raises NotFound. Before accounts, which are locked after it."""
    label = await labels.lock_label(cursor, viewer_id, label_id, for_update=for_update)
    if label is None:
        raise NotFound
    return label


async def _changed(cursor: Cursor, organiser: Organiser, label: Label) -> ChangedItem:
    return ChangedItem(await labels.fetch_label_json(cursor, organiser.user_id, label.id), label.owner_id)


async def label_chat(
    cursor: Cursor, target: TargetChat, viewer_id: int, label_id: int, *, adds: bool
) -> LabelledChat:
    """Add a label to a chat, or remove it; repeated, it changes nothing. Raises NotFound."""
    label = await require_label(cursor, viewer_id, label_id)
    found = await chat_states.lock_states(
        cursor, target.user_id, target.provider, target.account_id, [target.chat_id]
    )
    if not found:
        raise NotFound
    labelling = Labelling(target.account_id, label, adds, *target.actor)
    done = await apply_label(cursor, labelling, [target.chat_id])
    chat = await chat_states.fetch_state_chat(cursor, target.chat_id)
    return LabelledChat(
        chat.json,
        await chat_labels.list_private_of(cursor, viewer_id, target.chat_id),
        target.account_id,
        state_pushes(done),
        label.owner_id,
    )


async def apply_label(cursor: Cursor, labelling: Labelling, chat_ids: Collection[int]) -> ChangedStates:
    """Label chats of a locked account; of a private label there is nothing to push."""
    if labelling.label.owner_id is None:
        return await chat_labels.label_chats(cursor, labelling, chat_ids)
    await chat_labels.label_privately(cursor, labelling, chat_ids)
    return ChangedStates([], [])
