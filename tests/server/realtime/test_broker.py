"""Publishing after a commit, while Redis is away."""

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from server.errors import Unavailable
from server.realtime.broker import log_if_unavailable, publish, publish_or_log
from server.realtime.events import Push
from tests.support.ports import free_port

PUSHES = [Push(1, None, b"{}")]


async def test_an_unpublished_push_is_logged_and_not_raised() -> None:
    redis = Redis(port=free_port(), retry=None)
    with capture_logs() as logs:
        await publish_or_log(redis, 7, PUSHES, "change_not_published", message_id=3)
    assert logs == [
        {
            "event": "change_not_published",
            "log_level": "warning",
            "account_id": 7,
            "message_id": 3,
            "error": "Live updates are not reachable.",
        }
    ]
    with pytest.raises(Unavailable):
        await publish(redis, 7, PUSHES)


async def test_other_errors_are_raised() -> None:
    with pytest.raises(ValueError, match="other"), log_if_unavailable("change_not_published"):
        raise ValueError("other")
