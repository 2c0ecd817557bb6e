"""/users: profiles, which also show whether a phone number has WhatsApp."""

from aiohttp import web

from sandbox.output.serialize import provider_id_of, specifics_of
from sandbox.problems import Problem, reply
from sandbox.store.entities import SELF, Account, Contact, Json
from sandbox.store.ids import LID_DOMAIN, PHONE_DOMAIN, derived_lid, phone_digits
from sandbox.store.world import World
from sandbox.web.keys import simulator_of
from sandbox.whatsapp.accounts import linked_account
from sandbox.whatsapp.conversations import has_whatsapp


def find_account(request: web.Request) -> Account:
    """Return the account of the required account_id parameter."""
    account_id = request.query.get("account_id")
    if not account_id:
        raise Problem("missing_parameters", "account_id is required.")
    return linked_account(simulator_of(request), account_id)


def profile_json(account: Account, world: World, contact: Contact) -> Json:
    """Return a contact's profile."""
    return {
        "object": "UserProfile",
        "provider": "WHATSAPP",
        "id": world.attendee_id(account.id, contact.id),
        "provider_id": provider_id_of(account, world, contact.id),
        "public_identifier": contact.public_identifier,
        "name": contact.name,
        "specifics": specifics_of(account, world, contact.id),
    }


def unknown_profile_json(account: Account, world: World, digits: str) -> Json:
    """Return the profile of a phone number that has WhatsApp but is not a contact."""
    lid = derived_lid(digits)
    return {
        "object": "UserProfile",
        "provider": "WHATSAPP",
        "id": world.attendee_id(account.id, digits),
        "provider_id": lid,
        "public_identifier": digits + PHONE_DOMAIN,
        "name": f"+{digits}",
        "specifics": {"provider": "WHATSAPP", "phone_number": f"+{digits}", "lid": lid},
    }


async def show_user(request: web.Request) -> web.Response:
    """Return the profile for a phone number, JID or LID."""
    world = simulator_of(request).world
    account = find_account(request)
    identifier = request.match_info["identifier"]
    digits = phone_digits(identifier)
    contact = world.find_contact(identifier) or world.contacts.get(digits)
    if contact is not None:
        return reply(profile_json(account, world, contact))
    if identifier.endswith(LID_DOMAIN) or not has_whatsapp(digits):
        raise Problem("invalid_recipient", f"{identifier} has no WhatsApp.")
    return reply(unknown_profile_json(account, world, digits))


async def show_own_profile(request: web.Request) -> web.Response:
    """Return the profile of the connected account."""
    world = simulator_of(request).world
    account = find_account(request)
    profile = {
        "object": "AccountOwnerProfile",
        "provider": "WHATSAPP",
        "id": world.attendee_id(account.id, SELF),
        "provider_id": account.lid,
        "public_identifier": account.phone_number + PHONE_DOMAIN,
        "name": account.name,
        "phone_number": account.phone_number,
    }
    return reply(profile)


ROUTES = [
    web.get("/users/me", show_own_profile),
    web.get("/users/me/", show_own_profile),
    web.get("/users/{identifier}", show_user),
    web.get("/users/{identifier}/", show_user),
]
