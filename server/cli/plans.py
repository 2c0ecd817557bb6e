"""The operator's commands for plans: grant and revoke plans, and show usage."""

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
    granting = _user_command(commands, "grant", grant, "grant a plan to a user")
    granting.add_argument("--plan", help="a plan of config.toml; default: `[plans] default`")
    granting.add_argument(
        "--source", choices=SOURCES, default="manual", help="source of the grant (default: manual)"
    )
    granting.add_argument("--until", type=_moment, help="expiry in RFC 3339; default: never")
    revoking = _user_command(commands, "revoke", revoke, "revoke a user's plan")
    revoking.add_argument("--source", choices=SOURCES, help="only grants of this source; default: all")
    showing = _user_command(
        commands, "usage", show_usage, "show the messages that a user's accounts sent and received"
    )
    showing.add_argument("--period", type=_period, help="YYYY-MM; default: this month")


def _user_command(commands: Any, name: str, run: Run, about: str) -> argparse.ArgumentParser:
    command = declare(commands, name, run, about)
    command.add_argument("email")
    command.add_argument("provider", nargs="?", choices=PROVIDERS, default=PROVIDERS[0])
    return command


async def grant(context: CommandContext, options: argparse.Namespace) -> CommandResult:
    """Grant, change or renew a plan."""
    user, plans = await find_user(context, options.email), context.config.plans
    if options.plan is not None and options.plan not in plans.named:
        names = ", ".join(plans.named)
        raise ConfabError("invalid", f"config.toml has no plan {options.plan!r}: use one of {names}.")
    name, plan = plans.find(options.plan)
    if options.provider not in plan.providers:
        raise ConfabError(
            "invalid", f"The plan {name} does not include {options.provider}: choose another plan."
        )
    await context.database.write(
        grants.grant,
        OPERATOR,
        user.id,
        options.provider,
        options.source,
        plan=options.plan,
        expires_at=options.until,
    )
    until = f" until {options.until}" if options.until else ""
    return await _plan_result(
        context, user, options.provider, f"Granted {options.provider} ({name}) to {user.email}{until}."
    )


async def revoke(context: CommandContext, options: argparse.Namespace) -> CommandResult:
    """Revoke the grants of one source, or all."""
    user, provider = await find_user(context, options.email), options.provider
    if not await context.database.write(grants.revoke, OPERATOR, user.id, provider, options.source):
        source = f" from the source {options.source}" if options.source else ""
        raise NotFound(f"{user.email} has no entitlement for {provider}{source}.")
    return await _plan_result(context, user, provider, f"Revoked {provider} from {user.email}.")


async def show_usage(context: CommandContext, options: argparse.Namespace) -> CommandResult:
    """Show a month's counters and the plan's limit."""
    user, provider = await find_user(context, options.email), options.provider
    period = options.period or current_period()
    month = await context.database.read(usage.fetch_month, user.id, provider, period)
    shown = describe_month(await _rights(context, user, provider), period, *month)
    allowed = "unlimited" if shown["allowed"] is None else f"of {shown['allowed']}"
    lines = [
        f"{user.email}  {provider}  {period}",
        f"  sent      {month.sent:>8}",
        f"  received  {month.received:>8}",
        f"  counted towards the plan: {month.here} ({allowed})",
    ]
    # The plan of an earlier month is not recorded.
    shown_lines = lines if period == current_period() else lines[:-1]
    return CommandResult({"email": user.email, **shown}, "\n".join(shown_lines))


async def _plan_result(
    context: CommandContext, user: TeamUser, provider: str, sentence: str
) -> CommandResult:
    """Notify the running processes, and return what the user is entitled to now."""
    await _notify_processes(context, user, provider)
    rights = await _rights(context, user, provider)
    shown = asdict(rights) | {"expires_at": _shown(rights.expires_at)}
    return CommandResult({"email": user.email, "is_active": rights.is_entitled, **shown}, sentence)


async def _notify_processes(context: CommandContext, user: TeamUser, provider: str) -> None:
    """Drop cached grants and push the new plan; without Redis the caches expire within seconds."""
    with suppress(Unavailable):
        await forget_grants(context.redis, user.id, provider)
        await push_plan(context.database, context.redis, context.config.plans, user.id, provider)


async def _rights(context: CommandContext, user: TeamUser, provider: str) -> Rights:
    grants = await context.database.read(entitlements.list_grants, user.id, provider)
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
