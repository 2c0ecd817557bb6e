"""Runs the same load against this project and the reference system, one after the other, and prints figures and ratios.

    python bench/compare.py --load FOLDER --peer FOLDER [--rounds 3] [SCENARIO …]

`--load` is the folder of load.mjs and provider.mjs, `--peer` that of the reference's server.js, both after `npm ci`.
Both systems share one Postgres, one Redis and one provider; each has its own database. `rest` and `rest-changed` also
have a floor (bench/rest_floor.py), a bare handler on our database: pages that have not changed since they were read,
and pages that have. For the latter, ours keeps no page in memory.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench import rest_floor  # noqa: E402 - the path is set above
from server.embedded.children import free_port  # noqa: E402
from tests.support.services import Services, run_services  # noqa: E402

# Durable, as in production: the tests turn these off, the benchmark turns them on for both systems.
DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
SECRET = "bench-hook-4f1c9a7e2b6d8035"  # noqa: S105 - for this run only, on loopback
JWT = "mX4vQ9sT2bW7nZ1cK6hR3fY8dL5gP0jA"
SCENARIOS = {
    "ingest": [],
    "rest": [],
    "rest-changed": [],
    "fanout": ["--sockets", "1000", "--messages", "100"],
    "deliver": ["--rate", "200", "--sockets", "10"],
    "deliver-800": ["--rate", "800", "--sockets", "10"],
    "send": [],
    "idle": ["--sockets", "2000"],
}
# scenario -> (name, path into the result, True if higher is better)
FIGURES: dict[str, list[tuple[str, tuple[str, ...], bool]]] = {
    "ingest": [
        ("acknowledged/s", ("acknowledged_per_s",), True),
        ("stored/s", ("stored_per_s",), True),
        ("ack p99 ms", ("ack_ms", "p99"), False),
        ("lost", ("lost",), False),
    ],
    "rest": [
        ("chats/s", ("chats", "per_s"), True),
        ("chats p95 ms", ("chats", "ms", "p95"), False),
        ("messages/s", ("messages", "per_s"), True),
        ("messages p95 ms", ("messages", "ms", "p95"), False),
    ],
    "fanout": [("deliveries/s", ("deliveries_per_s",), True), ("last p50 ms", ("last_ms", "p50"), False)],
    "deliver": [
        ("p50 ms", ("deliver_ms", "p50"), False),
        ("p99 ms", ("deliver_ms", "p99"), False),
        ("lost", ("lost",), False),
    ],
    "send": [("sends/s", ("per_s",), True), ("p95 ms", ("ms", "p95"), False)],
    "idle": [("KiB/socket", ("kib_per_socket",), False)],
}
FIGURES["deliver-800"] = list(FIGURES["deliver"])
FIGURES["rest-changed"] = list(FIGURES["rest"])
# Settings of ours for a scenario.
SETTINGS = {"rest-changed": {"CONFAB_WEB_PAGE_CACHE_BYTES": "0"}}
# What is asked of the floor, which only answers pages.
FLOORS = {"rest": "unchanged", "rest-changed": "changed"}
for figures in FIGURES.values():
    figures.append(("server CPU s", ("cpu_s",), False))


@contextmanager
def running(command: list[str], cwd: Path, environment: dict[str, str], health: str) -> Iterator[int]:
    """Run a server until the block ends; yields its pid once `health` responds."""
    log = Path(tempfile.mkdtemp(prefix="confab-bench-")) / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=cwd, env={**os.environ, **environment}, stdout=output, stderr=output
        )
        try:
            _wait_for(health, process, log)
            yield process.pid
        finally:
            process.terminate()
            process.wait(30)


def _wait_for(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(url, timeout=1):  # noqa: S310 - loopback
                return
        except OSError:
            if process.poll() is not None:
                raise SystemExit(log.read_text()[-2000:]) from None
            time.sleep(0.1)
    raise SystemExit(f"no response from {url}: {log.read_text()[-2000:]}")


@contextmanager
def system(
    name: str, services: Services, peer: Path, provider: str, scenario: str
) -> Iterator[tuple[str, str, int]]:
    """Run one of the two systems with an empty database; yields (url, database url, pid)."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    database = services.create_database(template=None)
    shared = {
        "PORT": str(port),
        "DATABASE_URL": database,
        "REDIS_URL": services.redis_url,
        "WEBHOOK_SECRET": SECRET,
    }
    if name == "peer":
        shared |= {"UNIPILE_URL": provider, "NODE_ENV": "production", "JWT_SECRET": JWT}
        command, cwd = ["node", "server.js"], peer
    else:
        shared |= {
            "UNIPILE_DSN": provider,
            "UNIPILE_API_KEY": "bench-key-71c5d0",
            "JWT_SECRET": JWT,
            "CONFAB_AUTH_TEST_TOKENS": "true",
            "CONFAB_LOG_LEVEL": "warning",
            "DATA_DIR": tempfile.mkdtemp(prefix="confab-bench-"),
            **SETTINGS.get(scenario, {}),
        }
        command, cwd = [sys.executable, "run.py"], ROOT
    with running(command, cwd, shared, f"{url}/health") as pid:
        yield url, database, pid
    services.drop_database(database)


def measure(
    load: Path, target: str, scenario: str, url: str, database: str, pid: int, seconds: int
) -> dict[str, Any]:
    """Run load.mjs once and parse its result; adds the server's CPU seconds and its current and peak memory in MiB."""
    command = ["node", "load.mjs", target, scenario.split("-")[0], "--url", url, "--database", database]
    command += ["--secret", SECRET, "--seconds", str(seconds), "--pids", str(pid), *SCENARIOS[scenario]]
    before = cpu_seconds(pid)
    done = subprocess.run(command, cwd=load, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        return {"error": (done.stderr or done.stdout)[-500:]}
    result: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    status = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line
    )
    result["cpu_s"] = round(cpu_seconds(pid) - before, 2)
    result["rss_mib"] = int(status["VmRSS"].split()[0]) // 1024
    result["peak_mib"] = int(status["VmHWM"].split()[0]) // 1024
    return result


def measure_floor(load: Path, scenario: str, database: str, seconds: int) -> dict[str, Any]:
    """The figures of a bare handler on this database, after the load has filled it."""
    port = free_port()
    command = [sys.executable, "bench/rest_floor.py", "--database", database, "--port", str(port)]
    url = f"http://127.0.0.1:{port}"
    with running(command, ROOT, {}, f"{url}/health"):
        return rest_floor.measure(load, url, FLOORS[scenario], seconds)


def cpu_seconds(pid: int) -> float:
    """CPU time of the server process on all cores; comparable even if the load generator is the bottleneck."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def pick(result: dict[str, Any], path: tuple[str, ...]) -> float | None:
    value: Any = result
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, int | float) else None


def report(scenario: str, results: dict[str, list[dict[str, Any]]]) -> None:
    """Print one line per figure: medians with their ranges, and ours as a multiple of the peer's and the floor's."""
    for name, path, _ in FIGURES[scenario]:
        columns = {}
        for target, runs in results.items():
            values = [value for run in runs if (value := pick(run, path)) is not None]
            columns[target] = (statistics.median(values), min(values), max(values)) if values else None
        cells = [
            f"{target} {c[0]:g} ({c[1]:g}–{c[2]:g})" if c else f"{target} –" for target, c in columns.items()
        ]
        ours = columns.get("ours")
        ratios = [
            f"  of {target} {ours[0] / other[0]:.2f}"
            for target, other in columns.items()
            if target != "ours" and other and ours and other[0]
        ]
        print(f"{scenario:12} {name:16} {'   '.join(cells)}{''.join(ratios)}", flush=True)
    memory = [f"{t} {max(r.get('peak_mib', 0) for r in runs)}" for t, runs in results.items() if t != "floor"]
    print(f"{scenario:12} {'peak MiB':16} {'   '.join(memory)}", flush=True)
    for target, runs in results.items():
        for run in runs:
            if "error" in run:
                print(f"{scenario:12} {target} failed: {run['error']}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--load", type=Path, required=True)
    parser.add_argument("--peer", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--only", choices=["peer", "ours"])
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=", ".join(SCENARIOS))
    options = parser.parse_args()
    if not shutil.which("node"):
        raise SystemExit("node is not installed; the load generator and the reference require it.")
    provider_port = free_port()
    provider = f"http://127.0.0.1:{provider_port}"
    serve_provider = ["node", "provider.mjs", "--port", str(provider_port)]
    with (
        run_services(DURABLE) as services,
        running(serve_provider, options.load, {}, f"{provider}/api/v1/accounts"),
    ):
        for scenario in options.scenarios or SCENARIOS:
            results: dict[str, list[dict[str, Any]]] = {}
            for _ in range(options.rounds):
                for target in [options.only] if options.only else ["peer", "ours"]:
                    with system(target, services, options.peer, provider, scenario) as (url, database, pid):
                        run = measure(options.load, target, scenario, url, database, pid, options.seconds)
                        results.setdefault(target, []).append(run)
                        if target == "ours" and scenario in FLOORS:
                            floor = measure_floor(options.load, scenario, database, options.seconds)
                            results.setdefault("floor", []).append(floor)
            report(scenario, results)


if __name__ == "__main__":
    main()
