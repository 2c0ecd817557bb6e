"""The operator's commands for plans: give and take back what a plan includes, and look at what was used."""

import argparse
import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, NamedTuple

from server import queue
from server.cli_people import PeopleError
from server.config import Config
from server.connections import open_database
from server.entitlements import forget_grants
from server.errors import Unavailable
from server.plans import (
    PROVIDERS,
    SOURCES,
    Grant,
    Rights,
    current_period,
    describe_month,
    merge_grants,
    rfc3339,
)
from server.store import entitlements, usage, users
from server.store.pool import Database
from server.usage_news import tell_plan


class Person(NamedTuple):
    """Whom a command is about."""

    id: int
    email: str


Command = Callable[[Config, Database, Person, argparse.Namespace], Awaitable[dict[str, Any]]]


def add_plan_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare `grant`, `revoke` and `usage`."""
    giving = _add(commands, "grant", grant, "give a person a plan")
    giving.add_argument("--plan", help="one of config.toml's; default: the default one there")
    giving.add_argument("--source", choices=SOURCES, default="manual", help="who gives it (default: manual)")
    giving.add_argument("--until", type=_moment, help="RFC 3339; default: without end")
    taking = _add(commands, "revoke", revoke, "take a plan back")
    taking.add_argument("--source", choices=SOURCES, help="only what this source gave; default: everything")
    using = _add(commands, "usage", show_usage, "show what a person's numbers sent and received")
    using.add_argument("--period", type=_period, help="YYYY-MM; default: this month")


def _add(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, run: Command, about: str
) -> argparse.ArgumentParser:
    command = commands.add_parser(name, help=about, description=f"{about.capitalize()}.")
    command.add_argument("email")
    command.add_argument("provider", nargs="?", choices=PROVIDERS, default=PROVIDERS[0])
    command.add_argument("--json", action="store_true", help="print JSON for programs")
    command.set_defaults(plan_command=run)
    return command


def run_plan_command(config: Config, options: argparse.Namespace) -> int:
    """Run one of the commands; returns the exit code."""
    told = asyncio.run(_run(config, options))
    sentence = told.pop("sentence")
    print(json.dumps(told, indent=2) if options.json else sentence)
    return 0


async def _run(config: Config, options: argparse.Namespace) -> dict[str, Any]:
    database = await open_database(config)
    try:
        user = await database.read(users.fetch_user_by_email, options.email)
        if user is None:
            raise PeopleError(f"There is nobody with the address {options.email}.")
        told: dict[str, Any] = await options.plan_command(
            config, database, Person(user.id, user.email), options
        )
        return told
    finally:
        await database.close()


async def grant(
    config: Config, database: Database, person: Person, options: argparse.Namespace
) -> dict[str, Any]:
    """Give a plan, or renew it."""
    if options.plan is not None and options.plan not in config.plans.named:
        names = ", ".join(config.plans.named)
        raise PeopleError(f"config.toml has no plan {options.plan!r}; it has {names}.")
    name, plan = config.plans.find(options.plan)
    if options.provider not in plan.providers:
        raise PeopleError(f"The plan {name} does not include {options.provider}.")
    await database.write(
        entitlements.grant,
        person.id,
        options.provider,
        options.source,
        plan=options.plan,
        expires_at=options.until,
    )
    until = f" until {options.until}" if options.until else ""
    return await _told(
        config,
        database,
        person,
        options.provider,
        f"Granted {options.provider} ({name}) to {person.email}{until}.",
    )


async def revoke(
    config: Config, database: Database, person: Person, options: argparse.Namespace
) -> dict[str, Any]:
    """Take back what one source gave, or everything."""
    if not await database.write(entitlements.revoke, person.id, options.provider, options.source):
        source = f" from the source {options.source}" if options.source else ""
        raise PeopleError(f"{person.email} has no entitlement for {options.provider}{source}.")
    return await _told(
        config, database, person, options.provider, f"Revoked {options.provider} from {person.email}."
    )


async def show_usage(
    config: Config, database: Database, person: Person, options: argparse.Namespace
) -> dict[str, Any]:
    """A month's counters, beside what the plan allows."""
    period = options.period or current_period()
    month = await database.read(usage.fetch_month, person.id, options.provider, period)
    rights = await _rights(config, database, person, options.provider)
    shown = describe_month(rights, period, *month)
    allowed = "without limit" if shown["allowed"] is None else f"of {shown['allowed']}"
    sentence = (
        f"{person.email}  {options.provider}  {period}\n"
        f"  sent      {month.sent:>8}\n"
        f"  received  {month.received:>8}\n"
        f"  of the plan's messages {month.here} ({allowed}) are used"
    )
    if period != current_period():
        sentence = sentence.rpartition("\n")[0]
    return {"email": person.email, **shown, "sentence": sentence}


async def _told(
    config: Config, database: Database, person: Person, provider: str, sentence: str
) -> dict[str, Any]:
    """Let running processes know, and say what the person has now."""
    await _tell(config, database, person, provider)
    rights = await _rights(config, database, person, provider)
    shown = asdict(rights) | {"expires_at": _shown(rights.expires_at)}
    return {"email": person.email, "is_active": rights.is_entitled, **shown, "sentence": sentence}


async def _tell(config: Config, database: Database, person: Person, provider: str) -> None:
    """With Redis away they find out by themselves within seconds."""
    redis = queue.connect(config.redis.url or "")
    try:
        await forget_grants(redis, person.id, provider)
        await tell_plan(database, redis, config.plans, person.id, provider)
    except Unavailable:
        return
    finally:
        await redis.aclose()


async def _rights(config: Config, database: Database, person: Person, provider: str) -> Rights:
    grants = await database.read(entitlements.list_grants, person.id, provider)
    return merge_grants(config.plans, provider, (Grant(*row) for row in grants), time.time())


def _shown(seconds: float | None) -> str | None:
    return None if seconds is None else rfc3339(datetime.fromtimestamp(seconds, UTC))


def _period(value: str) -> str:
    try:
        return f"{datetime.strptime(value, '%Y-%m').replace(tzinfo=UTC):%Y-%m}"
    except ValueError:
        raise argparse.ArgumentTypeError(f"{value!r} is not a month like 2027-01") from None


def _moment(value: str) -> str:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{value!r} is not a time like 2027-01-31T00:00:00Z") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()
