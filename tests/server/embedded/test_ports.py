"""The ports of embedded servers, which another server may take at any time before they listen."""

import socket

from server.config import Config
from server.embedded.folders import open_data_dir
from server.embedded.postgres import Postgres
from tests.support.services import FAST


def test_a_port_that_was_taken_during_the_first_start_is_left(without_sandbox: Config) -> None:
    postgres = Postgres(open_data_dir(without_sandbox.data_dir), FAST)
    chosen = postgres.port
    with socket.create_server(("127.0.0.1", chosen)):
        postgres.prepare()
        postgres.child.start()
        try:
            postgres.child.wait_until_ready()
        finally:
            postgres.child.stop()
    assert postgres.port != chosen
    assert f":{postgres.port}/" in postgres.url
