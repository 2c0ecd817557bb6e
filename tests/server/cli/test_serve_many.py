"""What a reload cannot change."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from server.cli import serve_many
from server.cli.serve_many import Processes
from server.config import Config
from server.embedded import ServiceError


def read_after(change: Callable[[Config], Config], config: Config, monkeypatch: pytest.MonkeyPatch) -> Config:
    """The configuration of a reload after this change."""
    processes: Any = Processes(config, None, [], ("postgres://embedded", None, None))  # type: ignore[arg-type]
    monkeypatch.setattr(serve_many, "read_config", lambda: change(config))
    monkeypatch.setattr(serve_many, "set_up_process", lambda _: None)
    read: Config = processes.read_again()
    return read


@pytest.mark.parametrize(
    "change",
    [
        lambda config: replace(config, web=replace(config.web, port=config.web.port + 1)),
        lambda config: replace(config, web=replace(config.web, host="::1")),
        lambda config: replace(config, data_dir=Path("/elsewhere")),
        lambda config: replace(config, database=replace(config.database, url="postgres://other")),
        lambda config: replace(config, redis=replace(config.redis, url=None)),
    ],
)
def test_what_the_supervisor_has_opened_cannot_change(
    change: Callable[[Config], Config], config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = replace(config, database=replace(config.database, url=None))
    with pytest.raises(ServiceError, match="restart it"):
        read_after(change, config, monkeypatch)


def test_everything_else_can_and_embedded_servers_stay_where_they_are(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = replace(config, database=replace(config.database, url=None))
    read = read_after(
        lambda config: replace(config, web=replace(config.web, processes=3)), config, monkeypatch
    )
    assert (read.web.processes, read.database.url) == (3, "postgres://embedded")
