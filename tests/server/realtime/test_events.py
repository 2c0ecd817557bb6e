"""Pushes are unchanged after their way through Redis."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio import Redis
from redis.crc import key_slot

from server.realtime.events import Push, decode_pushes, encode_pushes, make_push
from server.redis.channels import CONTROL, account_topic, parse_channel, topic_channel

IDS = st.integers(1, 2**63 - 1)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.lists(st.tuples(IDS, IDS, st.none() | IDS, TEXTS), min_size=1))
def test_encoded_pushes_are_decoded_again(changes: list[tuple[int, int, int | None, str]]) -> None:
    pushes = [
        make_push(
            "message:new", account_topic(account_id), seq, chat_id, orjson.dumps({"body": text}).decode()
        )
        for account_id, seq, chat_id, text in changes
    ]
    assert decode_pushes(encode_pushes(pushes)) == pushes


def test_a_frame_has_the_documented_form() -> None:
    push = make_push("chat:updated", account_topic(3), 17, 5, '{"id":5,"title":"a\\nb"}')
    assert (push.seq, push.chat_id) == (17, 5)
    assert orjson.loads(push.frame) == {
        "event": "chat:updated",
        "account_id": 3,
        "seq": 17,
        "data": {"id": 5, "title": "a\nb"},
    }


def test_a_payload_that_lost_a_frame_is_rejected() -> None:
    payload = encode_pushes([Push(1, None, b"{}"), Push(2, None, b"{}")])
    with pytest.raises(ValueError, match="zip"):
        decode_pushes(payload.rpartition(b"\n")[0])


@given(IDS)
def test_a_channel_name_identifies_its_account(account_id: int) -> None:
    assert parse_channel(topic_channel(account_topic(account_id))) == account_topic(account_id)
    assert parse_channel(CONTROL) is None


@given(IDS)
def test_an_account_is_in_one_cluster_slot(account_id: int) -> None:
    """The part in braces is the hash tag (Redis Cluster specification): sharded pub/sub can carry it."""
    assert key_slot(topic_channel(account_topic(account_id)).encode()) == key_slot(str(account_id).encode())


async def test_an_accounts_channel_can_be_a_sharded_one(redis_url: str) -> None:
    client = Redis.from_url(redis_url)
    connection = await client.connection_pool.get_connection()
    try:
        await connection.send_command("SSUBSCRIBE", topic_channel(account_topic(7)))
        assert await connection.read_response() == [
            b"ssubscribe",
            topic_channel(account_topic(7)).encode(),
            1,
        ]
        assert await client.execute_command("SPUBLISH", topic_channel(account_topic(7)), "x") == 1
        assert await connection.read_response() == [
            b"smessage",
            topic_channel(account_topic(7)).encode(),
            b"x",
        ]
    finally:
        await connection.disconnect()
        await client.aclose()
