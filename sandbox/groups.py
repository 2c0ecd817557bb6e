"""Groups: founding, renaming, coming and going, each told by a system event as v1 numbers them."""

from sandbox.conversations import Draft, write
from sandbox.entities import GROUP, Account, Chat, Contact
from sandbox.ids import new_group_jid, new_id
from sandbox.problems import Problem
from sandbox.simulator import Simulator

CREATED, RENAMED, ADDED, REMOVED = 3, 4, 5, 6


def start_group(
    simulator: Simulator, account: Account, name: str, members: list[Contact], starter: str
) -> Chat:
    """Make a group that the account is in; its first message is the event of its founding."""
    world = simulator.world
    ids = [member.id for member in members]
    chat = Chat(new_id(), account.id, new_group_jid(), GROUP, name, ids, world.moment())
    world.save(chat)
    write(simulator, chat, starter, Draft(event_type=CREATED))
    return chat


def rename_group(simulator: Simulator, chat: Chat, name: str) -> None:
    """Give a group another name."""
    chat.name = name
    simulator.world.save(chat)
    write(simulator, chat, chat.members[0], Draft(event_type=RENAMED))


def add_member(simulator: Simulator, chat: Chat, contact_id: str) -> None:
    """Let somebody into a group."""
    if contact_id in chat.members:
        return
    chat.members.append(contact_id)
    simulator.world.save(chat)
    write(simulator, chat, contact_id, Draft(event_type=ADDED))


def remove_member(simulator: Simulator, chat: Chat, contact_id: str) -> None:
    """Put somebody out of a group; the last one stays."""
    if contact_id not in chat.members or len(chat.members) == 1:
        raise Problem("invalid_parameters", "Only a member who is not the last can be removed.")
    chat.members.remove(contact_id)
    simulator.world.save(chat)
    write(simulator, chat, contact_id, Draft(event_type=REMOVED))
