"""Names under which the application keeps its parts."""

from aiohttp import web

from sandbox.script import Scripts
from sandbox.simulator import Simulator

SIMULATOR = web.AppKey("simulator", Simulator)
SCRIPTS = web.AppKey("scripts", Scripts)


def simulator_of(request: web.Request) -> Simulator:
    """Return the simulator that a request is for."""
    return request.config_dict[SIMULATOR]
