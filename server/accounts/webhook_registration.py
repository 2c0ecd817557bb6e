"""Our two webhooks at UniPile: registered once each, and registered anew when their secret is rotated."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

import structlog

from server.unipile.answers import Registration
from server.unipile.client import MESSAGES_SOURCE, SECRET_HEADER, STATUS_SOURCE, UnipileClient
from server.unipile.errors import Rejected

log = structlog.get_logger()

MESSAGES_WEBHOOK, STATUS_WEBHOOK = "confab-messages", "confab-account-status"
MESSAGES_PATH = "/api/webhooks/unipile/messages"
# Name -> (UniPile's source, our path)
WEBHOOKS = {
    MESSAGES_WEBHOOK: (MESSAGES_SOURCE, MESSAGES_PATH),
    STATUS_WEBHOOK: (STATUS_SOURCE, "/api/webhooks/unipile/account-status"),
}


class Registered(NamedTuple):
    """The ids of our webhooks that work, by name: those with the secret, and those with a previous one."""

    current: dict[str, list[str]]
    previous: dict[str, list[str]]

    @property
    def has_previous(self) -> bool:
        return any(self.previous.values())


async def register_webhooks(unipile: UnipileClient, public_url: str, secrets: Sequence[str]) -> None:
    """Make sure that UniPile posts to us exactly once: our two webhooks, found by name (§5).

    One that posts with a previous secret stays until `rotate` replaces it: while processes restart, some of them may
    not accept the new secret yet.

    A webhook cannot be changed: a new one is created, then the old one deleted. Instances that start together may each
    create theirs; the last one to read the list sees all of them, and every instance retains the same.
    """
    registered = await unipile.list_webhooks()
    found = find_ours(registered, public_url, secrets)
    missing = [name for name in WEBHOOKS if not found.current[name] and not found.previous[name]]
    await _create(unipile, public_url, secrets[0], missing)
    if missing:
        registered = await unipile.list_webhooks()
        found = find_ours(registered, public_url, secrets)
    for name in WEBHOOKS:
        retained = {min(ids) for ids in (found.current[name], found.previous[name]) if ids}
        if retained:
            await _delete_others(unipile, registered, name, retained)


async def register_anew(unipile: UnipileClient, public_url: str, secrets: Sequence[str]) -> None:
    """Have UniPile post with the first secret too: beside webhooks of a previous one, which still post."""
    found = find_ours(await unipile.list_webhooks(), public_url, secrets)
    await _create(unipile, public_url, secrets[0], [name for name in WEBHOOKS if not found.current[name]])


async def drop_previous(unipile: UnipileClient, public_url: str, secrets: Sequence[str]) -> None:
    """Delete the webhooks of previous secrets, where UniPile posts with the first one."""
    registered = await unipile.list_webhooks()
    found = find_ours(registered, public_url, secrets)
    for name in WEBHOOKS:
        if found.current[name]:
            await _delete_others(unipile, registered, name, {min(found.current[name])})


def find_ours(registered: Sequence[Registration], public_url: str, secrets: Sequence[str]) -> Registered:
    """Our webhooks in UniPile's list."""
    current: dict[str, list[str]] = {name: [] for name in WEBHOOKS}
    previous: dict[str, list[str]] = {name: [] for name in WEBHOOKS}
    for item in registered:
        if (
            item.name not in WEBHOOKS
            or item.url != public_url + WEBHOOKS[item.name][1]
            or not item.is_enabled
        ):
            continue
        secret = item.headers.get(SECRET_HEADER)
        if secret in secrets:
            (current if secret == secrets[0] else previous)[item.name].append(item.id)
    return Registered(current, previous)


async def _create(unipile: UnipileClient, public_url: str, secret: str, names: Sequence[str]) -> None:
    for name in names:
        source, path = WEBHOOKS[name]
        await unipile.create_webhook(name, source, public_url + path, secret)
        log.info("webhook_registered", name=name)


async def _delete_others(
    unipile: UnipileClient, registered: Sequence[Registration], name: str, retained: Collection[str]
) -> None:
    for surplus in [item.id for item in registered if item.name == name and item.id not in retained]:
        try:
            await unipile.delete_webhook(surplus)
        except Rejected as error:
            if not error.is_absent:  # another instance was faster
                raise
