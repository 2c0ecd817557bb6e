"""Checks Redis: its version, and whether it keeps and writes what it has accepted."""

from redis.exceptions import ResponseError

from server.redis.client import Client
from server.said.said import said
from server.system.findings import FAILED, OK, WARNING, Finding


async def check_redis(client: Client) -> list[Finding]:
    """What a Redis that answers says of itself; raises what the client raises when it does not."""
    policy, append_only = await _settings(client)
    return [_version(await fetch_version(client)), _eviction(policy), _append_only(append_only)]


def _version(version: str) -> Finding:
    return Finding("redis", OK, said("redis_version", version=version))


async def fetch_version(client: Client) -> str:
    """`Redis 8.0.1`, or Valkey's."""
    server = await _info(client, "server")
    valkey = server.get("valkey_version")
    return f"Valkey {valkey}" if valkey else f"Redis {server.get('redis_version', 'of a hidden version')}"


async def _info(client: Client, section: str) -> dict[str, str]:
    try:
        return {name: str(value) for name, value in (await client.info(section)).items()}
    except ResponseError:
        return {}


async def _settings(client: Client) -> tuple[str | None, str | None]:
    try:
        found = await client.config_get()
    except ResponseError:
        # Hosted Redis often forbids CONFIG; INFO has both values, if it is allowed.
        append_only = (await _info(client, "persistence")).get("aof_enabled")
        policy = (await _info(client, "memory")).get("maxmemory_policy")
        return policy, {"0": "no", "1": "yes"}.get(str(append_only))
    return found.get("maxmemory-policy"), found.get("appendonly")


def _eviction(policy: str | None) -> Finding:
    if policy == "noeviction":
        return Finding("redis keeps", OK, said("redis_keeps"))
    if policy is None:
        return Finding("redis keeps", WARNING, said("redis_eviction_hidden"))
    return Finding("redis keeps", FAILED, said("redis_evicts", policy=policy))


def _append_only(value: str | None) -> Finding:
    if value == "yes":
        return Finding("redis writes", OK, said("redis_writes"))
    message = said("redis_writes_off" if value else "redis_writes_hidden")
    return Finding("redis writes", WARNING, message)
