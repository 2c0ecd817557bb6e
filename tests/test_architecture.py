"""Checks the architecture: imports, contents of the layers, sizes."""

import re

import pytest

from server import queue
from server.config import ROOT
from tests.architecture import MODULES, Module, breaks_sizes, breaks_waiting, broken, modules_of_tests
from tests.layers import LAYERS
from workers import jobs

A_PATH = re.compile(r"`([\w.-]+(?:/[\w.-]+)*/?)`")
SUFFIXES = (".py", ".sql", ".ts", ".tsx", ".toml", ".mjs", ".css", ".json", ".yaml", ".txt", ".html", "/")
GOOD = '"""Does one thing."""\n'


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)
def test_module_keeps_the_rules(module: Module) -> None:
    assert broken(module) == []


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        (
            "server.queue",
            "from workers.messages.ingest import store_events",
            "must not import workers.messages.ingest.store_events",
        ),
        ("server.app", "import workers", "must not import workers"),
        (
            "server.app",
            "def late():\n    from workers.messages import ingest",
            "must not import workers.messages.ingest",
        ),
        (
            "server.config",
            "from server.errors import ConfabError",
            "must not import server.errors.ConfabError",
        ),
        ("server.errors", "import aiohttp", "must not import aiohttp"),
        ("server.store.chats.chats", "from aiohttp import web", "must not import aiohttp"),
        (
            "server.store.chats.chats",
            "from server.handlers import chats",
            "must not import server.handlers.chats",
        ),
        (
            "server.schemas.chats",
            "from server.store.chats import chats",
            "must not import server.store.chats.chats",
        ),
        ("server.redis.channels", "import redis", "must not import redis"),
        (
            "server.realtime.broker",
            "from server.realtime.hub.hub import Hub",
            "must not import server.realtime.hub.hub.Hub",
        ),
        ("server.realtime.hub.hub", "from redis.asyncio import Redis", "must not import redis"),
        (
            "server.realtime.connection",
            "from server.store.chats import chats",
            "must not import server.store.chats.chats",
        ),
        ("server.handlers.chats", "from server.handlers import auth", "must not import server.handlers.auth"),
        (
            "server.handlers.chats",
            "from server.handlers.auth import login",
            "must not import server.handlers.auth",
        ),
        ("server.handlers.chats", "import psycopg2", "must not import psycopg2"),
        (
            "server.handlers.chats",
            "async def _patch(cursor: Cursor, chat_id: int) -> None:\n    ...",
            "has a transaction body in line 2",
        ),
        (
            "server.handlers.chats",
            'def _patch(held: "aiopg.Cursor") -> None:\n    ...',
            "has a transaction body in line 2",
        ),
        ("server.handlers.chats", "X = lambda cursor: cursor", "has a transaction body in line 2"),
        ("workers.messages.ingest", "from aiohttp import web", "must not import aiohttp"),
        (
            "workers.messages.ingest",
            "from server.app import create_app",
            "must not import server.app.create_app",
        ),
        (
            "workers.messages.ingest",
            "from server.realtime.hub import hub",
            "must not import server.realtime.hub.hub",
        ),
        ("sandbox.app", "from server.config import Config", "must not import server.config.Config"),
        ("run", "from server.store.people import users", "must not import server.store.people.users"),
        ("server.newcomer", "", "has no place in LAYERS"),
        ("server.app", "from . import queue", "imports relatively"),
        ("server.handlers.chats", 'X = "select id from channels_chat"', "has SQL"),
        ("workers.messages.ingest", 'X = f"""\n  update channels_chat\n set seq = {1}"""', "has SQL"),
        ("server.app", 'import os\nX = os.environ["PORT"]', "reads the environment"),
        ("server.app", "from os import environ", "imports os.environ"),
        ("server.handlers.chats", 'X = f"confab:account:{1}"', "names a Redis key"),
        ("server.handlers.webhooks", 'X = {}.get("attendee_provider_id")', "knows UniPile's"),
        ("server.store.sending.outbox", 'X = "select body from channels_note n"', "names notes"),
        (
            "server.unipile.client",
            "from server.store.conversations.notes import NOTE_JSON",
            "reads notes: server.store.conversations.notes",
        ),
        ("workers.messages.outbox", "from server.conversations import notes", "reads notes"),
        ("workers.messages.outbox", "from server.store.sending import newer_items", "reads notes"),
        (
            "server.conversations.notes",
            "from server.unipile.client import UniPile",
            "reads notes and can send",
        ),
        ("server.store.conversations.notes", "from server.store.sending import outbox", "can send"),
        ("workers.messages.ingest", "def f():\n" + "    pass\n" * 40, "f has 41 lines"),
        ("workers.messages.ingest", "#\n" * 300, "has 301 lines"),
        ("server.store.utils", "", "utils says nothing"),
    ],
)
def test_a_broken_rule_is_found(name: str, text: str, complaint: str) -> None:
    complaints = broken(Module(name, GOOD + text))
    assert len(complaints) >= 1
    assert any(complaint in found for found in complaints), complaints


@pytest.mark.parametrize("text", ["", "import os\n", '"""No sentence"""\n', '""""""\n'])
def test_a_module_without_an_opening_sentence_is_found(text: str) -> None:
    assert broken(Module("workers.messages.ingest", text)) == [
        "workers.messages.ingest does not open with a sentence"
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("server.store.chats.chats", 'X = "select id from channels_chat"'),
        ("server.handlers.chats", "from server.store.chats import chats\nfrom server.errors import NotFound"),
        ("server.handlers.chats", 'def f():\n    """Select one from many."""'),
        ("server.unipile.events", 'X = "attendee_provider_id"'),
        ("server.queue", 'X = "confab:queue"'),
        ("server.app", 'X = "confab: the port is taken"'),
    ],
)
def test_code_within_the_rules_passes(name: str, text: str) -> None:
    assert broken(Module(name, GOOD + text)) == []


@pytest.mark.parametrize("module", modules_of_tests(), ids=lambda module: module.name)
def test_tests_are_short_and_wait_for_events(module: Module) -> None:
    assert [
        *breaks_waiting(module),
        *(found for found in breaks_sizes(module) if found.startswith("has ")),
    ] == []


@pytest.mark.parametrize(
    ("name", "text", "count"),
    [
        ("tests.server.test_mail", "def test_it():\n    time.sleep(1.5)", 1),
        ("tests.server.test_mail", "async def test_it():\n    await asyncio.sleep(ends - now)", 1),
        (
            "tests.server.test_mail",
            "async def test_it():\n    async def late():\n        await sleep(0.1)",
            1,
        ),
        ("tests.server.test_mail", "async def test_it():\n    await asyncio.sleep(0)", 0),
        (
            "tests.faults.test_faults",
            "async def test_it():\n    await asyncio.sleep(rng.uniform(0.3, 1.5))",
            0,
        ),
        ("tests.support.peers", "async def eventually():\n    await asyncio.sleep(0.02)", 0),
    ],
)
def test_a_timed_wait_is_found(name: str, text: str, count: int) -> None:
    assert len(list(breaks_waiting(Module(name, text)))) == count


def test_the_layers_fit_on_a_page() -> None:
    assert len(LAYERS) <= 25


def test_every_job_that_can_be_enqueued_is_registered() -> None:
    assert set(jobs.JOBS) == set(queue.QUEUES)
    assert all(callable(job) for job in jobs.JOBS.values())


def test_documents_name_only_files_that_exist() -> None:
    documents = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
    missing = {
        f"{document.relative_to(ROOT)}: {name}"
        for document in documents
        if document.is_file()
        for name in A_PATH.findall(document.read_text())
        if name.endswith(SUFFIXES) and "/" in name.rstrip("/") and not _exists(name)
    }
    assert missing == set()


def test_a_document_that_names_a_missing_file_is_found() -> None:
    assert _exists("server/config/__init__.py")
    assert _exists("store/messages/messages.py")
    assert not _exists("store/no_such_module.py")


def _exists(name: str) -> bool:
    # Documents shorten: `store/messages/messages.py` stands for server/store/messages/messages.py.
    positions = (ROOT, ROOT / "server", ROOT / "frontend" / "src", ROOT / "tests")
    return any((position / name).exists() for position in positions)
