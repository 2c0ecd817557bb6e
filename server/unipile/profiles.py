"""Asks whether a phone number is on WhatsApp (unipile-api.md §6.3); WhatsApp counts such a call like a visit."""

from server.unipile.client import UnipileClient
from server.unipile.errors import OutcomeUnknown, Rejected, SignedOut

# What UniPile answers for a phone number without WhatsApp.
ABSENT_TYPES = ("invalid_recipient", "user_unreachable", "recipient_rejected")
NOT_IMPLEMENTED = 501


async def is_on_whatsapp(client: UnipileClient, external_account_id: str, address: str) -> bool | None:
    """Whether the address is on WhatsApp; None if UniPile does not answer this question. Raises if UniPile cannot
    be reached, the account is signed out, or WhatsApp restricts it.
    """
    try:
        await client.read("users", address, params={"account_id": external_account_id})
    except SignedOut:
        raise
    except OutcomeUnknown as error:
        if error.status == NOT_IMPLEMENTED:
            return None
        raise
    except Rejected as error:
        if error.is_absent or error.type in ABSENT_TYPES:
            return False
        if error.is_our_key or error.is_restriction(to_stranger=True):
            raise
        return None
    return True
