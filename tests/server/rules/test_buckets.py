"""Buckets of durations, and quantiles from them."""

from collections import Counter
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from server.rules.buckets import (
    DAY,
    EDGES,
    SHOWN_EDGES,
    bucket_of,
    contained_buckets,
    quantile,
    shown_counts,
    touched_buckets,
)

SECONDS = st.integers(0, 30 * DAY)


def test_shown_buckets_are_made_of_whole_ones_that_grow_slowly() -> None:
    assert set(SHOWN_EDGES) <= set(EDGES)
    assert list(EDGES) == sorted(set(EDGES))
    month = [edge for edge in EDGES if 10 <= edge <= 30 * DAY]
    assert all(after <= before * 1.26 for before, after in pairwise(month))


@given(st.lists(SECONDS, min_size=1, max_size=60), st.sampled_from([0.5, 0.9]))
def test_a_quantile_is_in_the_bucket_of_the_exact_one(durations: list[int], share: float) -> None:
    counts = Counter(map(bucket_of, durations))
    exact = sorted(durations)[max(0, -int(-len(durations) * share // 1) - 1)]
    found = quantile(counts, share)
    assert found is not None
    following = [edge for edge in EDGES if edge > bucket_of(exact)]
    assert bucket_of(exact) <= found <= following[0]
    assert sum(shown_counts(counts)) == len(durations)


def test_without_durations_there_is_no_quantile() -> None:
    assert quantile({}, 0.5) is None
    assert shown_counts({}) == [0] * len(SHOWN_EDGES)


def test_a_duration_at_an_edge_is_in_the_bucket_that_begins_there() -> None:
    assert [bucket_of(seconds) for seconds in (29, 30, 119, 120)] == [26, 30, 100, 120]
    assert shown_counts({26: 1, 30: 2, 100: 3, 120: 4}) == [1, 5, 4, 0, 0, 0, 0, 0, 0, 0]


BOUND = st.none() | SECONDS | st.sampled_from(EDGES)


@given(BOUND, BOUND, st.lists(SECONDS | st.sampled_from(EDGES), max_size=60))
def test_a_range_of_durations_is_between_its_whole_buckets_and_all_that_it_touches(
    at_least: int | None, below: int | None, durations: list[int]
) -> None:
    for seconds in durations:
        fits = (at_least is None or seconds >= at_least) and (below is None or seconds < below)
        contained, touched = contained_buckets(at_least, below), touched_buckets(at_least, below)
        if contained.first <= bucket_of(seconds) <= contained.last:
            assert fits
        if fits:
            assert touched.first <= bucket_of(seconds) <= touched.last


def test_a_range_of_whole_buckets_is_these() -> None:
    assert contained_buckets(60, 120) == (60, 100) and contained_buckets(61, 119) == (61, 85)
    assert contained_buckets(None, 1) == (0, 0) and contained_buckets(0, 0) == (0, -1)
