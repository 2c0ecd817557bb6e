"""A real name is never replaced by something that is not a name."""

from typing import Any

import pytest

from server.text.names import contact_name
from tests.server.text.test_graphemes import TABLE
from tests.support.peers import message_received
from tests.support.worker_harness import WorkerHarness, written_by_us

NO_NAMES = [reported for reported, shown in TABLE["names"] if shown is None]
SHOWN = """
    select k.name as contact, k.phone, c.title, array(
        select m.sender->>'name' from channels_message m where m.direction = 'in' order by m.id) as senders
    from channels_chat c left join channels_contact k on true"""


async def shown(harness: WorkerHarness) -> dict[str, Any]:
    (row,) = await harness.fetch(SHOWN)
    return row


@pytest.mark.parametrize("later", [*NO_NAMES, "", None], ids=ascii)
async def test_a_real_name_is_not_replaced_by_none(harness: WorkerHarness, later: str | None) -> None:
    await harness.store(message_received("acc-1", name="Bia Lima"))
    await harness.store(message_received("acc-1", name=later))
    row = await shown(harness)
    assert (row["contact"], row["title"]) == ("Bia Lima", "Bia Lima")
    assert row["senders"] == ["Bia Lima", None]


@pytest.mark.parametrize(
    "first", ["+5511988880000", "5511988880000@s.whatsapp.net", ".", "\u3164"], ids=ascii
)
async def test_a_phone_number_is_a_phone_and_never_a_name(harness: WorkerHarness, first: str) -> None:
    await harness.store(message_received("acc-1", name=first))
    row = await shown(harness)
    assert (row["contact"], row["title"], row["phone"]) == (None, None, "+5511988880000")
    await harness.store(message_received("acc-1", name="Bia"))
    assert (await shown(harness))["contact"] == "Bia"


async def test_only_the_account_has_its_name(harness: WorkerHarness) -> None:
    await harness.execute("update channels_account set name = 'My Shop'")
    await harness.store(message_received("acc-1", name="Bia Lima"))
    await harness.store(message_received("acc-1", name="my shop"))
    own = written_by_us()
    mistaken = own["attendees"][1] | {"attendee_name": "My Shop"}
    await harness.store(own | {"attendees": [mistaken]})
    row = await shown(harness)
    assert (row["contact"], row["title"], row["senders"]) == ("Bia Lima", "Bia Lima", ["Bia Lima", None])


async def test_an_own_message_names_its_chat_by_the_other_side(harness: WorkerHarness) -> None:
    """The attendees name the account under its sender's name, and the contact too."""
    own = written_by_us()
    own["attendees"] = [own["attendees"][1] | {"attendee_name": "Loja"}]
    await harness.store(own)
    assert (await shown(harness))["title"] is None
    account = {"attendee_provider_id": "5511900000001@s.whatsapp.net", "attendee_name": "Ana's phone"}
    await harness.store(written_by_us() | {"attendees": [account]})
    assert (await shown(harness))["title"] is None


async def test_a_name_has_no_control_characters(harness: WorkerHarness) -> None:
    await harness.store(message_received("acc-1", None, name="Ana\u202e\n", is_event=1, event_type=5))
    (message,) = await harness.messages()
    assert message["body"] == "Ana joined the group"
    await harness.store(message_received("acc-1", None, name="محمد\u202e", is_event=1, event_type=5))
    assert (await harness.messages())[-1]["body"] == "\u2068محمد\u2069 joined the group"


@pytest.mark.parametrize(
    "name",
    ["a\x00b", "\ud800", "A" + "\u0301" * 5000, "👩\u200d🚀" * 500, "x" * 100_000],
    ids=lambda v: ascii(v)[:12],
)
async def test_an_odd_name_is_stored_bounded(harness: WorkerHarness, name: str) -> None:
    await harness.store(message_received("acc-1", name=name))
    contact = (await shown(harness))["contact"]
    assert contact is None or 0 < len(contact) <= 200
    assert contact == contact_name(contact or "")
    assert await harness.fetch("select * from dead_letters") == []
