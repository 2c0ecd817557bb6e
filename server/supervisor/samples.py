"""Adds up the metrics of several processes: counters and histograms are sums, each gauge has a rule of its own."""

import json
import math
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from server.metrics import MERGED_GAUGES

CREATED = "_created"
ADDED_UP = frozenset(("counter", "histogram"))
# A sample's name and its labels, in order.
Key = tuple[str, tuple[tuple[str, str], ...]]
Rule = Callable[[float, float], float]


class Family(NamedTuple):
    """One metric with its samples."""

    kind: str
    about: str
    samples: dict[Key, float]


Families = Mapping[str, Family]


def read_families(registry: Collector) -> dict[str, Family]:
    """What the registry of this process shows now."""
    return {
        metric.name: Family(
            metric.type,
            metric.documentation,
            {(one.name, tuple(one.labels.items())): one.value for one in metric.samples},
        )
        for metric in registry.collect()
    }


def dump(families: Families) -> bytes:
    """As bytes for another process. With NaN and infinity, which orjson cannot write."""
    return json.dumps(
        [
            (name, family.kind, family.about, [(*key, value) for key, value in family.samples.items()])
            for name, family in families.items()
        ]
    ).encode()


def load(body: bytes) -> dict[str, Family]:
    """What `dump` has written."""
    return {
        name: Family(
            kind,
            about,
            {
                (sample, tuple((label, text) for label, text in labels)): value
                for sample, labels, value in rows
            },
        )
        for name, kind, about, rows in json.loads(body)
    }


def merge(sources: Iterable[Families]) -> dict[str, Family]:
    """One family of each name, with the samples of all processes."""
    merged: dict[str, Family] = {}
    for source in sources:
        for name, family in source.items():
            into = merged.setdefault(name, Family(family.kind, family.about, {}))
            _add(name, into, family)
    return merged


def counted(families: Families) -> dict[str, Family]:
    """Only what is added up: what a process has counted stays when it has ended, so that no sum ever falls."""
    return {name: family for name, family in families.items() if family.kind in ADDED_UP}


def render(families: Families) -> bytes:
    """In Prometheus's text format."""
    registry = CollectorRegistry()
    registry.register(_Shown(families))
    return generate_latest(registry)


def _add(name: str, into: Family, family: Family) -> None:
    for key, value in family.samples.items():
        known = into.samples.get(key)
        into.samples[key] = value if known is None else _rule(name, into.kind, key[0])(known, value)


def _rule(name: str, kind: str, sample: str) -> Rule:
    if sample.endswith(CREATED):
        return min
    return _add_up if kind in ADDED_UP else _RULES[MERGED_GAUGES[name]]


def _add_up(one: float, other: float) -> float:
    return one + other


def _highest(one: float, other: float) -> float:
    """NaN is what a process does not know."""
    return other if math.isnan(one) else one if math.isnan(other) else max(one, other)


def _lowest(one: float, other: float) -> float:
    return other if math.isnan(one) else one if math.isnan(other) else min(one, other)


_RULES: Mapping[str, Rule] = {"sum": _add_up, "max": _highest, "min": _lowest}


class _Shown(Collector):
    def __init__(self, families: Families) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        for name, (kind, about, samples) in self._families.items():
            metric = Metric(name, about, kind)
            for (sample, labels), value in samples.items():
                metric.add_sample(sample, dict(labels), value)
            yield metric
