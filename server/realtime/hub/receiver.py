"""Routes what arrives from Redis: pushes to the feeds, signals to presence, control messages to the check of access."""

from collections.abc import Callable

from server.realtime.events import decode_pushes, traces_in
from server.realtime.hub.delivery import Delivery
from server.realtime.hub.healing import Healing
from server.realtime.hub.room_members import Membership
from server.realtime.presence import Presence
from server.realtime.signals import is_signal
from server.redis.channels import parse_channel
from server.tracing import is_traced, resume

# Frames without a seq leave no gap to read from the rows, so the clients read again what those are about.
UNNUMBERED_MISSED = b'{"event":"unnumbered:missed","data":{}}'


class Receiver:
    """The broker's two callbacks. `check_access` runs when access may have changed, or may have while deaf."""

    def __init__(
        self,
        membership: Membership,
        delivery: Delivery,
        healing: Healing,
        presence: Presence,
        check_access: Callable[[], None],
    ) -> None:
        self._membership = membership
        self._delivery = delivery
        self._healing = healing
        self._presence = presence
        self._check_access = check_access

    def take_message(self, channel: str, payload: bytes) -> None:
        topic = parse_channel(channel)
        if topic is None:
            self._take_control(payload)
        elif (listeners := self._membership.topics.get(topic)) is None:
            return
        elif is_signal(payload):
            self._presence.take_signal(topic.id, payload)
        else:
            with resume("frame", traces_in(payload) if is_traced() else ()):
                self._delivery.send_pushes(listeners, listeners.feed.take(decode_pushes(payload)))
            self._healing.close_gap(topic, listeners)

    def _take_control(self, payload: bytes) -> None:
        """An empty payload asks every instance to check access; any other is `<user id>` and a frame for that user."""
        user_id, _, frame = payload.partition(b"\n")
        if frame:
            self._delivery.send(self._membership.sockets_of(int(user_id)), frame)
        else:
            self._check_access()

    def note_reopened(self) -> None:
        """The subscription was lost for a moment: check everything that may have been missed."""
        self._check_access()
        self._healing.compare_heads_soon()
        self._delivery.send(list(self._membership.connections), UNNUMBERED_MISSED)
