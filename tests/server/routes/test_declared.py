"""The check of responses against the API description that runs in every test."""

import aiohttp
import pytest
from aiohttp import web

from server.config import Config
from server.errors import ConfabError
from server.routes import ROUTE, ROUTES
from server.web.requests import json_answer
from tests.support.declared import Watch, complaint_about
from tests.support.fixtures_stack import run_stack, serving
from tests.support.peers import Peer
from tests.support.ports import free_port

BY_NAME = {route.name: route for route in ROUTES if route.is_documented}


def failure(code: str) -> web.Response:
    error = ConfabError(code)
    return json_answer(error.body("r-1"), error.status)


@pytest.mark.parametrize(
    ("name", "answer", "complaint"),
    [
        ("show_health", json_answer({"status": "ok", "version": "1"}), None),
        ("show_health", json_answer({"status": "ok", "version": "1", "more": 1}), "Unknown field"),
        ("show_health", json_answer({}), "Missing data"),
        ("show_health", json_answer({"status": "ok", "version": "1"}, 201), "201"),
        ("show_health", failure("too_many_requests"), None),
        ("show_health", failure("unavailable"), "503 unavailable"),
        ("log_in", failure("bad_credentials"), None),
        ("log_in", failure("unauthenticated"), "401 unauthenticated"),  # the right status, another code
        ("log_in", web.Response(status=422), "422"),
        ("show_attachment", web.Response(status=206), None),
        ("show_attachment", web.Response(status=416), "416"),
        ("show_me", failure("forbidden"), "403 forbidden"),
        ("show_me", failure("internal"), "500 internal"),
    ],
)
def test_a_response_is_checked_against_its_row(
    name: str, answer: web.Response, complaint: str | None
) -> None:
    found = complaint_about(BY_NAME[name], answer)
    assert (found is None) == (complaint is None), found
    assert complaint is None or (found is not None and complaint in found)


async def lie(_: web.Request) -> web.Response:
    return json_answer({"status": "well"}, 202)


async def test_an_undeclared_response_is_detected(config: Config) -> None:
    app, watch = web.Application(), Watch()
    setattr(lie, ROUTE, BY_NAME["show_health"])
    app.router.add_get("/health", lie)
    watch.follow(app)
    async with serving(app, free_port()) as url, aiohttp.ClientSession() as session:
        watch.verdict()
        await Peer(session, url).ok("GET", "/health")
    with pytest.raises(AssertionError, match="GET show_health: 202"):
        watch.verdict()


async def test_every_stack_ends_with_the_watchs_verdict(config: Config) -> None:
    with pytest.raises(AssertionError, match="GET show_me: 418"):
        async with run_stack(config, with_workers=False) as running:
            running.server.watch.undeclared.append("GET show_me: 418")
