"""What is written about the running system, and what never is."""

import asyncio
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from aiohttp import web

from server.config import Log
from server.logs import AccessLogger, set_up_logging
from tests.programs import get


@pytest.fixture(autouse=True)
def logging_left_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()
    for name in ("arq", "yoyo", "asyncio"):
        logging.getLogger(name).setLevel(logging.NOTSET)


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_lines_are_json_where_no_terminal_is(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging(Log(level="info", format="auto"))
    structlog.get_logger("server.test").info("account_connected", account_id=7)
    (line,) = lines(capsys)
    assert (line["event"], line["account_id"], line["level"]) == ("account_connected", 7, "info")
    assert str(line["timestamp"]).endswith("Z")


def test_lines_can_be_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging(Log(level="info", format="human"))
    structlog.get_logger("server.test").info("account_connected", account_id=7)
    written = capsys.readouterr().err
    assert "account_connected" in written
    assert not written.startswith("{")


def test_lines_below_the_level_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging(Log(level="warning", format="json"))
    structlog.get_logger("server.test").info("quiet")
    structlog.get_logger("server.test").warning("loud")
    assert [line["event"] for line in lines(capsys)] == ["loud"]


def test_secrets_and_words_are_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging(Log(level="info", format="json"))
    structlog.get_logger("server.test").info("send", token="t0ps3cret", body="dear Ana", chat_id=3)
    (line,) = lines(capsys)
    assert (line["token"], line["body"], line["chat_id"]) == ("(hidden)", "(hidden)", 3)


@pytest.mark.parametrize("style", ["json", "human"])
def test_a_traceback_shows_no_local_variables(capsys: pytest.CaptureFixture[str], style: str) -> None:
    set_up_logging(Log(level="info", format=style))
    password = "hunter" + "2"
    try:
        raise ValueError(f"{len(password)} characters")
    except ValueError:
        structlog.get_logger("server.test").exception("failed")
    written = capsys.readouterr().err
    assert "ValueError: 7 characters" in written
    assert "hunter2" not in written


def test_arq_does_not_write_the_arguments_of_jobs(capsys: pytest.CaptureFixture[str]) -> None:
    """At level INFO it writes them whole, and they are people's messages."""
    set_up_logging(Log(level="debug", format="json"))
    logging.getLogger("arq.worker").info("→ store_events([{'text': 'dear Ana'}])")
    logging.getLogger("arq.worker").warning("redis is away")
    assert [line["event"] for line in lines(capsys)] == ["redis is away"]


async def test_a_request_is_one_line_without_its_query(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging(Log(level="info", format="json"))

    async def answer(request: web.Request) -> web.Response:
        return web.json_response({})

    app = web.Application()
    app.router.add_get("/api/search", answer)
    runner = web.AppRunner(app, access_log_class=AccessLogger)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        status, _ = await asyncio.to_thread(get, f"http://127.0.0.1:{port}/api/search?q=dear+Ana")
        assert status == 200
    finally:
        await runner.cleanup()
    requests = [line for line in lines(capsys) if line["event"] == "request"]
    assert [(line["method"], line["path"], line["status"]) for line in requests] == [
        ("GET", "/api/search", 200)
    ]
