"""The addresses of the web processes are bound once, and no client is accepted before a process listens."""

import socket
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest

from server.config import Config
from server.config.web import Web
from server.supervisor.listening import bind
from tests.support.ports import free_port


@contextmanager
def bound(web: Web) -> Iterator[Sequence[socket.socket]]:
    with ExitStack() as stack:
        yield [stack.enter_context(one) for one in bind(web)]


@pytest.mark.parametrize(
    ("host", "families"),
    [
        ("127.0.0.1", {socket.AF_INET}),
        ("0.0.0.0", {socket.AF_INET}),
        ("::", {socket.AF_INET, socket.AF_INET6}),
    ],
)
def test_each_address_of_the_host_has_a_socket(
    config: Config, host: str, families: set[socket.AddressFamily]
) -> None:
    web = replace(config.web, host=host, port=free_port())
    with bound(web) as sockets:
        assert {one.family for one in sockets} == families
        assert {one.getsockname()[1] for one in sockets} == {web.port}
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", web.port))


def test_a_port_that_is_taken_is_an_error_and_leaves_nothing_bound(config: Config) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        web = replace(config.web, host="::", port=taken.getsockname()[1])
        with pytest.raises(OSError, match="in use"):
            bind(web)
    with bound(web):
        pass
