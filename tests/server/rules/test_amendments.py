"""What a message shows after reactions, edits and deletions."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.rules.amendments import (
    Amendment,
    AmendmentContent,
    Content,
    KnownContact,
    ProviderReaction,
    ProviderState,
    Reaction,
    merge,
    reactor_ids,
)

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
FILE = {"id": "f-1", "type": "img"}


def at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def reaction(value: str, provider_id: str, name: str | None = None, *, is_own: bool = False) -> Reaction:
    return {"value": value, "sender": {"provider_id": provider_id, "name": name}, "is_own": is_own}


def content(
    body: str | None = "hello",
    *reactions: Reaction,
    edited: int | None = None,
    deleted: int | None = None,
) -> Content:
    edited_at = None if edited is None else at(edited)
    if deleted is not None:
        return Content(None, [], [], None, at(deleted))
    return Content(body, [FILE], list(reactions), edited_at, None)


def state(
    body: str | None = "hello",
    *reactions: ProviderReaction,
    is_edited: bool = False,
    is_deleted: bool = False,
    read: int = 10,
) -> ProviderState:
    return ProviderState(body, is_edited, is_deleted, reactions, at(read))


def provider_reaction(value: str, provider_id: str) -> ProviderReaction:
    return {"value": value, "provider_id": provider_id, "is_own": False}


def reacted(
    minute: int, value: str | None, who: str, name: str | None = None, *, is_own: bool = False
) -> Amendment:
    brought: AmendmentContent = {"value": value, "provider_id": who, "name": name, "is_own": is_own}
    return Amendment("reaction", "" if is_own else who, brought, at(minute))


def edited(minute: int, body: str) -> Amendment:
    return Amendment("edited", "", {"body": body}, at(minute))


def deleted(minute: int) -> Amendment:
    return Amendment("deleted", "", {}, at(minute))


WITH_STATE = {
    "nothing happened": (content(), state(), [], content()),
    "an edit without an event has the time of the read": (
        content(),
        state("new", is_edited=True),
        [],
        content("new", edited=10),
    ),
    "an edit with an event has the event's time": (
        content(),
        state("new", is_edited=True),
        [edited(3, "new")],
        content("new", edited=3),
    ),
    "an edit that is stored keeps its time": (
        content("new", edited=3),
        state("new", is_edited=True),
        [edited(7, "new")],
        content("new", edited=3),
    ),
    "a new text without a mark is an edit when an event reports it": (
        content(),
        state("new"),
        [edited(3, "new")],
        content("new", edited=3),
    ),
    "a new text without a mark and without an event is ignored": (content(), state("new"), [], content()),
    "an event that UniPile does not confirm is ignored": (
        content(),
        state(),
        [edited(3, "new"), reacted(4, "👍", "ana")],
        content(),
    ),
    "a deletion leaves nothing": (
        content("hello", reaction("👍", "ana")),
        state(None, is_deleted=True),
        [],
        content(deleted=10),
    ),
    "a deletion with an event has the event's time": (
        content(),
        state(None, is_deleted=True),
        [deleted(4)],
        content(deleted=4),
    ),
    "what was deleted stays deleted": (
        content(deleted=2),
        state(),
        [edited(3, "new")],
        content(deleted=2),
    ),
    "a reaction keeps the name that was stored": (
        content("hello", reaction("👍", "ana", "Ana")),
        state("hello", provider_reaction("❤️", "ana")),
        [],
        content("hello", reaction("❤️", "ana", "Ana")),
    ),
    "an event names the reactor": (
        content("hello", reaction("👍", "ana", "Ana")),
        state("hello", provider_reaction("👍", "ana")),
        [reacted(3, "👍", "ana", "Ana Lima")],
        content("hello", reaction("👍", "ana", "Ana Lima")),
    ),
    "a reaction that UniPile no longer shows goes": (
        content("hello", reaction("👍", "ana")),
        state(),
        [],
        content(),
    ),
    "the contact's name is newer than any other": (
        content(),
        state("hello", provider_reaction("👍", "lid")),
        [reacted(3, "👍", "lid", "B.")],
        content("hello", reaction("👍", "lid", "Bia")),
    ),
}
WITHOUT_STATE = {
    "events apply in order": (
        content(),
        [edited(1, "one"), edited(2, "two")],
        content("two", edited=2),
    ),
    "an event from before the last read is ignored": (content(), [edited(-1, "old")], content()),
    "a reaction replaces the person's earlier one": (
        content("hello", reaction("👍", "ana", "Ana")),
        [reacted(1, "❤️", "ana", "Ana")],
        content("hello", reaction("❤️", "ana", "Ana")),
    ),
    "a person's ids are one person": (
        content("hello", reaction("👍", "phone", None)),
        [reacted(1, "❤️", "lid", None)],
        content("hello", reaction("❤️", "lid", "Bia")),
    ),
    "an empty value removes the reaction": (
        content("hello", reaction("👍", "ana")),
        [reacted(1, "", "ana")],
        content(),
    ),
    "an event without a value changes nothing": (
        content("hello", reaction("👍", "ana")),
        [reacted(1, None, "ana")],
        content("hello", reaction("👍", "ana")),
    ),
    "the account's own reaction stands beside the others": (
        content("hello", reaction("👍", "ana")),
        [reacted(1, "❤️", "me", is_own=True)],
        content("hello", reaction("👍", "ana"), reaction("❤️", "me", is_own=True)),
    ),
    "nothing follows a deletion": (
        content(),
        [deleted(1), edited(2, "new"), reacted(3, "👍", "ana")],
        content(deleted=1),
    ),
}
# One contact with two ids.
CONTACTS = {"lid": KnownContact(1, "Bia"), "phone": KnownContact(1, "Bia")}


@pytest.mark.parametrize("case", WITH_STATE.values(), ids=WITH_STATE)
def test_unipiles_state_takes_precedence(
    case: tuple[Content, ProviderState, list[Amendment], Content],
) -> None:
    before, provider_state, amendments, after = case
    assert merge(before, provider_state, amendments, CONTACTS) == after


@pytest.mark.parametrize("case", WITHOUT_STATE.values(), ids=WITHOUT_STATE)
def test_without_unipile_events_are_used(case: tuple[Content, list[Amendment], Content]) -> None:
    before, amendments, after = case
    assert merge(before, None, amendments, CONTACTS, confirmed_at=START) == after


def test_reactors_are_the_contacts_to_look_up() -> None:
    before = content("hello", reaction("👍", "ana"), reaction("❤️", "me", is_own=True))
    amendments = [reacted(1, "👍", "bia"), reacted(1, "👍", "me", is_own=True)]
    assert reactor_ids(before, None, amendments) == {"ana", "bia", "me"}
    assert reactor_ids(before, state("hello", provider_reaction("👍", "eva")), amendments) == {"eva"}


PEOPLE, VALUES = st.sampled_from(("ana", "lid", "phone")), st.sampled_from(("👍", "❤️", ""))
AMENDMENTS = st.lists(
    st.one_of(
        st.builds(reacted, st.integers(1, 9), VALUES, PEOPLE),
        st.builds(edited, st.integers(1, 9), st.sampled_from(("one", "two"))),
        st.builds(deleted, st.integers(1, 9)),
    ),
    max_size=6,
)
STATES = st.builds(
    lambda body, shown, is_edited, is_deleted: state(
        body, *shown, is_edited=is_edited, is_deleted=is_deleted
    ),
    st.sampled_from(("hello", "one", "two")),
    st.lists(st.builds(provider_reaction, st.sampled_from(("👍", "❤️")), PEOPLE), max_size=3),
    st.booleans(),
    st.booleans(),
)


@given(provider_state=STATES | st.none(), amendments=AMENDMENTS)
def test_a_second_merge_changes_nothing(
    provider_state: ProviderState | None, amendments: list[Amendment]
) -> None:
    amendments.sort(key=lambda amendment: amendment.reported_at)
    once = merge(content(), provider_state, amendments, CONTACTS)
    assert merge(once, provider_state, amendments, CONTACTS) == once


@given(provider_state=STATES | st.none(), amendments=AMENDMENTS)
def test_one_reaction_per_contact_and_none_after_a_deletion(
    provider_state: ProviderState | None, amendments: list[Amendment]
) -> None:
    after = merge(content("hello", reaction("👍", "phone")), provider_state, amendments, CONTACTS)
    people = [
        CONTACTS[r["sender"]["provider_id"]].id
        if r["sender"]["provider_id"] in CONTACTS
        else r["sender"]["provider_id"]
        for r in after.reactions
    ]
    assert len(people) == len(set(people))
    if after.deleted_at is not None:
        assert after == Content(None, [], [], None, after.deleted_at)
