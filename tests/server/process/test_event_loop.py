"""A file descriptor that is reused by another socket has no stale handler."""

import asyncio
import os
import socket
import struct

from server.process.event_loop import Loop

RESET_AT_CLOSE = struct.pack("ii", 1, 0)


async def connect_after_a_dead_socket() -> None:
    """A registered socket is reset, and closed without removing its reader; the next socket reuses its descriptor."""
    loop = asyncio.get_running_loop()
    with socket.create_server(("127.0.0.1", 0)) as meeting:
        dead = socket.create_connection(meeting.getsockname())
        peer, _ = meeting.accept()
    descriptor = dead.detach()
    was_called = asyncio.Event()
    loop.add_reader(descriptor, was_called.set)
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_CLOSE)
    peer.close()
    async with asyncio.timeout(20):
        await was_called.wait()
    os.close(descriptor)
    with socket.socket() as other:
        os.dup2(other.fileno(), descriptor)
    with socket.socket(fileno=descriptor) as fresh, socket.create_server(("127.0.0.1", 0)) as listener:
        fresh.setblocking(False)
        async with asyncio.timeout(20):
            await loop.sock_connect(fresh, listener.getsockname())


def test_a_socket_connects_with_a_reused_descriptor() -> None:
    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(connect_after_a_dead_socket())
