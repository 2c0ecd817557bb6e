"""Loaded queries: what is cached of one request changes nothing for another."""

import pytest
from aiohttp.test_utils import make_mocked_request

from server.errors import ConfabError
from server.schemas.chats import ChatQuery
from server.schemas.messages import MessageQuery
from server.web import requests
from server.web.requests import CACHED_LENGTH, CACHED_QUERIES, load_query

CHATS, MESSAGES = ChatQuery(), MessageQuery()


def test_a_query_is_loaded_in_the_same_way_again() -> None:
    request = make_mocked_request("GET", "/?limit=5&labels=2,1")
    first = load_query(request, CHATS)
    assert (first["limit"], first["labels"]) == (5, (1, 2))
    first["limit"] = 100  # a handler that changes what it got
    assert load_query(make_mocked_request("GET", "/?limit=5&labels=2,1"), CHATS)["limit"] == 5


def test_each_schema_has_its_own_rules() -> None:
    request = make_mocked_request("GET", "/?sort=waiting")
    assert load_query(request, CHATS)["sort"] == "waiting"
    with pytest.raises(ConfabError, match="invalid"):
        load_query(request, MESSAGES)


def test_a_rejected_query_is_rejected_again() -> None:
    for _ in range(2):
        with pytest.raises(ConfabError, match="invalid"):
            load_query(make_mocked_request("GET", "/?limit=0"), CHATS)


def test_the_cache_is_bounded() -> None:
    for number in range(CACHED_QUERIES + 10):
        load_query(make_mocked_request("GET", f"/?team_id={number + 1}"), CHATS)
    long = "a" * 100
    load_query(make_mocked_request("GET", f"/?q={long}&cursor={long}"), CHATS)
    assert 0 < len(requests._loaded_queries) <= CACHED_QUERIES
    assert max(len(query) for _, query in requests._loaded_queries) <= CACHED_LENGTH
