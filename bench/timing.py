"""Measures timing side channels that could reveal registered addresses: sign-in and password reset requests.

    python bench/timing.py [--rounds 400]

One web process with an embedded worker, as shipped, with its rate limits, on its own Postgres and Redis and with a mail
server. Addresses of users with a password, invited users, disabled users and unknown addresses are requested in turn,
in a random order per round. Reports for each kind compared with unknown addresses: the difference of the medians with
its 95 % interval (bootstrap), and the probability of being slower (0.5: no difference) with the p of a rank test.
"""

import argparse
import asyncio
import json
import math
import multiprocessing
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import DEVNULL, Popen

import aiohttp
import psycopg2

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench.storm import wait_until_up  # noqa: E402 - the path is set above
from server.auth.passwords import HASHER  # noqa: E402
from server.embedded.children import free_port  # noqa: E402
from tests.support.mailbox import Mailbox, delivering  # noqa: E402
from tests.support.services import Services, run_services  # noqa: E402

KINDS = ("known", "invited", "disabled", "unknown")
# Requests per address, below the rate limit per address.
PER_ADDRESS = {"login": 8, "forgot": 2}
# Reset requests per sign-in: they take a tenth of the time of a password check.
TURNS = {"login": 1, "forgot": 4}
RESAMPLES = 2_000
Times = dict[str, list[float]]


def settings_of(services: Services, database: str, port: int, mail_port: int) -> dict[str, str]:
    return {
        "PORT": str(port),
        "DATABASE_URL": database,
        "REDIS_URL": services.redis_url,
        "UNIPILE_DSN": "http://127.0.0.1:9",
        "UNIPILE_API_KEY": "bench-key-71c5d0",
        "WEBHOOK_SECRET": "bench-webhook-5b0a7e21",
        "JWT_SECRET": "bench-jwt-0f8e1c7a95d24b63a1c20f8e1c7a",
        "SMTP_URL": f"smtp://127.0.0.1:{mail_port}?starttls=never",
        "CONFAB_MAIL_SENDER": "inbox@x.example",
        # Each request has its own client address, so that no limit per client address is reached.
        "CONFAB_WEB_TRUSTED_PROXIES": "127.0.0.1",
        "CONFAB_LOG_LEVEL": "error",
        "DATA_DIR": tempfile.mkdtemp(prefix="confab-timing-"),
    }


def address_of(kind: str, index: int) -> str:
    """Return an e-mail address; all have the same length, so that only the kind differs."""
    return f"{kind:-<9}{index:05}@example.com"


def insert_users(database: str, count: int) -> None:
    """Insert the users of all kinds but unknown, with the server's password hasher."""
    password_hash = HASHER.hash("correct horse")
    rows = [
        (address_of(kind, n), None if kind == "invited" else password_hash, kind != "disabled")
        for kind in KINDS[:-1]
        for n in range(count)
    ]
    with psycopg2.connect(database) as connection, connection.cursor() as cursor:
        cursor.executemany(
            "insert into users (email, name, role, password_hash, is_active) values (%s, 'Eva', 'agent', %s, %s)",
            rows,
        )
    connection.close()


def serve_mail(port: int) -> None:
    async def serve() -> None:
        async with delivering(Mailbox(), port):
            await asyncio.Event().wait()

    asyncio.run(serve())


@contextmanager
def running(count: int) -> Iterator[str]:
    """Run Confab in its own process; yields its URL."""
    port, mail_port = free_port(), free_port()
    mail = multiprocessing.Process(target=serve_mail, args=(mail_port,), daemon=True)
    with run_services() as services:
        services.make_template()
        database = services.create_database()
        insert_users(database, count)
        mail.start()
        settings = settings_of(services, database, port, mail_port)
        server = Popen([sys.executable, "run.py"], cwd=ROOT, env={**os.environ, **settings}, stdout=DEVNULL)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(30)
            mail.terminate()


async def time_request(
    session: aiohttp.ClientSession, url: str, what: str, email: str
) -> tuple[float, float]:
    """Return the milliseconds of the request, and of one to /health right after it in the same process."""
    body = {"email": email} | ({"password": "wrong horse"} if what == "login" else {})
    headers = {"X-Confab": "1", "X-Forwarded-For": f"198.18.{random.randrange(256)}.{random.randrange(256)}"}
    begun = time.perf_counter()
    async with session.post(f"{url}/api/auth/{what}", json=body, headers=headers) as answer:
        await answer.read()
    between = time.perf_counter()
    async with session.get(f"{url}/health") as healthy:
        await healthy.read()
    ended = time.perf_counter()
    wanted = 401 if what == "login" else 204
    if answer.status != wanted:
        raise SystemExit(f"{what} of {email} returned {answer.status}")
    return (between - begun) * 1000, (ended - between) * 1000


async def measure(url: str, what: str, rounds: int) -> dict[str, Times]:
    """Return the times of each kind, by request."""
    times: dict[str, Times] = {name: {kind: [] for kind in KINDS} for name in (what, f"after {what}")}
    async with aiohttp.ClientSession() as session:
        await wait_until_up(session, url)
        for turn in range(rounds):
            for kind in random.sample(KINDS, len(KINDS)):
                took, after = await time_request(
                    session, url, what, address_of(kind, turn // PER_ADDRESS[what])
                )
                times[what][kind].append(took)
                times[f"after {what}"][kind].append(after)
    return times


def interval(these: Sequence[float], others: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of the difference of the medians."""
    found = sorted(
        statistics.median(random.choices(these, k=len(these)))
        - statistics.median(random.choices(others, k=len(others)))
        for _ in range(RESAMPLES)
    )
    return found[int(RESAMPLES * 0.025)], found[int(RESAMPLES * 0.975)]


def rank_test(these: Sequence[float], others: Sequence[float]) -> tuple[float, float]:
    """Mann-Whitney test: (probability that one of these takes longer than one of the others, p)."""
    ranks = {value: rank for rank, value in enumerate(sorted([*these, *others]), 1)}
    n, m = len(these), len(others)
    u = sum(ranks[value] for value in these) - n * (n + 1) / 2
    z = (u - n * m / 2) / math.sqrt(n * m * (n + m + 1) / 12)
    return u / (n * m), math.erfc(abs(z) / math.sqrt(2))


def show(name: str, times: Times) -> None:
    unknown = times["unknown"]
    print(f"\n{name}: unknown addresses: median {statistics.median(unknown):.3f} ms of {len(unknown)}")
    print(f"{'':<10}{'median':>9}{'difference':>12}{'95 %':>20}{'slower':>9}{'p':>8}")
    for kind in KINDS[:-1]:
        median, (low, high) = statistics.median(times[kind]), interval(times[kind], unknown)
        likely, p = rank_test(times[kind], unknown)
        difference = median - statistics.median(unknown)
        print(
            f"{kind:<10}{median:>9.3f}{difference:>+12.3f}{f'{low:+.3f} .. {high:+.3f}':>20}{likely:>9.3f}{p:>8.3f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--rounds",
        type=int,
        default=400,
        help="sign-ins of each kind; reset requests are four times as many (%(default)s)",
    )
    parser.add_argument("--json", type=Path, help="file to write all times to")
    given = parser.parse_args()
    found: dict[str, Times] = {}
    for what in ("login", "forgot"):
        # Each on its own server, so that leftover background work of one does not affect the other.
        rounds = given.rounds * TURNS[what]
        with running(rounds // PER_ADDRESS[what] + 1) as url:
            found |= asyncio.run(measure(url, what, rounds))
    for name, times in found.items():
        show(name, times)
    if given.json:
        given.json.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
