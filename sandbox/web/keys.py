"""The application keys of the sandbox."""

from aiohttp import web

from sandbox.generators.scripts import Scripts
from sandbox.simulator import Simulator

SIMULATOR = web.AppKey("simulator", Simulator)
SCRIPTS = web.AppKey("scripts", Scripts)


def simulator_of(request: web.Request) -> Simulator:
    """Return the simulator of a request's application."""
    return request.config_dict[SIMULATOR]
