"""Decides what a message shows after reactions, edits and deletions: pure, from what UniPile, webhooks and rows say."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypedDict


class Reactor(TypedDict):
    """Who reacted; the name is the newest known one."""

    provider_id: str
    name: str | None


class Reaction(TypedDict):
    """A reaction as the row stores it; `is_own` is the account's."""

    value: str
    sender: Reactor
    is_own: bool


class ProviderReaction(TypedDict):
    """A reaction as UniPile's message shows it: with the sender's id, without a name."""

    value: str
    provider_id: str
    is_own: bool


class AmendmentContent(TypedDict, total=False):
    """What an event brings: an edit the body; a reaction the rest, with "" as the value of a removed one and None
    where the event has no readable value.
    """

    body: str | None
    value: str | None
    provider_id: str | None
    name: str | None
    is_own: bool


class Amendment(NamedTuple):
    """What a webhook reported about a message; `kind` is reaction, edited or deleted, `reactor` the id of who reacted
    ("" for the account itself).
    """

    kind: str
    reactor: str
    content: AmendmentContent
    reported_at: datetime


class ProviderState(NamedTuple):
    """A message as UniPile holds it, read at `read_at` by the database's clock."""

    body: str | None
    is_edited: bool
    is_deleted: bool
    reactions: Sequence[ProviderReaction]
    read_at: datetime


class Content(NamedTuple):
    """What an amendment can change about a message."""

    body: str | None
    attachments: Sequence[Mapping[str, object]]
    reactions: Sequence[Reaction]
    edited_at: datetime | None
    deleted_at: datetime | None


class KnownContact(NamedTuple):
    """The contact behind one of its ids."""

    id: int
    name: str | None


# By each id of theirs.
Contacts = Mapping[str, KnownContact]


def reactor_id(reaction: ProviderReaction) -> str:
    """The provider's id of who reacted; "" for the account itself."""
    return "" if reaction["is_own"] else reaction["provider_id"]


def reactor_ids(content: Content, state: ProviderState | None, amendments: Sequence[Amendment]) -> set[str]:
    """Every id that `merge` may look up among the contacts."""
    if state is not None:
        ids = {reaction["provider_id"] for reaction in state.reactions}
    else:
        ids = {reaction["sender"]["provider_id"] for reaction in content.reactions}
        ids |= {amendment.reactor for amendment in amendments}
    return ids - {""}


def merge(
    content: Content,
    state: ProviderState | None,
    amendments: Sequence[Amendment],
    contacts: Contacts,
    confirmed_at: datetime | None = None,
) -> Content:
    """The new content of a message. A `state` that was read from UniPile decides, and amendments only add names and
    times to it. Without one, when UniPile could not be asked, each amendment applies that was reported after the last
    read (`confirmed_at`); the caller passes them oldest first.
    """
    if state is not None:
        return _apply_state(content, state, amendments, contacts)
    for amendment in amendments:
        if confirmed_at is None or amendment.reported_at > confirmed_at:
            content = _apply_amendment(content, amendment, contacts)
    return content._replace(reactions=_one_per_reactor(content.reactions, contacts))


def _apply_state(
    content: Content, state: ProviderState, amendments: Sequence[Amendment], contacts: Contacts
) -> Content:
    by_kind = {amendment.kind: amendment for amendment in amendments}
    if state.is_deleted or content.deleted_at is not None:
        return _deleted(content, by_kind["deleted"].reported_at if "deleted" in by_kind else state.read_at)
    shown = content._replace(
        reactions=_one_per_reactor(_named_reactions(content, state, amendments), contacts)
    )
    # UniPile may have the new text without marking it as edited: then a webhook that reports the edit is enough.
    edit = by_kind.get("edited")
    is_edited = state.is_edited or (
        edit is not None and edit.content["body"] == state.body and state.body != content.body
    )
    if not is_edited:
        return shown
    moment = edit.reported_at if edit is not None else state.read_at
    is_same = content.edited_at is not None and state.body == content.body
    return shown._replace(body=state.body, edited_at=content.edited_at if is_same else moment)


def _named_reactions(
    content: Content, state: ProviderState, amendments: Sequence[Amendment]
) -> Iterable[Reaction]:
    """UniPile's reactions. Its message has ids only, so a name that the row or a webhook had is kept."""
    names = {reaction["sender"]["provider_id"]: reaction["sender"]["name"] for reaction in content.reactions}
    for amendment in amendments:
        if amendment.kind == "reaction" and (provider_id := amendment.content["provider_id"]):
            names[provider_id] = amendment.content["name"] or names.get(provider_id)
    for reaction in state.reactions:
        sender: Reactor = {
            "provider_id": reaction["provider_id"],
            "name": names.get(reaction["provider_id"]),
        }
        yield {"value": reaction["value"], "sender": sender, "is_own": reaction["is_own"]}


def _apply_amendment(content: Content, amendment: Amendment, contacts: Contacts) -> Content:
    if content.deleted_at is not None:
        return content
    if amendment.kind == "deleted":
        return _deleted(content, amendment.reported_at)
    if amendment.kind == "edited":
        return content._replace(body=amendment.content["body"], edited_at=amendment.reported_at)
    value = amendment.content["value"]
    if value is None:
        return content
    reactor = _reactor_key(amendment.reactor, contacts)
    reactions = [reaction for reaction in content.reactions if _reactor(reaction, contacts) != reactor]
    if value:
        sender: Reactor = {
            "provider_id": amendment.content["provider_id"] or "",
            "name": amendment.content["name"],
        }
        reactions.append({"value": value, "sender": sender, "is_own": amendment.content["is_own"]})
    return content._replace(reactions=reactions)


def _deleted(content: Content, moment: datetime) -> Content:
    """A deleted message keeps no content; the first deletion's time stays."""
    return Content(None, [], [], None, content.deleted_at or moment)


def _one_per_reactor(reactions: Iterable[Reaction], contacts: Contacts) -> list[Reaction]:
    """The last reaction of each person, whichever of their ids it came under, with the newest name; sorted by id."""
    latest: dict[str, Reaction] = {}
    for reaction in reactions:
        sender = reaction["sender"]
        contact = contacts.get(sender["provider_id"])
        name = (contact.name if contact else None) or sender["name"]
        latest[_reactor(reaction, contacts)] = {
            "value": reaction["value"],
            "sender": {"provider_id": sender["provider_id"], "name": name},
            "is_own": reaction["is_own"],
        }
    return sorted(latest.values(), key=lambda reaction: reaction["sender"]["provider_id"])


def _reactor(reaction: Reaction, contacts: Contacts) -> str:
    return "" if reaction["is_own"] else _reactor_key(reaction["sender"]["provider_id"], contacts)


def _reactor_key(provider_id: str, contacts: Contacts) -> str:
    """One key for all ids of a person."""
    return f"#{contacts[provider_id].id}" if provider_id in contacts else provider_id
