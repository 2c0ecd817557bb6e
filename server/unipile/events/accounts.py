"""Reads account-status webhooks (unipile-api.md §3)."""

from collections.abc import Mapping

from server.rules.account_states import Seen
from server.text.graphemes import cut
from server.unipile.events.types import IgnoredEvent, StatusEvent
from server.unipile.fields.texts import clean, identifier

# §3: what each status says about a connected account.
STATUSES: Mapping[str, Seen] = {
    "OK": Seen.WORKS,
    "SYNC_SUCCESS": Seen.WORKS,
    "RECONNECTED": Seen.WORKS,
    "CREATION_SUCCESS": Seen.LINKED,
    "CONNECTING": Seen.MENDING,
    "CREDENTIALS": Seen.SIGNED_OUT,
    "PERMISSIONS": Seen.NOT_ALLOWED,
    "ERROR": Seen.BROKEN,
    "STOPPED": Seen.BROKEN,
    "DELETED": Seen.REMOVED,
}
# After these statuses UniPile may hold more history than before (§3).
HISTORY_GREW = ("SYNC_SUCCESS",)
# These statuses end a time without webhooks.
RECONNECTED = ("RECONNECTED",)


def read_status(status: Mapping[str, object]) -> StatusEvent | IgnoredEvent:
    """The content of an `AccountStatus` object."""
    account, reason = identifier(status, "account_id"), cut(clean(str(status.get("message"))), 100)
    seen = STATUSES.get(reason)
    return StatusEvent(account, seen, reason) if seen else IgnoredEvent(account, f"account_status:{reason}")
