"""Servers of other versions than those of the packages, for `make matrix`: named by two variables."""

import os
from collections.abc import Mapping
from pathlib import Path

from server.embedded.postgres import Postgres
from server.embedded.valkey import Valkey

# The folder of postgres and initdb; the path of a redis-server or valkey-server.
POSTGRES = os.environ.get("CONFAB_MATRIX_POSTGRES")
REDIS = os.environ.get("CONFAB_MATRIX_REDIS")
# What came with 16 to 18.
NEWER_SETTINGS = ("io_method", "scram_iterations")
OLDER_LOCALE = ("--locale=C.UTF-8",)


class OtherPostgres(Postgres):
    """A Postgres of these binaries."""

    def __init__(self, data_dir: Path, settings: Mapping[str, str] | None = None) -> None:
        super().__init__(data_dir, settings)
        assert POSTGRES
        self._bin = Path(POSTGRES)
        for name in NEWER_SETTINGS:
            self._settings.pop(name, None)
        self.child.command = self._command()
        run = self.child.run

        def initialise(command: list[str]) -> None:
            run([*(option for option in command if "locale" not in option), *OLDER_LOCALE])

        self.child.run = initialise  # type: ignore[method-assign]


class OtherRedis(Valkey):
    """A Redis of this binary."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(data_dir)
        assert REDIS
        self.child.command = [REDIS, "-"]


def make_postgres(data_dir: Path, settings: Mapping[str, str]) -> Postgres:
    return (OtherPostgres if POSTGRES else Postgres)(data_dir, settings)


def make_redis(data_dir: Path) -> Valkey:
    return (OtherRedis if REDIS else Valkey)(data_dir)
