"""Ports for the servers of the tests, each handed out once by each test process."""

import itertools
import os
import random

from server.embedded.children import PORTS, is_free

# Below what the embedded servers choose from and what the system gives to outgoing connections: either could take
# a port between its being found free and its being listened on.
FIRST, PER_PROCESS, PROCESSES = 11_000, 1_000, 9
assert PORTS.start >= FIRST + PER_PROCESS * PROCESSES


def _own_ports() -> range:
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % PROCESSES
    return range(FIRST + number * PER_PROCESS, FIRST + (number + 1) * PER_PROCESS)


# Begins anywhere, for the sake of another run of the tests on the same machine.
_ports = itertools.cycle(_own_ports())
for _ in range(random.randrange(PER_PROCESS)):
    next(_ports)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on, and that no other test of this run is given."""
    return next(port for port in _ports if is_free(port))
