"""A chat's state may be delayed, a message never; a delayed state is never sent after a newer change."""

from server.realtime.events import Push, make_push
from server.realtime.rooms import ChatRoom
from server.redis.channels import account_topic


def message(seq: int) -> Push:
    return make_push("message:new", account_topic(1), seq, 5, f'{{"seq":{seq}}}')


def state(seq: int) -> Push:
    return make_push("chat:updated", account_topic(1), seq, 5, f'{{"seq":{seq}}}')


def frames(*pushes: Push) -> list[bytes]:
    return [push.frame for push in pushes]


def due(room: ChatRoom, *pushes: Push) -> list[bytes]:
    return room.take_frames(pushes)


def test_a_message_is_sent_at_once_and_the_state_waits() -> None:
    room = ChatRoom()
    assert due(room, message(1), state(2)) == frames(message(1))
    assert room.take_state() == frames(state(2))[0]
    assert room.take_state() is None


def test_a_newer_state_replaces_a_waiting_one() -> None:
    room = ChatRoom()
    due(room, message(1), state(2))
    assert due(room, message(3), state(4)) == frames(message(3))
    assert room.take_state() == frames(state(4))[0]


def test_a_waiting_state_is_sent_before_a_message_without_a_newer_state() -> None:
    """A client that is cut off after seq 3 asks for what came after it: seq 2 must have been sent."""
    room = ChatRoom()
    due(room, message(1), state(2))
    assert due(room, message(3)) == frames(state(2), message(3))
    assert room.take_state() is None
