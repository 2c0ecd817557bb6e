"""Starts an embedded Postgres, Redis and UniPile sandbox, each only if no address is configured for it (ADR 11)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from server.config import Config
from server.embedded.children import Supervisor
from server.embedded.folders import (
    ServiceError,
    only_confab,
    open_data_dir,
    publish_addresses,
    published_addresses,
)
from server.embedded.postgres import Postgres
from server.embedded.sandbox import sandbox_server
from server.embedded.valkey import Valkey

__all__ = ["ServiceError", "embedded_services"]


@contextmanager
def embedded_services(config: Config, *, attach: bool = False) -> Iterator[Config]:
    """Start the missing services, yield the configuration with all addresses filled in, and stop them afterwards.

    With `attach`, use the services of a Confab that is running on this data folder; without, that is an error.
    Raises ServiceError.
    """
    addresses = published_addresses(config.data_dir) if attach else None
    if not _missing_services(config):
        yield config
    elif addresses:
        yield _with_addresses(config, addresses)
    else:
        with only_confab(open_data_dir(config.data_dir)):
            yield from _running(config)


def _running(config: Config) -> Iterator[Config]:
    supervisor = Supervisor()
    try:
        addresses = _start(config, supervisor)
        publish_addresses(config.data_dir, addresses)
        supervisor.start()
        yield _with_addresses(config, addresses)
    finally:
        supervisor.stop()


def _missing_services(config: Config) -> set[str]:
    given = {"database": config.database.url, "redis": config.redis.url, "unipile": config.unipile.dsn}
    return {name for name, address in given.items() if address is None}


def _start(config: Config, supervisor: Supervisor) -> dict[str, str]:
    lacking = _missing_services(config)
    addresses = {}
    # All are started first and waited for afterwards; Postgres last, because its first start takes longest.
    if "unipile" in lacking:
        supervisor.add(sandbox_server(config))
        addresses["unipile"] = config.sandbox.url
    if "redis" in lacking:
        valkey = Valkey(config.data_dir)
        supervisor.add(valkey.child)
        addresses["redis"] = valkey.url
    if "database" in lacking:
        postgres = Postgres(config.data_dir)
        postgres.prepare()
        supervisor.add(postgres.child)
        postgres.child.wait_until_ready()
        postgres.create_role_and_database()
        addresses["database"] = postgres.url
    for child in supervisor.children:
        child.wait_until_ready()
    return addresses


def _with_addresses(config: Config, addresses: dict[str, str]) -> Config:
    return replace(
        config,
        database=replace(config.database, url=config.database.url or addresses["database"]),
        redis=replace(config.redis, url=config.redis.url or addresses["redis"]),
        unipile=replace(config.unipile, dsn=config.unipile.dsn or addresses["unipile"]),
    )
