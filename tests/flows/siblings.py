"""The web processes of one Confab: which of them has a connection, and which are there."""

import json
from pathlib import Path
from typing import Any

from tests.flows.processes import Running, family
from tests.support.peers import Socket

ESTABLISHED = "01"


def children(running: Running) -> set[int]:
    """The processes that the supervisor has started."""
    return set(family(running.process.pid)[1:])


async def has_ended(pids: set[int]) -> bool:
    """Whether each of them has."""
    return not any(is_there(pid) for pid in pids)


def is_there(pid: int) -> bool:
    """Whether the process has not ended."""
    return Path(f"/proc/{pid}").exists()


def holder(socket: Socket, running: Running) -> int | None:
    """The process at the other end of a socket."""
    transport: Any = socket.socket.get_extra_info("socket")
    (_, client_port), (_, server_port) = transport.getsockname()[:2], transport.getpeername()[:2]
    inode = _inode(server_port, client_port)
    for pid in children(running):
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            if descriptor.readlink() == Path(f"socket:[{inode}]"):
                return pid
    return None


def _inode(local_port: int, remote_port: int) -> str:
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        ports = [int(address.partition(":")[2], 16) for address in fields[1:3]]
        if ports == [local_port, remote_port] and fields[3] == ESTABLISHED:
            return fields[9]
    raise AssertionError("no such connection")


def answered(running: Running) -> set[int]:
    """The processes that have answered requests, by the access log."""
    return {line["pid"] for line in lines(running, "request")}


def lines(running: Running, event: str) -> list[dict[str, Any]]:
    """The lines of the log with this event."""
    found = [line for line in running.output.read_text().splitlines() if line.startswith("{")]
    return [line for line in map(json.loads, found) if line["event"] == event]
