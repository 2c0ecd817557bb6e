"""The metrics of several processes as one: sums of what is counted, and a rule for each gauge."""

import math

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.parser import text_string_to_metric_families

from server.metrics import MERGED_GAUGES, REGISTRY
from server.supervisor.samples import Family, counted, dump, load, merge, read_families, render


class Process:
    """The metrics of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.jobs = Counter("confab_job_failures", "about", ["job"], registry=self.registry)
        self.seconds = Histogram("confab_late_seconds", "about", buckets=(1, 2), registry=self.registry)
        self.gauges = {
            name: Gauge(name, "about", registry=self.registry)
            for name in ("confab_sockets", "confab_unipile_circuit", "confab_backup_age_seconds")
        }

    @property
    def families(self) -> dict[str, Family]:
        return load(dump(read_families(self.registry)))


@pytest.fixture
def two() -> tuple[Process, Process]:
    one, other = Process(), Process()
    one.jobs.labels("a").inc(3)
    other.jobs.labels("a").inc(4)
    other.jobs.labels("b").inc()
    for seconds in (0.5, 1.5, 5):
        one.seconds.observe(seconds)
        other.seconds.observe(seconds)
    for process, sockets, circuit, age in ((one, 7, 2, math.nan), (other, 5, 0, math.inf)):
        process.gauges["confab_sockets"].set(sockets)
        process.gauges["confab_unipile_circuit"].set(circuit)
        process.gauges["confab_backup_age_seconds"].set(age)
    return one, other


def values(text: bytes) -> dict[tuple[str, str], float]:
    """By name and labels, without the times of creation."""
    return {
        (sample.name, " ".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text.decode())
        for sample in family.samples
        if not sample.name.endswith("_created")
    }


def test_counters_and_histograms_are_added_up(two: tuple[Process, Process]) -> None:
    found = values(render(merge(process.families for process in two)))
    assert found[("confab_job_failures_total", "a")] == 7
    assert found[("confab_job_failures_total", "b")] == 1
    assert [found[("confab_late_seconds_bucket", bound)] for bound in ("1.0", "2.0", "+Inf")] == [2, 4, 6]
    assert (found[("confab_late_seconds_count", "")], found[("confab_late_seconds_sum", "")]) == (6, 14)


def test_gauges_follow_their_rules_and_what_a_process_does_not_know_is_left_out(
    two: tuple[Process, Process],
) -> None:
    for order in (two, tuple(reversed(two))):
        found = values(render(merge(process.families for process in order)))
        assert found[("confab_sockets", "")] == 12
        assert found[("confab_unipile_circuit", "")] == 2
        assert found[("confab_backup_age_seconds", "")] == math.inf
    unknown = merge(two[0].families for _ in range(2))
    assert math.isnan(values(render(unknown))[("confab_backup_age_seconds", "")])


def test_what_an_ended_process_has_counted_stays_without_its_gauges(two: tuple[Process, Process]) -> None:
    one, other = two
    ended = merge(({}, counted(other.families)))
    found = values(render(merge((ended, one.families))))
    assert found[("confab_job_failures_total", "a")] == 7
    assert found[("confab_sockets", "")] == 7
    # A second one that ends is added to it, and the first total is not changed by what is shown.
    twice = merge((ended, counted(one.families)))
    assert values(render(twice))[("confab_late_seconds_count", "")] == 6
    assert values(render(ended))[("confab_late_seconds_count", "")] == 3


def test_one_process_is_shown_as_by_itself() -> None:
    process = Process()
    process.jobs.labels("a").inc()
    assert values(render(merge([process.families])))[("confab_job_failures_total", "a")] == 1
    assert read_families(process.registry) == process.families


def test_every_gauge_has_a_rule_and_no_other() -> None:
    gauges = {metric.name for metric in REGISTRY.collect() if metric.type == "gauge"}
    assert gauges == MERGED_GAUGES.keys()
    assert set(MERGED_GAUGES.values()) <= {"sum", "max", "min"}
    kinds = {metric.type for metric in REGISTRY.collect()}
    assert kinds == {"counter", "gauge", "histogram"}, "a kind that is not merged yet"
