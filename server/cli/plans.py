"""The operator's commands for plans: give and take back what a plan includes, and look at what was used."""

import argparse
import time
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from server.cli.command import CommandContext, CommandResult, Run, declare, find_user
from server.config.plans import PROVIDERS
from server.errors import ConfabError, NotFound, Unavailable
from server.plans import grants
from server.plans.entitlement_cache import forget_grants
from server.plans.usage_push import push_plan
from server.rules.plans import SOURCES, Grant, Rights, current_period, describe_month, merge_grants, rfc3339
from server.store.people.audit import OPERATOR
from server.store.people.team import TeamUser
from server.store.plans import entitlements, usage
from server.text.times import EPOCH, read_time


def add_plan_commands(commands: Any) -> None:
    """Declare `grant`, `revoke` and `usage`."""
    giving = _about_person(commands, "grant", grant, "give a person a plan")
    giving.add_argument("--plan", help="one of config.toml's; default: the default one there")
    giving.add_argument("--source", choices=SOURCES, default="manual", help="who gives it (default: manual)")
    giving.add_argument("--until", type=_moment, help="RFC 3339; default: without end")
    taking = _about_person(commands, "revoke", revoke, "take a plan back")
    taking.add_argument("--source", choices=SOURCES, help="only what this source gave; default: everything")
    using = _about_person(commands, "usage", show_usage, "show what a person's numbers sent and received")
    using.add_argument("--period", type=_period, help="YYYY-MM; default: this month")


def _about_person(commands: Any, name: str, run: Run, about: str) -> argparse.ArgumentParser:
    command = declare(commands, name, run, about)
    command.add_argument("email")
    command.add_argument("provider", nargs="?", choices=PROVIDERS, default=PROVIDERS[0])
    return command


async def grant(context: CommandContext, options: argparse.Namespace) -> CommandResult:
    """Give a plan, change it or renew it."""
    person, plans = await find_user(context, options.email), context.config.plans
    if options.plan is not None and options.plan not in plans.named:
        names = ", ".join(plans.named)
        raise ConfabError("invalid", f"config.toml has no plan {options.plan!r}; it has {names}.")
    name, plan = plans.find(options.plan)
    if options.provider not in plan.providers:
        raise ConfabError("invalid", f"The plan {name} does not include {options.provider}.")
    await context.database.write(
        grants.grant,
        OPERATOR,
        person.id,
        options.provider,
        options.source,
        plan=options.plan,
        expires_at=options.until,
    )
    until = f" until {options.until}" if options.until else ""
    return await _told(
        context, person, options.provider, f"Granted {options.provider} ({name}) to {person.email}{until}."
    )


async def revoke(context: CommandContext, options: argparse.Namespace) -> CommandResult:
    """Take back what one source gave, or everything."""
    person, provider = await find_user(context, options.email), options.provider
    if not await context.database.write(grants.revoke, OPERATOR, person.id, provider, options.source):
        source = f" from the source {options.source}" if options.source else ""
        raise NotFound(f"{person.email} has no entitlement for {provider}{source}.")
    return await _told(context, person, provider, f"Revoked {provider} from {person.email}.")


async def show_usage(context: CommandContext, options: argparse.Namespace) -> CommandResult:
    """A month's counters, beside what the plan allows."""
    person, provider = await find_user(context, options.email), options.provider
    period = options.period or current_period()
    month = await context.database.read(usage.fetch_month, person.id, provider, period)
    shown = describe_month(await _rights(context, person, provider), period, *month)
    allowed = "without limit" if shown["allowed"] is None else f"of {shown['allowed']}"
    lines = [
        f"{person.email}  {provider}  {period}",
        f"  sent      {month.sent:>8}",
        f"  received  {month.received:>8}",
        f"  of the plan's messages {month.here} ({allowed}) are used",
    ]
    # The plan of an earlier month is not known any more.
    told = lines if period == current_period() else lines[:-1]
    return CommandResult({"email": person.email, **shown}, "\n".join(told))


async def _told(context: CommandContext, person: TeamUser, provider: str, sentence: str) -> CommandResult:
    """Let running processes know, and say what the person has now."""
    await _tell(context, person, provider)
    rights = await _rights(context, person, provider)
    shown = asdict(rights) | {"expires_at": _shown(rights.expires_at)}
    return CommandResult({"email": person.email, "is_active": rights.is_entitled, **shown}, sentence)


async def _tell(context: CommandContext, person: TeamUser, provider: str) -> None:
    """With Redis away they find out by themselves within seconds."""
    with suppress(Unavailable):
        await forget_grants(context.redis, person.id, provider)
        await push_plan(context.database, context.redis, context.config.plans, person.id, provider)


async def _rights(context: CommandContext, person: TeamUser, provider: str) -> Rights:
    grants = await context.database.read(entitlements.list_grants, person.id, provider)
    return merge_grants(context.config.plans, provider, (Grant(*row) for row in grants), time.time())


def _shown(seconds: float | None) -> str | None:
    return None if seconds is None else rfc3339(datetime.fromtimestamp(seconds, UTC))


def _period(value: str) -> str:
    try:
        return f"{datetime.strptime(value, '%Y-%m').replace(tzinfo=UTC):%Y-%m}"
    except ValueError:
        raise argparse.ArgumentTypeError(f"{value!r} is not a month like 2027-01") from None


def _moment(value: str) -> str:
    moment = read_time(value, EPOCH)
    if moment is None:
        raise argparse.ArgumentTypeError(f"{value!r} is not a time like 2027-01-31T00:00:00Z")
    return moment.isoformat()
