"""What is logged, and what is never logged."""

import asyncio
import json
import logging
from contextlib import closing, suppress

import psycopg2
import pytest
import structlog
from aiohttp import web
from aiohttp.http_exceptions import BadHttpMessage

from server.config import Log
from server.process.logs import AccessLogger, set_up_logging


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_log_lines_are_json_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging(Log(level="info", format="auto"))
    structlog.get_logger("server.test").info("account_connected", account_id=7)
    (line,) = lines(capsys)
    assert (line["event"], line["account_id"], line["level"]) == ("account_connected", 7, "info")
    assert str(line["timestamp"]).endswith("Z")


def test_log_lines_can_be_human_readable(capsys: pytest.CaptureFixture[str]) -> None:
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


def test_secrets_and_message_texts_are_hidden(capsys: pytest.CaptureFixture[str]) -> None:
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


@pytest.mark.parametrize("style", ["json", "human"])
async def test_row_values_in_postgres_errors_are_not_logged(
    capsys: pytest.CaptureFixture[str], database_url: str, style: str
) -> None:
    """Postgres's DETAIL contains the whole row, the message the value, and earlier errors are logged with it."""
    set_up_logging(Log(level="info", format=style))
    insert = "insert into users (email, name, role) values ('ana@example.com', 'dear Ana', 'nobody')"
    with closing(psycopg2.connect(database_url)) as connection, connection.cursor() as cursor:
        for statement in (insert, "select 'dear Ana'::bigint", "select dear_ana from users"):
            with suppress(psycopg2.Error):
                cursor.execute("rollback")
            try:
                try:
                    cursor.execute(statement)
                except psycopg2.Error as error:
                    raise ValueError("not stored") from error
            except ValueError:
                structlog.get_logger("server.test").exception("failed")
    written = capsys.readouterr().err
    assert written.count("not stored") >= 3
    assert "violates check constraint" in written
    assert "invalid input syntax for type bigint" in written
    assert "ana@example.com" not in written
    assert "dear Ana" not in written


def test_an_unparsable_request_is_not_logged(capsys: pytest.CaptureFixture[str]) -> None:
    """aiohttp's message quotes the invalid line, which may contain a token."""
    set_up_logging(Log(level="info", format="json"))
    secret = "t0ps3cret"[::-1]
    try:
        raise BadHttpMessage(f"Invalid header value char:\n\n  b'Bearer {secret}'\n  ^")
    except BadHttpMessage:
        logging.getLogger("aiohttp.server").exception("Error handling request")
    written = capsys.readouterr().err
    assert "400, Invalid header value char:" in written
    assert secret not in written


def test_arq_does_not_log_job_arguments(capsys: pytest.CaptureFixture[str]) -> None:
    """At level INFO arq logs the arguments, which contain messages."""
    set_up_logging(Log(level="debug", format="json"))
    logging.getLogger("arq.worker").info("→ store_events([{'text': 'dear Ana'}])")
    logging.getLogger("arq.worker").warning("redis is away")
    assert [line["event"] for line in lines(capsys)] == ["redis is away"]


TOKEN = "t0ken-Of-A-hosted-page-4711"


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("/api/search?q=dear+Ana", "/api/search"),
        (f"/api/search?token={TOKEN}", "/api/search"),
        (f"/api/webhooks/unipile/hosted/{TOKEN}", "/api/webhooks/unipile/hosted/{token}"),
        (f"/api/webhooks/unipile/hosted/{TOKEN}/", "(unknown)"),
        (f"/hosted/{TOKEN}", "(unknown)"),
        (f"/%2e%2e/{TOKEN}", "(unknown)"),
        (f"/app/{TOKEN}", "/app/{path}"),
        ("/api/channels/whatsapp/7/chats/12", "/api/channels/{provider}/7/chats/12"),
        (f"/api/channels/{TOKEN}/7/chats/12", "/api/channels/{provider}/7/chats/12"),
        ("/x y", "(unknown)"),
    ],
)
async def test_a_request_is_one_log_line_without_query_and_tokens(
    capsys: pytest.CaptureFixture[str], asked: str, written: str
) -> None:
    set_up_logging(Log(level="info", format="json"))

    async def answer(request: web.Request) -> web.Response:
        return web.json_response({})

    app = web.Application()
    for path in (
        "/api/search",
        r"/api/webhooks/unipile/hosted/{token:[\w-]{20,100}}",
        "/app/{path:.*}",
        r"/api/channels/{provider}/{account_id:\d{1,20}}/chats/{chat_id:\d{1,20}}",
    ):
        app.router.add_get(path, answer)
    logger = structlog.get_logger("server.access")
    runner = web.AppRunner(app, access_log_class=AccessLogger, access_log=logger)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET {asked} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        await reader.read()
        writer.close()
    finally:
        await runner.cleanup()
    found = capsys.readouterr().err
    assert TOKEN not in found
    requests = [line for line in map(json.loads, found.splitlines()) if line["event"] == "request"]
    assert [line["path"] for line in requests] == [written]
