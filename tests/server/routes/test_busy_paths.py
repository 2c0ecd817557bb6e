"""Busy paths are tried before all others, and take no request from another route."""

import re

import pytest
from aiohttp.web import UrlDispatcher

from server.routes import BUSY_PATHS, ROUTES
from tests.support.fixtures_stack import Stack

VALUES = {"provider": "whatsapp"}


def matches(pattern: str, path: str) -> bool:
    info = UrlDispatcher().add_resource(pattern).get_info()
    return info["path"] == path if "path" in info else info["pattern"].fullmatch(path) is not None


@pytest.mark.parametrize("busy", BUSY_PATHS)
def test_no_other_route_matches_a_busy_path(busy: str) -> None:
    path = re.sub(r"\{(\w+)(?::[^{}]*(?:\{[^{}]*\})?)?\}", lambda found: VALUES.get(found[1], "7"), busy)
    api = {route.path for route in ROUTES if route.is_documented}
    assert {pattern for pattern in api if matches(pattern, path)} == {busy}


async def test_busy_paths_come_first(web_only: Stack) -> None:
    listed = [resource.canonical for resource in web_only.app.router.resources()]
    first = [re.sub(r":[^{}]*(\{[^{}]*\})?\}", "}", path) for path in BUSY_PATHS]
    assert listed[: len(first)] == first
