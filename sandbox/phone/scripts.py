"""Controls for the busy-day script: start it, show its progress, stop it."""

from typing import Any

from aiohttp import web

from sandbox.api import busy_day
from sandbox.generators.scripts import DayPlan
from sandbox.generators.week import ROUND_SECONDS
from sandbox.problems import Problem, reply
from sandbox.web.forms import opt_bool, read_json, require_text
from sandbox.web.keys import SCRIPTS, simulator_of
from sandbox.whatsapp.accounts import linked_account

MAX_STEPS = 100_000
# Of the simulated day, for each round of the week behind it: at the speed of the page a round takes as long as after
# the press, and in tests no time.
WEEK_SECONDS = 2400.0


def _read_in_range(value: Any, name: str, least: float, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise Problem("invalid_parameters", f"{name} must be a number from {least:g} to {most:g}.")
    return value


async def start_script(request: web.Request) -> web.Response:
    """Start a busy day with `{account_id, steps?, speed?, seed?, team?, week?}`; a running one is stopped."""
    simulator, scripts = simulator_of(request), request.config_dict[SCRIPTS]
    body = await read_json(request)
    account = linked_account(simulator, require_text(body, "account_id"))
    steps = int(_read_in_range(body.get("steps", 120), "steps", 1, MAX_STEPS))
    speed = _read_in_range(body.get("speed", 300), "speed", 0.1, 1e9)
    seed = int(_read_in_range(body.get("seed", 1), "seed", 0, 2**53))
    with_team = opt_bool(body, "team", default=True)
    week_round = min(ROUND_SECONDS, WEEK_SECONDS / speed) if opt_bool(body, "week", default=False) else None
    plan = DayPlan(steps=steps, speed=speed, seed=seed, with_team=with_team, week_round=week_round)
    return reply(await scripts.play(simulator, account, plan), 201)


async def show_script(request: web.Request) -> web.Response:
    """Return the progress of the day."""
    return reply({"script": request.config_dict[SCRIPTS].as_json()})


async def stop_script(request: web.Request) -> web.Response:
    """Stop the day."""
    scripts = request.config_dict[SCRIPTS]
    await scripts.stop()
    return reply({"script": scripts.as_json()})


ROUTES = [
    *busy_day.ROUTES,
    web.post("/sandbox/script", start_script),
    web.get("/sandbox/script", show_script),
    web.delete("/sandbox/script", stop_script),
]
