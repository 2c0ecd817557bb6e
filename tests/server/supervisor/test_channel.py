"""Messages between the supervisor and a child arrive whole, in order, and never make the supervisor wait."""

import socket

from server.supervisor.channel import Channel, Kind, pack

LARGE = bytes(2_000_000)


def read(channel: Channel) -> list[tuple[Kind, bytes]]:
    return list(channel.receive())


def test_messages_arrive_whole_and_in_order() -> None:
    ours, other = socket.socketpair()
    with other:
        channel = Channel(ours)
        assert read(channel) == []
        data = pack(Kind.READY) + pack(Kind.SAMPLES, b"body")
        for byte in data[:-1]:
            other.sendall(bytes([byte]))
        assert read(channel) == [(Kind.READY, b"")]
        other.sendall(data[-1:] + pack(Kind.ASK)[:3])
        assert read(channel) == [(Kind.SAMPLES, b"body")]
        other.sendall(pack(Kind.ASK)[3:])
        assert read(channel) == [(Kind.ASK, b"")]
        channel.close()


def test_a_child_that_reads_slowly_is_not_waited_for() -> None:
    ours, other = socket.socketpair()
    with other:
        channel = Channel(ours)
        channel.send(Kind.MERGED, LARGE)
        channel.send(Kind.RETIRE)
        assert channel.is_sending
        wanted, received = pack(Kind.MERGED, LARGE) + pack(Kind.RETIRE), b""
        while len(received) < len(wanted):
            received += other.recv(1_000_000)
            channel.flush()
        assert received == wanted
        assert not channel.is_sending
        channel.close()


def test_what_a_child_has_sent_before_its_end_is_read() -> None:
    ours, other = socket.socketpair()
    channel = Channel(ours)
    other.sendall(pack(Kind.SAMPLES, b"last"))
    other.close()
    assert read(channel) == [(Kind.SAMPLES, b"last")]
    assert not channel.is_open
    channel.send(Kind.COLLECT, b"for nothing")
    assert not channel.is_sending
    channel.close()
