"""Which contacts' messages are answered by themselves: moments and rules, one by one and in any combination."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.rules.answering.auto_replies import (
    AGENT_TIME,
    AWAY_TIME,
    KINDS,
    MACHINE_TIME,
    MOST_A_DAY,
    WELCOME_TIME,
    ContactMessage,
    choose_reply,
)
from server.rules.hours import Hours, Span

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE: list[list[Span]] = [[(9 * 60, 12 * 60), (13 * 60, 17 * 60)]] * 5 + [[], []]
HOURS = Hours(BERLIN, OFFICE, {date(2026, 12, 25): []})
SECOND = timedelta(seconds=1)
BOTH = frozenset(KINDS)


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def kind_of(
    at: str,
    kinds: frozenset[str] = BOTH,
    hours: Hours | None = HOURS,
    *,
    late: timedelta = SECOND,
    **facts: Any,
) -> str | None:
    """What answers the message of this moment, which opened a conversation and is processed `late`."""
    message = replace(ContactMessage(7, "direct", berlin(at), 9, None, None, None, 0), **facts)
    reply = choose_reply(kinds, hours, message, berlin(at) + late)  # type: ignore[arg-type]
    return reply and reply.kind


OPEN, NOON, EVENING, SATURDAY = "2026-11-30T10:00", "2026-11-30T12:30", "2026-11-30T18:00", "2026-11-28T10:00"


@pytest.mark.parametrize(
    ("at", "kind"),
    [
        (OPEN, "welcome"),
        (NOON, "away"),
        ("2026-11-30T17:00", "away"),
        ("2026-11-30T16:59", "welcome"),
        (EVENING, "away"),
        ("2026-12-01T08:59", "away"),
        ("2026-12-01T09:00", "welcome"),
        (SATURDAY, "away"),
        ("2026-12-25T10:00", "away"),
        ("2026-12-28T10:00", "welcome"),
        # The clocks are changed: 2:30 does not exist in March, and is twice in October.
        ("2026-03-29T02:30", "away"),
        ("2026-10-25T02:30", "away"),
        ("2026-03-30T08:59", "away"),
        ("2026-03-30T09:00", "welcome"),
        ("2026-10-26T08:59", "away"),
        ("2026-10-26T09:00", "welcome"),
    ],
)
def test_outside_the_hours_the_away_text_answers_else_the_welcome(at: str, kind: str) -> None:
    assert kind_of(at) == kind


@pytest.mark.parametrize(
    ("kinds", "at", "kind"),
    [
        ({"away"}, OPEN, None),
        ({"away"}, EVENING, "away"),
        ({"welcome"}, OPEN, "welcome"),
        ({"welcome"}, EVENING, "welcome"),
        (set(), EVENING, None),
    ],
)
def test_each_is_sent_only_where_it_is_on(kinds: set[str], at: str, kind: str | None) -> None:
    assert kind_of(at, frozenset(kinds)) == kind


def test_without_hours_there_is_no_outside() -> None:
    assert kind_of(EVENING, hours=None) == "welcome"
    assert kind_of(EVENING, frozenset({"away"}), None) is None


@pytest.mark.parametrize("at", [OPEN, EVENING])
@pytest.mark.parametrize(
    "facts",
    [
        {"chat_kind": "group"},
        {"chat_kind": "channel"},
        {"agent_at": timedelta()},
        {"agent_at": 2 * SECOND - AGENT_TIME},
        # An agent has answered since, while no worker ran.
        {"agent_at": SECOND, "late": timedelta(hours=3)},
        {"automatic_at": SECOND - MACHINE_TIME},
        {"auto_replies": MOST_A_DAY},
    ],
)
def test_silent_where_an_agent_is_there_or_no_human_may_be(at: str, facts: dict[str, Any]) -> None:
    moments = {name: berlin(at) + value for name, value in facts.items() if name.endswith("_at")}
    assert kind_of(at, **(facts | moments)) is None


@pytest.mark.parametrize("at", [OPEN, EVENING])
@pytest.mark.parametrize(
    "facts",
    [
        {"agent_at": -AGENT_TIME},
        {"automatic_at": -MACHINE_TIME},
        # Confab has written since: not what the contact answers.
        {"automatic_at": SECOND},
        {"auto_replies": MOST_A_DAY - 1},
    ],
)
def test_not_silent_where_that_is_long_ago(at: str, facts: dict[str, Any]) -> None:
    moments = {name: berlin(at) + value for name, value in facts.items() if name.endswith("_at")}
    assert kind_of(at, **(facts | moments)) is not None


def test_the_away_text_is_named_by_its_closed_period() -> None:
    names = {
        reply.client_id
        for at in ("2026-11-27T17:00", SATURDAY, "2026-11-30T08:59")
        if (
            reply := choose_reply(
                BOTH, HOURS, ContactMessage(7, "direct", berlin(at), 9, None, None, None, 0), berlin(at)
            )
        )
    }
    assert names == {f"away:7:{int(berlin('2026-11-27T17:00').timestamp())}"}


def test_between_two_away_texts_some_hours_pass() -> None:
    sent = berlin(NOON) + SECOND
    assert kind_of("2026-11-30T17:00", away_at=sent) == "away"
    assert kind_of("2026-11-30T17:00", away_at=berlin("2026-11-30T17:00") + 2 * SECOND - AWAY_TIME) is None
    # Nor does the welcome take its place.
    assert kind_of(EVENING, away_at=berlin(EVENING) - SECOND) is None


def test_a_message_that_is_found_late_gets_no_away_text_of_a_past_period() -> None:
    weekend = timedelta(days=1)
    assert kind_of(SATURDAY, late=weekend) == "away"
    assert kind_of(SATURDAY, late=timedelta(days=2)) is None
    assert kind_of(NOON, late=timedelta(hours=6)) is None  # closed again, but another period
    # Its period has just ended: the welcome greets.
    assert kind_of("2026-11-30T12:59", late=timedelta(minutes=2)) == "welcome"


def test_a_welcome_is_for_who_opened_a_conversation_just_now() -> None:
    assert kind_of(OPEN, opened_id=None) is None
    assert kind_of(OPEN, frozenset({"welcome"}), late=WELCOME_TIME - SECOND) == "welcome"
    assert kind_of(OPEN, frozenset({"welcome"}), late=WELCOME_TIME) is None
    # The away text is for each message.
    assert kind_of(EVENING, opened_id=None) == "away"


moments = st.datetimes(datetime(2026, 3, 20), datetime(2026, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))
ago = st.one_of(st.none(), st.timedeltas(timedelta(), timedelta(days=2)))


@given(
    now=moments,
    late=st.timedeltas(timedelta(), timedelta(days=4)),
    kinds=st.sets(st.sampled_from(KINDS)),
    agent=ago,
    machine=ago,
    away=ago,
    chat_kind=st.sampled_from(["direct", "group", "channel"]),
    opened_id=st.sampled_from([None, 9]),
    count=st.integers(0, 5),
)
def test_whatever_the_facts_no_rule_is_broken(
    now: datetime,
    late: timedelta,
    kinds: set[Any],
    agent: timedelta | None,
    machine: timedelta | None,
    away: timedelta | None,
    chat_kind: str,
    opened_id: int | None,
    count: int,
) -> None:
    agent_at, automatic_at, away_at = (None if one is None else now - one for one in (agent, machine, away))
    message = ContactMessage(7, chat_kind, now - late, opened_id, agent_at, automatic_at, away_at, count)
    reply = choose_reply(kinds, HOURS, message, now)
    if reply is None:
        return
    assert reply.kind in kinds
    assert chat_kind == "direct"
    assert count < MOST_A_DAY
    assert agent_at is None or (agent_at < message.at and now - agent_at >= AGENT_TIME)
    if reply.kind == "away":
        assert not HOURS.is_open(now)
        assert HOURS.open_seconds(message.at, now) == 0
        assert away_at is None or now - away_at >= AWAY_TIME
    else:
        assert opened_id == 9
        assert late < WELCOME_TIME
