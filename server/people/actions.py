"""What the app, the operator's commands and a billing system do alike, in the transaction that writes it down."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from aiopg import Cursor

from server.auth.one_time_links import NewLink
from server.auth.tokens import hash_token
from server.config.auth import Auth
from server.errors import ConfabError, NotFound
from server.store.messages.tombstones import Tombstone
from server.store.people import api_keys, audit, team, user_links
from server.store.people.audit import Actor
from server.store.people.team import TeamUser
from server.store.people.users import User
from server.store.plans import entitlements
from server.store.plans.entitlements import BillingChange
from server.store.privacy import account_erasures, contact_erasures, exports
from server.store.privacy.erasure_digests import NameHasher

HOUR_SECONDS = 3600


async def invite(
    cursor: Cursor, actor: Actor, given: Mapping[str, Any], link: NewLink, auth: Auth
) -> tuple[User, str]:
    """Somebody new, and when the link to their first password expires."""
    user = await add_user(cursor, given)
    expires_at = await _put_link(cursor, actor, user.id, link, "invitation", auth.invitation_hours)
    details = {"email": user.email, "role": user.role}
    await audit.record(cursor, "user.invited", actor, ("user", user.id), details)
    return user, expires_at


async def add_user(cursor: Cursor, given: Mapping[str, Any]) -> User:
    name = given["name"] or given["email"].partition("@")[0]
    user = await team.insert_user(cursor, given["email"], name, given["role"])
    if user is None:
        raise ConfabError("conflict", "Somebody has this e-mail address already.")
    return user


async def renew_link(cursor: Cursor, actor: Actor, person: TeamUser, link: NewLink, auth: Auth) -> str:
    """A link to a new password, or the first one once more; an earlier link is good no longer. When it expires."""
    if not person.is_active:
        raise ConfabError("conflict", "This person is disabled.")
    kind, hours = "reset", auth.reset_hours
    if not person.has_password:
        # The first owner's link lets them choose their address too.
        is_first = await user_links.fetch_kind(cursor, person.id) == "first_run"
        kind, hours = "first_run" if is_first else "invitation", auth.invitation_hours
    await audit.record(cursor, f"user.{kind}_link_made", actor, ("user", person.id))
    return await _put_link(cursor, actor, person.id, link, kind, hours)


async def _put_link(cursor: Cursor, actor: Actor, user_id: int, link: NewLink, kind: str, hours: int) -> str:
    return await user_links.put_link(
        cursor,
        user_id,
        hash_token(link.token),
        kind,
        hours * HOUR_SECONDS,
        actor.user_id,
        nonce=link.nonce,
        is_mailed=link.is_mailed and kind != "first_run",  # whose address is a stand-in
    )


async def create_key(
    cursor: Cursor, actor: Actor, user_id: int, key: str, prefix: str, given: Mapping[str, Any]
) -> str:
    """A key of this person's, as JSON."""
    shown = await api_keys.insert_key(
        cursor,
        user_id,
        name=given["name"],
        prefix=prefix,
        key_hash=hash_token(key),
        scopes=given["scopes"],
        account_ids=given["account_ids"],
        expires_at=given["expires_at"],
    )
    if shown is None:
        problem = "One of these numbers is not shared with the key's person."
        raise ConfabError("invalid", fields={"account_ids": [problem]})
    target = ("api_key", orjson.loads(shown)["id"])
    details = {"name": given["name"], "scopes": given["scopes"], "user_id": user_id}
    await audit.record(cursor, "api_key.created", actor, target, details)
    return shown


async def revoke_key(cursor: Cursor, actor: Actor, key_id: int, user_id: int | None) -> str:
    """Let a key in no more, if it is this person's (None: anybody's); its name."""
    name = await api_keys.revoke_key(cursor, key_id, user_id)
    if name is None:
        raise NotFound
    await audit.record(cursor, "api_key.revoked", actor, ("api_key", key_id), {"name": name})
    return name


async def ask_export(
    cursor: Cursor, actor: Actor, account_id: int, contact_id: int | None, *, with_media: bool
) -> int | None:
    """Ask for an export; None while another is under way. LookupError: there is no such contact."""
    export_id = await exports.insert_export(
        cursor, account_id, contact_id, actor.user_id, with_media=with_media
    )
    if export_id is not None:
        details = {"export_id": export_id, "contact_id": contact_id, "with_media": with_media}
        await audit.record(cursor, "export.requested", actor, ("account", account_id), details)
    return export_id


async def begin_erasure(
    cursor: Cursor, actor: Actor, seal: NameHasher, account_id: int, contact_id: int
) -> Tombstone | None:
    """Forget a contact at once; the rest is the worker's. None when there is no such contact (any more)."""
    gone = await contact_erasures.begin_erasure(cursor, seal, account_id, contact_id, actor.user_id)
    if gone is not None:
        details = {"account_id": account_id}
        await audit.record(cursor, "contact.erased", actor, ("contact", contact_id), details)
    return gone


async def begin_account_erasure(
    cursor: Cursor, actor: Actor, seal: NameHasher, account_id: int
) -> str | None:
    """Take a number from everybody; the rest is the worker's. None when there is none (any more)."""
    erasure = await account_erasures.begin_account_erasure(cursor, seal, account_id, actor.user_id)
    if erasure is not None:
        await audit.record(cursor, "account.erased", actor, ("account", account_id))
    return erasure


async def grant(
    cursor: Cursor,
    actor: Actor,
    user_id: int,
    provider: str,
    source: str,
    *,
    plan: str | None = None,
    expires_at: str | None = None,
) -> None:
    """Give a plan, change it or renew it."""
    before = await _plans(cursor, user_id, provider, source)
    await entitlements.grant(cursor, user_id, provider, source, plan=plan, expires_at=expires_at)
    await _note_grant(cursor, actor, user_id, provider, source, before, plan=plan, until=expires_at)


async def revoke(
    cursor: Cursor, actor: Actor, user_id: int, provider: str, source: str | None = None
) -> Sequence[str]:
    """Take back what this source gave, or every one; the sources whose grants ended."""
    ended = await entitlements.revoke(cursor, user_id, provider, source)
    for name, plan in ended:
        details = _known(provider=provider, source=name, plan=plan)
        await audit.record(cursor, "entitlement.revoked", actor, ("user", user_id), details)
    return [name for name, _ in ended]


async def apply_billing_event(cursor: Cursor, actor: Actor, word: BillingChange) -> bool:
    """Believe the billing system, unless it has said something newer."""
    before = await _plans(cursor, word.user_id, word.provider, "billing")
    if not await entitlements.apply_billing_event(cursor, word):
        return False
    until = None if word.expires_at is None else str(word.expires_at)
    place = (word.user_id, word.provider, "billing")
    if word.is_active:
        await _note_grant(cursor, actor, *place, before, plan=word.plan, until=until)
    else:
        details = _known(provider=word.provider, source="billing", plan=before and before.plan)
        await audit.record(cursor, "entitlement.revoked", actor, ("user", word.user_id), details)
    return True


class _Before(NamedTuple):
    plan: str | None


async def _plans(cursor: Cursor, user_id: int, provider: str, source: str) -> _Before | None:
    """What the source gives until now; None when it is nothing."""
    rows = await entitlements.list_grants(cursor, user_id, provider)
    return next((_Before(plan) for name, plan, is_active, _ in rows if name == source and is_active), None)


async def _note_grant(
    cursor: Cursor,
    actor: Actor,
    user_id: int,
    provider: str,
    source: str,
    before: _Before | None,
    *,
    plan: str | None,
    until: str | None,
) -> None:
    changed = _known(plan_before=before.plan or "default") if before and before.plan != plan else {}
    details = _known(provider=provider, source=source, plan=plan, until=until) | changed
    await audit.record(cursor, "entitlement.granted", actor, ("user", user_id), details)


def _known(**details: str | None) -> dict[str, str]:
    return {name: value for name, value in details.items() if value is not None}
