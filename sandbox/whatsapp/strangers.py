"""WhatsApp's limit for strangers: first messages to contacts who have never written are rejected, answers are not."""

from sandbox.problems import Problem
from sandbox.simulator import Simulator
from sandbox.store.entities import GROUP, Chat


def require_acquainted(simulator: Simulator, chat: Chat | None) -> None:
    """Reject a message to a stranger while `stranger_error` is on, once `stranger_quota` messages have passed."""
    faults = simulator.dice.faults
    if faults.stranger_error is None or (chat is not None and _has_written(simulator, chat)):
        return
    if faults.stranger_quota > 0:
        faults.stranger_quota -= 1
        return
    raise Problem(faults.stranger_error, "The contact has never written to this account.")


def _has_written(simulator: Simulator, chat: Chat) -> bool:
    incoming = (m for m in simulator.world.newest(chat.id) if not m.is_sender and not m.is_event)
    return chat.kind == GROUP or next(incoming, None) is not None
