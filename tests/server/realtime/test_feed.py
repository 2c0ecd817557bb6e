"""A feed turns pushes in any order, with repetitions, into each change once and in order."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from server.realtime.events import Push
from server.realtime.hub.feed import Feed


def push(seq: int) -> Push:
    return Push(seq, None, b"%d" % seq)


def seqs(pushes: Sequence[Push]) -> list[int]:
    return [p.seq for p in pushes]


ARRIVALS = st.integers(1, 12).flatmap(
    lambda n: st.tuples(
        st.just(n), st.lists(st.integers(1, n), max_size=12), st.permutations(list(range(1, n + 1)))
    )
)


@given(ARRIVALS, st.data())
def test_pushes_in_any_order_are_delivered_in_order_exactly_once(
    arrivals: tuple[int, list[int], list[int]], data: st.DataObject
) -> None:
    newest, repeated, order = arrivals
    incoming = order + repeated
    start_after = data.draw(st.integers(0, len(incoming)), label="pushes before the rows were read")
    head = data.draw(st.integers(0, newest), label="where the rows stood")
    feed, out = Feed(), []
    for n, seq in enumerate(incoming):
        if n == start_after:
            out += seqs(feed.start(head))
        out += seqs(feed.take([push(seq)]))
    if start_after == len(incoming):
        out += seqs(feed.start(head))
    assert out == list(range(head + 1, newest + 1))
    assert (feed.head, feed.has_gap) == (newest, False)


@given(
    st.lists(st.integers(1, 20), unique=True, max_size=20),
    st.integers(0, 20),
    st.sets(st.integers(1, 20)),
)
def test_healing_closes_every_gap_up_to_the_head(arrived: list[int], head: int, rows: set[int]) -> None:
    feed = Feed()
    out = seqs(feed.start(0))
    for seq in arrived:
        out += seqs(feed.take([push(seq)]))
    reached = feed.head or 0
    out += seqs(feed.heal([push(seq) for seq in sorted(rows) if seq <= head], head))
    assert out == sorted(set(out))
    assert (feed.head or 0) >= max(reached, head)
    # Everything up to the head is delivered, both pushes and changes only found in the rows.
    assert {seq for seq in arrived if seq <= (feed.head or 0)} <= set(out)
    assert {seq for seq in rows if reached < seq <= head} <= set(out)
    waiting = {seq for seq in arrived if seq > (feed.head or 0)}
    assert feed.has_gap == bool(waiting)


def test_nothing_is_delivered_before_the_head_is_read() -> None:
    feed = Feed()
    assert feed.take([push(1), push(2)]) == []
    assert feed.head is None
    assert seqs(feed.start(1)) == [2]


def test_a_gap_delays_what_comes_after_it() -> None:
    feed = Feed()
    feed.start(5)
    assert feed.take([push(8), push(7)]) == []
    assert feed.has_gap
    assert seqs(feed.take([push(6)])) == [6, 7, 8]
    assert not feed.has_gap


def test_rows_take_precedence_over_waiting_pushes() -> None:
    feed = Feed()
    feed.start(0)
    feed.take([Push(2, None, b"old"), push(4)])
    healed = feed.heal([Push(2, 7, b"new")], 3)
    assert healed == [Push(2, 7, b"new"), push(4)]
    assert feed.head == 4


def test_a_late_read_does_not_lower_the_head() -> None:
    feed = Feed()
    feed.start(5)
    assert feed.heal([push(4), push(5)], 5) == []
    assert feed.heal([], 3) == []
    assert feed.head == 5
