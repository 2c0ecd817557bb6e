"""The combined rights of several grants, and the levels of a month's usage."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.config.plans import Plan, Plans, check_plans
from server.config.reader import ConfigError
from server.rules.plans import SOURCE_PRECEDENCE, Grant, Seats, level_of, merge_grants, month_bounds, seats_of

NOW = 1_800_000_000.0
SMALL = Plan(providers=("whatsapp",), accounts=1, messages_per_month=100, seats=2)
WIDE = Plan(providers=("whatsapp",), accounts=None, messages_per_month=50, seats=9, features=("new_chats",))
NOWHERE = Plan(providers=())
PLANS = Plans(default="small", named={"small": SMALL, "wide": WIDE, "nowhere": NOWHERE})


def grant(
    source: str = "manual", plan: str | None = None, *, on: bool = True, until: float | None = None
) -> Grant:
    return Grant(source, plan, on, until)


def test_no_grant_gives_no_rights() -> None:
    for grants in (
        [],
        [grant(on=False)],
        [grant(until=NOW)],
        [grant(until=NOW - 1)],
        [grant(plan="nowhere")],
    ):
        rights = merge_grants(PLANS, "whatsapp", grants, NOW)
        assert not rights.is_entitled
        assert (rights.accounts, rights.messages_per_month, rights.seats, rights.features) == (0, 0, 0, ())
        assert not rights.includes("messages")


def test_a_grant_without_a_known_plan_gives_the_default_plan() -> None:
    for name in (None, "taken-out"):
        rights = merge_grants(PLANS, "whatsapp", [grant(plan=name)], NOW)
        assert (rights.plan, rights.messages_per_month, rights.accounts) == ("small", 100, 1)


def test_several_grants_give_the_highest_limits_and_all_features() -> None:
    both = [grant("trial", "wide", until=NOW + 60), grant("billing", "small", until=NOW + 90)]
    rights = merge_grants(PLANS, "whatsapp", both, NOW)
    assert (rights.accounts, rights.messages_per_month, rights.seats) == (None, 100, 9)
    assert rights.features == ("new_chats",)
    assert (rights.plan, rights.source, rights.expires_at) == ("small", "billing", NOW + 90)
    assert rights.includes("new_chats") and rights.includes("messages")
    later = merge_grants(PLANS, "whatsapp", both, NOW + 75)
    assert (later.accounts, later.features, later.includes("new_chats")) == (1, (), False)


def test_of_two_equal_grants_the_paid_one_is_shown() -> None:
    rights = merge_grants(PLANS, "whatsapp", [grant(source) for source in SOURCE_PRECEDENCE], NOW)
    assert rights.source == "billing"


@given(st.permutations([grant("trial", "wide"), grant("plan"), grant("manual", until=NOW + 5)]))
def test_the_order_of_the_rows_is_irrelevant(grants: list[Grant]) -> None:
    assert merge_grants(PLANS, "whatsapp", grants, NOW) == merge_grants(PLANS, "whatsapp", grants[::-1], NOW)


ANY_GRANT = st.tuples(
    st.sampled_from(("whatsapp", "elsewhere")),
    st.builds(
        Grant,
        st.sampled_from(SOURCE_PRECEDENCE),
        st.sampled_from((None, "small", "wide", "nowhere", "taken-out")),
        st.booleans(),
        st.sampled_from((None, NOW - 1, NOW, NOW + 1)),
    ),
)


@given(st.lists(ANY_GRANT), ANY_GRANT)
def test_the_team_has_the_seats_of_its_largest_plan(
    grants: list[tuple[str, Grant]], one: tuple[str, Grant]
) -> None:
    valid = [
        g for provider, g in grants if provider == "whatsapp" and g.holds_at(NOW) and g.plan != "nowhere"
    ]
    seats = seats_of(PLANS, grants, NOW)
    if not valid:
        assert seats == Seats(None, None)
    else:
        assert seats == (Seats("wide", 9) if any(g.plan == "wide" for g in valid) else Seats("small", 2))
        # An additional grant never reduces the seats.
        assert (seats_of(PLANS, [*grants, one], NOW).allowed or 0) >= (seats.allowed or 0)


@given(used=st.integers(0, 10**6), limit=st.integers(1, 10**6))
def test_the_level_is_exact(used: int, limit: int) -> None:
    wanted = "reached" if used >= limit else "warning" if used >= 0.8 * limit else "ok"
    assert level_of(used, limit) == wanted
    assert level_of(used, None) == "ok"


def test_a_month_ends_where_the_next_one_begins() -> None:
    for period, following in (("2026-01", "2026-02"), ("2026-12", "2027-01"), ("2028-02", "2028-03")):
        assert month_bounds(period)[1] == month_bounds(following)[0]


@pytest.mark.parametrize(
    ("plans", "named"),
    [
        (Plans(default="lost", named={"small": SMALL}), r"\[plans.lost\]"),
        (Plans(default="Big", named={"Big": SMALL}), r"\[plans.Big\]"),
        (Plans(default="x", named={"x": Plan(providers=("telegram",))}), "telegram"),
        (Plans(default="x", named={"x": Plan(providers=(), features=("flying",))}), "flying"),
    ],
)
def test_invalid_plans_stop_the_start(plans: Plans, named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        check_plans(plans)
