"""Shared by the property tests: settings of a repeatable run, and orders in which events are delivered."""

import itertools

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st


def repeatable(max_examples: int) -> settings:
    """The same examples in every run."""
    return settings(
        max_examples=max_examples,
        deadline=None,
        derandomize=True,
        database=None,
        # Shrinking a failing example takes minutes; the examples are small and readable as they are.
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


@st.composite
def delivery_orders(draw: st.DrawFn, count: int, max_cuts: int) -> list[list[int]]:
    """The indexes of `count` events in any order, some repeated, as up to `max_cuts` + 1 batches."""
    repeated = draw(st.lists(st.integers(0, count - 1), max_size=count))
    order = draw(st.permutations([*range(count), *repeated]))
    cuts = sorted(draw(st.sets(st.integers(1, len(order)), max_size=max_cuts)) | {0, len(order)})
    return [list(order[a:b]) for a, b in itertools.pairwise(cuts)]
