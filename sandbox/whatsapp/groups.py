"""Creating, renaming and changing groups, each with the system event type that v1 defines."""

from sandbox.problems import Problem
from sandbox.simulator import Simulator
from sandbox.store.entities import GROUP, Account, Chat, Contact
from sandbox.store.ids import new_group_jid, new_id
from sandbox.whatsapp.conversations import Draft, write

CREATED, RENAMED, ADDED, REMOVED = 3, 4, 5, 6


def start_group(
    simulator: Simulator, account: Account, name: str, members: list[Contact], starter: str
) -> Chat:
    """Create a group with the account in it; its first message is the creation event."""
    world = simulator.world
    ids = [member.id for member in members]
    chat = Chat(new_id(), account.id, new_group_jid(), GROUP, name, ids, world.moment())
    world.save(chat)
    write(simulator, chat, starter, Draft(event_type=CREATED))
    return chat


def rename_group(simulator: Simulator, chat: Chat, name: str) -> None:
    """Rename a group."""
    chat.name = name
    simulator.world.save(chat)
    write(simulator, chat, chat.members[0], Draft(event_type=RENAMED))


def add_member(simulator: Simulator, chat: Chat, contact_id: str) -> None:
    """Add a contact to a group."""
    if contact_id in chat.members:
        return
    chat.members.append(contact_id)
    simulator.world.save(chat)
    write(simulator, chat, contact_id, Draft(event_type=ADDED))


def remove_member(simulator: Simulator, chat: Chat, contact_id: str) -> None:
    """Remove a contact from a group; the last member cannot be removed."""
    if contact_id not in chat.members or len(chat.members) == 1:
        raise Problem("invalid_parameters", "Only members can be removed, and not the last one.")
    chat.members.remove(contact_id)
    simulator.world.save(chat)
    write(simulator, chat, contact_id, Draft(event_type=REMOVED))
