"""Ports for the servers of the tests; each test process hands out each port once."""

import itertools
import os
import random

from server.embedded.children import PORTS, is_free

# Below the ranges of the embedded servers and of outgoing connections: either could take
# a port between finding it free and listening on it.
FIRST, PER_PROCESS, PROCESSES = 11_000, 1_000, 9
assert PORTS.start >= FIRST + PER_PROCESS * PROCESSES


def _own_ports() -> range:
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % PROCESSES
    return range(FIRST + worker * PER_PROCESS, FIRST + (worker + 1) * PER_PROCESS)


# Starts anywhere, because of other test runs on the same machine.
_ports = itertools.cycle(_own_ports())
for _ in range(random.randrange(PER_PROCESS)):
    next(_ports)


def free_port() -> int:
    """A free port of 127.0.0.1 that no other test of this run gets."""
    return next(port for port in _ports if is_free(port))
