"""The state machine of accounts: every pair of state and observation, and any order of observations."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.rules.account_states import EXHAUSTED, NEXT_STATES, Seen, State, Step, follow, state_of

OBSERVATIONS = (
    Seen.WORKS,
    Seen.LINKED,
    Seen.MENDING,
    Seen.SIGNED_OUT,
    Seen.NOT_ALLOWED,
    Seen.BROKEN,
    Seen.MISSING,
)
# Observation -> (state, public status, next step), from a connected account.
FROM_CONNECTED = [
    (Seen.WORKS, State.CONNECTED, "connected", Step.NONE),
    (Seen.LINKED, State.CONNECTING, "connecting", Step.WAIT),
    (Seen.MENDING, State.CONNECTING, "connecting", Step.WAIT),
    (Seen.SIGNED_OUT, State.NEEDS_ACTION, "needs_action", Step.RECONNECT),
    (Seen.NOT_ALLOWED, State.NEEDS_ACTION, "needs_action", Step.RECONNECT),
    (Seen.MISSING, State.NEEDS_ACTION, "needs_action", Step.CONNECT),
    (Seen.BROKEN, State.DEGRADED, "degraded", Step.WAIT),
    (Seen.REMOVED, State.DISCONNECTED, "disconnected", Step.CONNECT),
    (Seen.UNLINKED, State.DISCONNECTED, "disconnected", Step.CONNECT),
    (Seen.SUPERSEDED, State.DISCONNECTED, "disconnected", Step.NONE),
    (Seen.CODE_SHOWN, State.WAITING, "connecting", Step.SCAN),
]
# Every pair without a transition; all others follow FROM_CONNECTED.
PASSED_OVER = (
    {
        (State.WAITING, seen)
        for seen in (Seen.MENDING, Seen.SIGNED_OUT, Seen.NOT_ALLOWED, Seen.BROKEN, Seen.MISSING)
    }
    | {(State.STUCK, Seen.BROKEN)}
    | {(State.DISCONNECTED, seen) for seen in Seen if seen is not Seen.CODE_SHOWN}
    | {(state, Seen.CODE_EXPIRED) for state in State if state is not State.WAITING}
    | {(state, Seen.RESTARTS_EXHAUSTED) for state in State if state is not State.DEGRADED}
)


@pytest.mark.parametrize(("seen", "state", "status", "step"), FROM_CONNECTED)
def test_transitions_of_a_connected_account(seen: Seen, state: State, status: str, step: Step) -> None:
    row = follow(State.CONNECTED, seen)
    assert row is not None
    assert (row.state, row.status, row.next_step) == (state, status, step)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("seen", Seen)
def test_every_pair_of_state_and_observation(state: State, seen: Seen) -> None:
    expected = None if (state, seen) in PASSED_OVER else NEXT_STATES[seen]
    assert follow(state, seen) == expected


def test_expired_codes_and_failed_restarts_need_a_user() -> None:
    expired = follow(State.WAITING, Seen.CODE_EXPIRED)
    stuck = follow(State.DEGRADED, Seen.RESTARTS_EXHAUSTED)
    assert expired is not None
    assert (expired.status, expired.next_step) == ("needs_action", Step.RECONNECT)
    assert stuck is not None
    assert (stuck.status, stuck.next_step) == ("needs_action", Step.CONTACT_SUPPORT)


@pytest.mark.parametrize("seen", Seen)
def test_a_rows_state_is_derived_from_its_columns(seen: Seen) -> None:
    row = NEXT_STATES[seen]
    reason = EXHAUSTED if seen is Seen.RESTARTS_EXHAUSTED else "CREDENTIALS"
    assert state_of(row.status, row.next_step, reason) is row.state


def run(state: State, observations: Sequence[Seen]) -> State:
    for seen in observations:
        row = follow(state, seen)
        state = state if row is None else row.state
    return state


@given(st.lists(st.sampled_from(Seen)), st.sampled_from(OBSERVATIONS), st.integers(min_value=1, max_value=4))
def test_the_newest_observation_wins_in_any_order(before: list[Seen], last: Seen, times: int) -> None:
    """Except for accounts that are disconnected, waiting for their scan, or out of restarts."""
    state = run(State.CONNECTED, before)
    ended = run(state, [last] * times)
    assert ended is (state if (state, last) in PASSED_OVER else NEXT_STATES[last].state)
    if state in (State.CONNECTED, State.CONNECTING, State.NEEDS_ACTION, State.DEGRADED):
        assert ended is NEXT_STATES[last].state
    assert run(state, [last]) is ended


@given(st.lists(st.sampled_from([seen for seen in Seen if seen is not Seen.CODE_SHOWN])))
def test_no_observation_revives_a_removed_account(words: list[Seen]) -> None:
    assert run(State.DISCONNECTED, words) is State.DISCONNECTED
    assert run(State.DISCONNECTED, [*words, Seen.CODE_SHOWN, Seen.WORKS]) is State.CONNECTED


@given(st.lists(st.sampled_from(Seen)))
def test_every_state_has_a_matching_next_step(words: list[Seen]) -> None:
    """In any order: a connected account has no next step, and a scan is only requested while a code is shown."""
    state = run(State.WAITING, words)
    steps = {row.next_step for row in NEXT_STATES.values() if row.state is state}
    assert (Step.SCAN in steps) == (state is State.WAITING)
    assert (steps == {Step.NONE}) == (state is State.CONNECTED)
