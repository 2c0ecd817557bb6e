"""/sandbox: what UniPile does not have, for Confab itself, which calls it with its key."""

from aiohttp import web

from sandbox.generators.first_day import begin_busy_day
from sandbox.problems import Problem, reply
from sandbox.web.forms import read_json
from sandbox.web.keys import SCRIPTS, simulator_of
from sandbox.whatsapp.accounts import existing_account


async def start_busy_day(request: web.Request) -> web.Response:
    """Link the number if it is pairing, and play a busy day on it with `{seed?}`."""
    simulator, seed = simulator_of(request), (await read_json(request)).get("seed", 1)
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**31:
        raise Problem("invalid_parameters", "seed must be an integer of at least 0.")
    account = existing_account(simulator, request.match_info["account_id"])
    if not account.is_pairing and not account.linked:
        raise Problem("invalid_parameters", "This account is not pairing.", status=409)
    day = await begin_busy_day(simulator, request.config_dict[SCRIPTS], account, seed)
    return reply(day, 201)


ROUTES = [web.post("/sandbox/accounts/{account_id}/busy-day", start_busy_day)]
