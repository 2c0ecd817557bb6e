"""A number's life: what follows when something is seen of it. One table; every path that changes a state asks it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a number stands. Outside `waiting` is `connecting` and `stuck` is `needs_action`: see Standing."""

    WAITING = "waiting"  # a code waits to be scanned
    CONNECTING = "connecting"  # scanned, or UniPile is mending the connection
    CONNECTED = "connected"
    NEEDS_ACTION = "needs_action"
    DEGRADED = "degraded"  # broken off; we restart it
    STUCK = "stuck"  # broken off, and no restart has helped
    DISCONNECTED = "disconnected"


class Step(StrEnum):
    """The one thing to do about a state."""

    NONE = "none"
    WAIT = "wait"
    SCAN = "scan"
    RECONNECT = "reconnect"
    CONNECT = "connect"
    CONTACT_SUPPORT = "contact_support"


class Seen(StrEnum):
    """What can be seen of a number: at UniPile, or of what somebody did here."""

    WORKS = "works"
    LINKED = "linked"
    MENDING = "mending"
    SIGNED_OUT = "signed_out"
    NOT_ALLOWED = "not_allowed"
    BROKEN = "broken"
    REMOVED = "removed"
    CODE_SHOWN = "code_shown"
    CODE_EXPIRED = "code_expired"
    RESTARTS_EXHAUSTED = "restarts_exhausted"
    MISSING = "missing"
    UNLINKED = "unlinked"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class AccountStanding:
    """A state as the row and the REST shape carry it."""

    state: State
    next_step: Step

    @property
    def status(self) -> str:
        return OUTWARD.get(self.state, self.state.value)


OUTWARD: Mapping[State, str] = {State.WAITING: "connecting", State.STUCK: "needs_action"}

# The reason of a stuck number; all other reasons are UniPile's words, or ours below.
EXHAUSTED = "RESTARTS_EXHAUSTED"
EXPIRED, NOT_FOUND = "EXPIRED", "NOT_FOUND"
REPLACED, DUPLICATE = "REPLACED", "DUPLICATE"

# What is seen last decides …
ACCOUNT_STANDINGS: Mapping[Seen, AccountStanding] = {
    Seen.WORKS: AccountStanding(State.CONNECTED, Step.NONE),
    Seen.LINKED: AccountStanding(State.CONNECTING, Step.WAIT),
    Seen.MENDING: AccountStanding(State.CONNECTING, Step.WAIT),
    Seen.SIGNED_OUT: AccountStanding(State.NEEDS_ACTION, Step.RECONNECT),
    Seen.NOT_ALLOWED: AccountStanding(State.NEEDS_ACTION, Step.RECONNECT),
    Seen.BROKEN: AccountStanding(State.DEGRADED, Step.WAIT),
    Seen.REMOVED: AccountStanding(State.DISCONNECTED, Step.CONNECT),
    Seen.CODE_SHOWN: AccountStanding(State.WAITING, Step.SCAN),
    Seen.CODE_EXPIRED: AccountStanding(State.NEEDS_ACTION, Step.RECONNECT),
    Seen.RESTARTS_EXHAUSTED: AccountStanding(State.STUCK, Step.CONTACT_SUPPORT),
    # Not the same as removed: it may be the wrong UniPile that does not know it.
    Seen.MISSING: AccountStanding(State.NEEDS_ACTION, Step.CONNECT),
    Seen.UNLINKED: AccountStanding(State.DISCONNECTED, Step.CONNECT),
    # The same number is connected under another account, or a newer attempt took the place of this one.
    Seen.SUPERSEDED: AccountStanding(State.DISCONNECTED, Step.NONE),
}
# … but for what says nothing new in a state, or comes too late for it.
PASSED_OVER: Mapping[State, frozenset[Seen]] = {
    # Until the scan UniPile has only old news: that it is connecting, or why a new code was needed.
    State.WAITING: frozenset((Seen.MENDING, Seen.SIGNED_OUT, Seen.NOT_ALLOWED, Seen.BROKEN, Seen.MISSING)),
    State.STUCK: frozenset((Seen.BROKEN,)),
    # A number that was unlinked is not brought back by late words: only somebody who connects it does that.
    State.DISCONNECTED: frozenset(Seen) - {Seen.CODE_SHOWN},
}
# Only in these states does the end of a wait mean anything: what was seen meanwhile is newer.
ENDS_ONLY: Mapping[Seen, frozenset[State]] = {
    Seen.CODE_EXPIRED: frozenset((State.WAITING,)),
    Seen.RESTARTS_EXHAUSTED: frozenset((State.DEGRADED,)),
}


def follow(state: State, seen: Seen) -> AccountStanding | None:
    """Where a number stands now that this was seen; None when it changes nothing, the reason included."""
    if seen in PASSED_OVER.get(state, ()) or state not in ENDS_ONLY.get(seen, (state,)):
        return None
    return ACCOUNT_STANDINGS[seen]


def state_of(status: str, next_step: str, reason: str | None) -> State:
    """The state that a row is in."""
    if status == "connecting" and next_step == Step.SCAN:
        return State.WAITING
    if status == "needs_action" and reason == EXHAUSTED:
        return State.STUCK
    return State(status)
