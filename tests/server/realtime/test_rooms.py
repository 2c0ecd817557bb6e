"""A chat's state may wait, a message never; and what waited is never told after something newer."""

from server.realtime.events import Push, make_push
from server.realtime.rooms import ChatRoom


def message(seq: int) -> Push:
    return make_push("message:new", 1, seq, 5, f'{{"seq":{seq}}}')


def state(seq: int) -> Push:
    return make_push("chat:updated", 1, seq, 5, f'{{"seq":{seq}}}')


def frames(*pushes: Push) -> list[bytes]:
    return [push.frame for push in pushes]


def due(room: ChatRoom, *pushes: Push) -> list[bytes]:
    return room.take_frames(pushes)


def test_a_message_is_due_at_once_and_the_state_beside_it_waits() -> None:
    room = ChatRoom()
    assert due(room, message(1), state(2)) == frames(message(1))
    assert room.take_state() == frames(state(2))[0]
    assert room.take_state() is None


def test_a_newer_state_takes_the_place_of_one_that_waits() -> None:
    room = ChatRoom()
    due(room, message(1), state(2))
    assert due(room, message(3), state(4)) == frames(message(3))
    assert room.take_state() == frames(state(4))[0]


def test_a_state_that_waits_goes_before_what_has_no_newer_one() -> None:
    """A reader who is cut off after number 3 will ask for what came after it: number 2 must have been told."""
    room = ChatRoom()
    due(room, message(1), state(2))
    assert due(room, message(3)) == frames(state(2), message(3))
    assert room.take_state() is None
