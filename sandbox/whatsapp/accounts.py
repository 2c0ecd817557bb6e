"""The lifecycle of an account: pairing, disconnecting, reconnecting and removal."""

import secrets
from dataclasses import dataclass

from sandbox.output.views import pairing_end, qr_end
from sandbox.problems import Problem, not_found
from sandbox.simulator import Simulator
from sandbox.store.entities import Account
from sandbox.store.ids import derived_lid, new_id, phone_digits

STATUSES = ("OK", "STOPPED", "ERROR", "CREDENTIALS", "PERMISSIONS", "CONNECTING")
CODE_LETTERS = "ABCDEFGHJKLMNPQRSTVWXYZ123456789"  # as WhatsApp does: no 0, I, O or U
SEND_PROBLEMS = {"CREDENTIALS": "disconnected_account", "PERMISSIONS": "insufficient_permissions"}


def now_ms(simulator: Simulator) -> int:
    """Return the sandbox's current time."""
    return int(simulator.settings.clock() * 1000)


def is_expired_pairing(account: Account, simulator: Simulator) -> bool:
    """Whether this is a pairing that expired before it was scanned."""
    return not account.linked and now_ms(simulator) >= pairing_end(account, simulator.settings)


def existing_account(simulator: Simulator, account_id: str) -> Account:
    """Return an account, including one that is still pairing, or raise the 404."""
    account = simulator.world.account(account_id)
    if is_expired_pairing(account, simulator):
        simulator.world.remove_account(account)
        raise not_found("account")
    return account


def linked_account(simulator: Simulator, account_id: str) -> Account:
    """Return an account that has been connected at least once, or raise the 404."""
    account = existing_account(simulator, account_id)
    if not account.linked:
        raise not_found("account")
    return account


def remove_expired_pairings(simulator: Simulator) -> None:
    """Remove the accounts whose pairing expired before it was scanned."""
    for account in [
        item for item in simulator.world.accounts.values() if is_expired_pairing(item, simulator)
    ]:
        remove(simulator, account)


async def begin_pairing(simulator: Simulator, account: Account, phone_number: str | None = None) -> None:
    """Issue a new QR code, or with a phone number a pairing code to type on that phone.

    An earlier call that is still waiting for its response gets the 409.
    """
    faults = simulator.dice.faults
    running = account.is_pairing and now_ms(simulator) < qr_end(account, simulator.settings)
    if running and faults.auth_in_progress:
        raise Problem("auth_in_progress", "A pairing is in progress; use its QR code.")
    remove_expired_pairings(simulator)
    account.attempt += 1
    attempt = account.attempt
    account.qrcode = account.pairing_code = None
    account.pairing_number = phone_number
    if phone_number is None:
        account.qrcode = "2@" + ",".join(secrets.token_urlsafe(size) for size in (96, 24, 24, 24)) + ",1"
    else:
        account.pairing_code = "".join(secrets.choice(CODE_LETTERS) for _ in range(8))
    account.qr_issued_at = now_ms(simulator)
    simulator.save_account(account)
    await simulator.pause(faults.connect_ms / 1000)
    if account.attempt != attempt:
        raise Problem("auth_replaced")


def new_account(simulator: Simulator, account_id: str | None = None) -> Account:
    """Create an account that has not been scanned yet."""
    return Account(account_id or new_id(), "WhatsApp", "", simulator.world.moment())


def derived_phone(account_id: str) -> str:
    """Derive a phone number from the account's id, for accounts created without one."""
    return "551190" + str(int.from_bytes(account_id.encode("utf-8", "replace")) % 10_000_000).zfill(7)


def set_phone(account: Account, phone_number: str | None, name: str | None = None) -> None:
    """Set an account's phone number and the LID derived from it."""
    account.phone_number = (
        phone_digits(phone_number or "") or account.phone_number or derived_phone(account.id)
    )
    account.lid = derived_lid(account.phone_number)
    account.name = name or (account.name if account.linked else account.phone_number)


@dataclass(frozen=True, slots=True)
class Scan:
    """A phone's scan: its phone number, and the code it scanned (any code if neither is given)."""

    phone_number: str | None = None
    qrcode: str | None = None
    pairing_code: str | None = None


def scan(simulator: Simulator, account: Account, seen: Scan) -> None:
    """Scan an account's QR code or enter its pairing code; the account then connects in stages."""
    if not account.is_pairing:
        raise Problem("invalid_parameters", "This account is not pairing.", status=409)
    if seen.qrcode is not None and seen.qrcode != account.qrcode:
        raise Problem("auth_replaced", "A newer QR code has replaced this one.")
    if seen.pairing_code is not None and seen.pairing_code.replace("-", "").upper() != account.pairing_code:
        raise Problem("auth_replaced", "The pairing code is wrong.")
    if now_ms(simulator) >= qr_end(account, simulator.settings):
        raise Problem("expired_link", "This code has expired; request a new one.", status=410)
    phone_number = seen.phone_number or account.pairing_number
    if account.pairing_number not in (None, phone_digits(phone_number or "")):
        raise Problem("account_mismatch", "The code is for another phone number.")
    if account.linked and phone_number and phone_digits(phone_number) != account.phone_number:
        raise Problem("account_mismatch", "The account belongs to another phone number.")
    returning = account.linked
    set_phone(account, phone_number)
    account.qrcode = account.pairing_code = account.pairing_number = None
    account.linked = True
    if returning:
        account.stages = ["RECONNECTED", "OK"]
    else:
        account.stages = ["CREATION_SUCCESS", "OK", "SYNC_SUCCESS"]
    advance(simulator, account)


def advance(simulator: Simulator, account: Account) -> None:
    """Run the next stage of connecting and schedule the one after it; also resumes after a restart of the sandbox."""
    if not account.stages or account.id not in simulator.world.accounts:
        return
    stage = account.stages.pop(0)
    if stage == "OK":
        set_status(simulator, account, "OK")
    else:
        simulator.announce_status(account, stage)
    simulator.save_account(account)
    settings = simulator.settings
    pause = settings.sync_seconds if account.stages == ["SYNC_SUCCESS"] else settings.ok_seconds
    if account.stages:
        simulator.call_later(pause, advance, simulator, account)


def link(simulator: Simulator, account: Account, phone_number: str | None, name: str | None) -> None:
    """Connect an account immediately, without a QR code and without webhooks."""
    set_phone(account, phone_number, name)
    account.linked, account.status, account.qrcode, account.pairing_code = True, "OK", None, None
    simulator.world.thaw(account.id)
    simulator.save_account(account)


def apply_stale_reads(simulator: Simulator) -> None:
    """Freeze or thaw reads according to `stale_reads`; accounts that are not OK stay frozen."""
    for account in simulator.world.accounts.values():
        if account.is_ok and simulator.dice.faults.stale_reads:
            simulator.world.freeze(account.id)
        elif account.is_ok:
            simulator.world.thaw(account.id)


def change_status(simulator: Simulator, account: Account, status: str) -> None:
    """Change an account's status, as when its phone unlinks it, the network fails or it reconnects."""
    account.stages = []
    if status == account.status:
        return
    if status == "OK" and account.status in {"CREDENTIALS", "PERMISSIONS"}:
        account.qrcode = account.pairing_code = None
        simulator.announce_status(account, "RECONNECTED")
    set_status(simulator, account, status)


def set_status(simulator: Simulator, account: Account, status: str) -> None:
    """Set the status, announce it if it changed, and push the delayed events once it is OK."""
    if account.status == status:
        return
    was_ok, account.status = account.is_ok, status
    if was_ok:
        simulator.world.freeze(account.id)
    elif account.is_ok and not simulator.dice.faults.stale_reads:
        simulator.world.thaw(account.id)
    simulator.save_account(account)
    simulator.announce_status(account, status)
    if account.is_ok:
        push_delayed_events(simulator, account)


def push_delayed_events(simulator: Simulator, account: Account) -> None:
    """Push the events of the time the account was not OK, in one burst."""
    delayed, account.delayed_events = account.delayed_events, []
    simulator.world.save(account)
    messages = [simulator.world.messages.get(item["message_id"]) for item in delayed]
    for message in messages:
        if message is not None and not message.synced:
            message.synced = True
            receive(simulator, message.chat_id, message.id)
            simulator.save_message(message)
    for item, message in zip(delayed, messages, strict=True):
        if message is not None:
            simulator.announce(item["event"], message, item["extra"])


def receive(simulator: Simulator, chat_id: str, message_id: str) -> None:
    """Update the chat's last activity and unread count for a message that arrived."""
    chat, message = simulator.world.chat(chat_id), simulator.world.message(message_id)
    chat.last_at = max(chat.last_at or 0, message.timestamp)
    if not message.is_sender and not message.is_event:
        chat.unread_count += 1
        chat.marked_unread = 0
    simulator.world.save(chat)


def remove(simulator: Simulator, account: Account) -> None:
    """Remove an account permanently."""
    if account.linked:
        simulator.announce_status(account, "DELETED")
    simulator.world.remove_account(account)
    simulator.live.publish("account_gone", {"id": account.id})


def require_sendable(account: Account) -> None:
    """Raise UniPile's error for sends if the account is not OK."""
    if not account.is_ok:
        raise Problem(
            SEND_PROBLEMS.get(account.status, "no_client_session"), f"The account is {account.status}."
        )


def restart(simulator: Simulator, account: Account) -> bool:
    """Restart a stalled account and return whether that worked.

    It fails for accounts without a session. A healthy account sends no webhooks.
    """
    if account.status in {"CREDENTIALS", "PERMISSIONS"} or simulator.dice.faults.restart_fails:
        return False
    if account.status == "OK":
        return True
    set_status(simulator, account, "CONNECTING")
    account.stages = ["OK"]
    simulator.call_later(simulator.settings.ok_seconds, advance, simulator, account)
    return True
