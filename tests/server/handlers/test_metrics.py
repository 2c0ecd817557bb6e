"""Metrics: the state of all processes, who may read them, and that every rule and panel asks for one that exists."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from aiopg import Cursor
from prometheus_client.parser import text_string_to_metric_families

from server import VERSION
from server.config import ROOT, Config
from server.config.metrics import Metrics
from server.embedded import ServiceError
from server.errors import TABLE, Unavailable
from server.handlers import metrics
from server.metrics import REGISTRY
from server.process.worker_metrics import worker_metrics
from server.queue import INGEST_QUEUE, QUEUE_NAMES
from server.rules.account_states import NEXT_STATES
from server.web.app_keys import REDIS
from tests.support.factories import make_account, sign_in_as
from tests.support.fixtures_stack import Stack, run_stack
from tests.support.peers import Peer
from tests.support.ports import free_port
from tests.support.promql import Rule, read_groupings, read_rules, read_selectors

ALERTS, DASHBOARD = ROOT / "deploy/prometheus/alerts.yml", ROOT / "deploy/grafana/confab.json"
TOKEN = "kT7-of-the-monitoring-host"
RESTRICTED = Metrics(token=TOKEN, networks=("192.0.2.0/24",), worker_port=0)
# Of Prometheus itself, and of every target.
BUILT_IN, TARGET_LABELS = {"up"}, {"instance", "job", "le"}
# Of node_exporter, on the machines of Postgres, Redis and the media storage.
MACHINE = {"node_filesystem_avail_bytes": {"fstype"}, "node_filesystem_size_bytes": {"fstype"}}
INCIDENTS = ROOT / "docs/operations/incidents.md"
# Asked for by a rule and a panel, and exposed as soon as backups are: to be emptied then.
AWAITED: set[str] = set()
KNOWN_VALUES = {
    ("confab_webhooks_total", "answer"): {"received", *TABLE},
    ("confab_accounts", "status"): {state.status for state in NEXT_STATES.values()},
}


async def samples(peer: Peer) -> dict[tuple[str, str], float]:
    """Each sample by its name and the values of its labels."""
    text = (await peer.call("GET", "/metrics")).raw.decode()
    return {
        (sample.name, ",".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_the_state_of_all_processes_is_shown(web_only: Stack) -> None:
    owner = await sign_in_as(web_only, "owner")
    await make_account(web_only, owner)
    await web_only.app[REDIS].zadd(INGEST_QUEUE, {"job": 1.0, "other": 2.0})
    await web_only.execute("update channels_account set status = 'needs_action', next_step = 'connect'")
    await web_only.execute(
        "insert into dead_letters (source, state, reason, digest, body) "
        "select 'messages', 'dead', 'x', sha256('a'), '{}'"
    )
    found = await samples(web_only.stranger)
    assert found["confab_part_up", "database"] == found["confab_part_up", "redis"] == 1
    assert found["confab_worker_alive", ""] == 0
    assert found["confab_queue_jobs", "ingest"] == 2
    assert found["confab_queue_age_seconds", "ingest"] > 1e9
    assert found["confab_queue_age_seconds", "outbox"] == 0
    assert (found["confab_accounts", "needs_action"], found["confab_dead_letters", ""]) == (1, 1)
    assert found["confab_build_info", VERSION] == 1
    assert found["confab_database_connections", ""] >= 4
    assert found["process_resident_memory_bytes", ""] > 0


async def test_a_part_that_is_away_says_so_and_shows_nothing_else(
    web_only: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: Cursor) -> int:
        raise Unavailable("Postgres is away.")

    monkeypatch.setattr(metrics, "count_dead_letters", fail)
    found = await samples(web_only.stranger)
    assert (found["confab_part_up", "database"], found["confab_part_up", "redis"]) == (0, 1)
    assert ("confab_dead_letters", "") not in found
    assert ("confab_queue_age_seconds", "ingest") in found


async def test_where_it_is_restricted_only_a_token_or_a_listed_network_reads(config: Config) -> None:
    async with run_stack(replace(config, metrics=RESTRICTED), with_workers=False) as stack:
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}):
            answer = await stack.stranger.call("GET", "/metrics", headers=headers)
            assert (answer.status, answer.body["error"]["code"]) == (401, "unauthenticated")
            ready = await stack.stranger.call("GET", "/health/ready", headers=headers)
            assert ready.status == 503
            assert set(ready.body) == {"status", "error"}
            assert ready.body["error"]["message"] == "Not ready: worker."
        bearer = {"Authorization": f"Bearer {TOKEN}"}
        assert (await stack.stranger.call("GET", "/metrics", headers=bearer)).status == 200
        assert "checks" in (await stack.stranger.call("GET", "/health/ready", headers=bearer)).body
        assert (await stack.stranger.ok("GET", "/health")) == {"status": "ok", "version": VERSION}
    # The token of a restricted installation is none of its own users'.
    listed = replace(RESTRICTED, token="", networks=("127.0.0.1",))
    async with run_stack(replace(config, metrics=listed), with_workers=False) as stack:
        assert (await stack.stranger.call("GET", "/metrics")).status == 200


async def test_a_worker_alone_shows_its_metrics_on_its_port(config: Config) -> None:
    port = free_port()
    config = replace(config, metrics=replace(RESTRICTED, worker_port=port))
    async with aiohttp.ClientSession() as session, worker_metrics(config):
        peer = Peer(session, f"http://127.0.0.1:{port}")
        assert (await peer.call("GET", "/metrics")).status == 401
        bearer = {"Authorization": f"Bearer {TOKEN}"}
        assert b"confab_job_seconds" in (await peer.call("GET", "/metrics", headers=bearer)).raw
        assert (await peer.call("GET", "/health", headers=bearer)).status == 404
        with pytest.raises(ServiceError, match="each worker of a machine needs its own"):
            async with worker_metrics(config):
                pass
    async with worker_metrics(replace(config, metrics=Metrics(worker_port=0))):
        pass


def queries() -> Iterator[tuple[str, str]]:
    """(where, expression) of every rule and panel."""
    for rule in read_rules(ALERTS):
        yield rule.name, rule.fields["expr"]
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        for target in panel.get("targets", ()):
            yield panel["title"], target["expr"]


def declared() -> dict[str, set[str]]:
    """Every metric of the registry with its labels, in use or not; of a histogram its three series."""
    found: dict[str, set[str]] = {}
    for name, collector in REGISTRY._names_to_collectors.items():
        found[name] = set(getattr(collector, "_labelnames", ()))
    return found


async def test_every_rule_and_panel_asks_for_metrics_that_exist(stack: Stack) -> None:
    await make_account(stack, await sign_in_as(stack, "owner"))
    text = (await stack.stranger.call("GET", "/metrics")).raw.decode()
    known: dict[str, set[str]] = declared() | MACHINE
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            known.setdefault(sample.name, set()).update(sample.labels)
    for where, expression in queries():
        selectors = read_selectors(expression)
        assert selectors, where
        labels = TARGET_LABELS.union(*(known.get(selector.metric, set()) for selector in selectors))
        for metric, matchers in selectors:
            assert metric in known or metric in BUILT_IN | AWAITED, (where, metric)
            for label, _, values in matchers:
                assert label in known.get(metric, set()) | TARGET_LABELS, (where, metric, label)
                check_values(where, metric, label, values)
        assert read_groupings(expression) <= labels, where


def check_values(where: str, metric: str, label: str, values: str) -> None:
    """What a matcher compares with is a value that the label can have."""
    possible = KNOWN_VALUES.get((metric, label))
    if label == "queue":
        possible = set(QUEUE_NAMES.values())
    if possible:
        assert set(values.split("|")) <= possible, (where, metric, values)


def test_the_reader_of_expressions_finds_what_is_wrong() -> None:
    found = read_selectors('sum by (job) (rate(a_total{x="1"}[5m])) / sum(b) > 0.5 or vector(0)')
    assert found == [("a_total", (("x", "=", "1"),)), ("b", ())]
    assert read_groupings("sum by (le, instance) (c) / sum without (d) (e)") == {"le", "instance", "d"}


def rules() -> list[Rule]:
    return list(read_rules(ALERTS))


def test_each_alert_is_explained_and_says_whom_it_wakes() -> None:
    assert len(rules()) == ALERTS.read_text().count("- alert:") > 15
    for rule in rules():
        assert re.fullmatch(r"\{ severity: (page|ticket) \}", rule.fields["labels"])
        assert 'summary: "' in rule.fields["annotations"]
        anchor = rule.name.lower()
        assert f"runbook: docs/operations/incidents.md#{anchor}" in rule.fields["annotations"]


def test_the_runbook_has_an_entry_for_each_alert_and_no_other() -> None:
    """It says how urgent the alert is, what it means, where to look and what to do."""
    _, _, alerts = INCIDENTS.read_text().partition("\n## Alerts\n")
    entries = dict(
        re.findall(r"^### (\w+)\n\n((?:(?!^##).*\n)*)", alerts.partition("\n## ")[0], re.MULTILINE)
    )
    assert list(entries) == [rule.name for rule in rules()]
    for rule in rules():
        severity = rule.fields["labels"].removeprefix("{ severity: ").removesuffix(" }")
        entry = rf"{severity.capitalize()}\. \w.*\n\n- \*\*Look:\*\* .+\n- \*\*Do:\*\* .+\n"
        assert re.match(entry, entries[rule.name]), rule.name


@pytest.mark.system
def test_prometheus_accepts_the_rules_and_they_fire() -> None:
    promtool = shutil.which(os.environ.get("PROMTOOL") or "promtool")
    if promtool is None:
        pytest.skip("promtool is not installed: set PROMTOOL to its path (Debian: prometheus)")
    for arguments in (("check", "rules", "alerts.yml"), ("test", "rules", "alerts_test.yml")):
        run = subprocess.run(
            [promtool, *arguments], cwd=ALERTS.parent, capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stdout + run.stderr


def test_panels_do_not_overlap() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        spot: dict[str, Any] = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(spot["x"], spot["x"] + spot["w"])
            for y in range(spot["y"], spot["y"] + spot["h"])
        }
        assert not cells & taken
        assert spot["x"] + spot["w"] <= 24
        taken |= cells
