"""The state machine of accounts: one table, used by every path that changes an account's state."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """An account's state. In the API `waiting` is shown as `connecting`, `stuck` as `needs_action`."""

    WAITING = "waiting"  # the code has not been scanned
    CONNECTING = "connecting"  # scanned, or UniPile is reconnecting
    CONNECTED = "connected"
    NEEDS_ACTION = "needs_action"
    DEGRADED = "degraded"  # disconnected; we restart it
    STUCK = "stuck"  # disconnected, and all restarts have failed
    DISCONNECTED = "disconnected"


class Step(StrEnum):
    """The next step for the user."""

    NONE = "none"
    WAIT = "wait"
    SCAN = "scan"
    RECONNECT = "reconnect"
    CONNECT = "connect"
    CONTACT_SUPPORT = "contact_support"


class Seen(StrEnum):
    """An observation about an account: UniPile's status, or an action here."""

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
class NextState:
    """A state with the user's next step, as stored and as shown by the API."""

    state: State
    next_step: Step

    @property
    def status(self) -> str:
        return OUTWARD.get(self.state, self.state.value)


OUTWARD: Mapping[State, str] = {State.WAITING: "connecting", State.STUCK: "needs_action"}

# The reason of a stuck account. Other reasons are UniPile's, or those below.
EXHAUSTED = "RESTARTS_EXHAUSTED"
EXPIRED, NOT_FOUND = "EXPIRED", "NOT_FOUND"
REPLACED, CANCELLED, DUPLICATE = "REPLACED", "CANCELLED", "DUPLICATE"

# The latest observation decides …
NEXT_STATES: Mapping[Seen, NextState] = {
    Seen.WORKS: NextState(State.CONNECTED, Step.NONE),
    Seen.LINKED: NextState(State.CONNECTING, Step.WAIT),
    Seen.MENDING: NextState(State.CONNECTING, Step.WAIT),
    Seen.SIGNED_OUT: NextState(State.NEEDS_ACTION, Step.RECONNECT),
    Seen.NOT_ALLOWED: NextState(State.NEEDS_ACTION, Step.RECONNECT),
    Seen.BROKEN: NextState(State.DEGRADED, Step.WAIT),
    Seen.REMOVED: NextState(State.DISCONNECTED, Step.CONNECT),
    Seen.CODE_SHOWN: NextState(State.WAITING, Step.SCAN),
    Seen.CODE_EXPIRED: NextState(State.NEEDS_ACTION, Step.RECONNECT),
    Seen.RESTARTS_EXHAUSTED: NextState(State.STUCK, Step.CONTACT_SUPPORT),
    # Not the same as removed: UNIPILE_DSN may point to another UniPile.
    Seen.MISSING: NextState(State.NEEDS_ACTION, Step.CONNECT),
    Seen.UNLINKED: NextState(State.DISCONNECTED, Step.CONNECT),
    # The same phone number is connected under another account, or a newer pairing replaced this one.
    Seen.SUPERSEDED: NextState(State.DISCONNECTED, Step.NONE),
}
# … except those that say nothing new in a state, or are too late for it.
IGNORED: Mapping[State, frozenset[Seen]] = {
    # Until the scan UniPile reports only the past: that it is connecting, or why a new code was needed.
    State.WAITING: frozenset((Seen.MENDING, Seen.SIGNED_OUT, Seen.NOT_ALLOWED, Seen.BROKEN, Seen.MISSING)),
    State.STUCK: frozenset((Seen.BROKEN,)),
    # Late observations do not reconnect an unlinked account; only a new pairing does.
    State.DISCONNECTED: frozenset(Seen) - {Seen.CODE_SHOWN},
}
# Timeouts apply only in these states: in any other state there is a newer observation.
APPLIES_ONLY_IN: Mapping[Seen, frozenset[State]] = {
    Seen.CODE_EXPIRED: frozenset((State.WAITING,)),
    Seen.RESTARTS_EXHAUSTED: frozenset((State.DEGRADED,)),
}


def follow(state: State, seen: Seen) -> NextState | None:
    """The new state after an observation; None if nothing changes, including the reason."""
    if seen in IGNORED.get(state, ()) or state not in APPLIES_ONLY_IN.get(seen, (state,)):
        return None
    return NEXT_STATES[seen]


def state_of(status: str, next_step: str, reason: str | None) -> State:
    """The state of a row."""
    if status == "connecting" and next_step == Step.SCAN:
        return State.WAITING
    if status == "needs_action" and reason == EXHAUSTED:
        return State.STUCK
    return State(status)
