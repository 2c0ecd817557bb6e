"""A number's life: connected by QR code, lost, brought back, removed."""

import secrets
from dataclasses import dataclass

from sandbox.entities import Account
from sandbox.ids import derived_lid, new_id, phone_digits
from sandbox.problems import Problem, not_found
from sandbox.simulator import Simulator
from sandbox.views import pairing_end, qr_end

STATUSES = ("OK", "STOPPED", "ERROR", "CREDENTIALS", "PERMISSIONS", "CONNECTING")
CODE_LETTERS = "ABCDEFGHJKLMNPQRSTVWXYZ123456789"  # as WhatsApp draws them: no 0, I, O, U
SEND_PROBLEMS = {"CREDENTIALS": "disconnected_account", "PERMISSIONS": "insufficient_permissions"}


def now_ms(simulator: Simulator) -> int:
    """Return the time on the sandbox's clock."""
    return int(simulator.settings.clock() * 1000)


def is_expired_pairing(account: Account, simulator: Simulator) -> bool:
    """Tell whether this is an attempt that nobody scanned in time."""
    return not account.linked and now_ms(simulator) >= pairing_end(account, simulator.settings)


def existing_account(simulator: Simulator, account_id: str) -> Account:
    """Return an account, also one that is being connected, or raise the 404."""
    account = simulator.world.account(account_id)
    if is_expired_pairing(account, simulator):
        simulator.world.remove_account(account)
        raise not_found("account")
    return account


def linked_account(simulator: Simulator, account_id: str) -> Account:
    """Return an account that was connected at least once, or raise the 404."""
    account = existing_account(simulator, account_id)
    if not account.linked:
        raise not_found("account")
    return account


def remove_expired_pairings(simulator: Simulator) -> None:
    """Remove the accounts that nobody scanned in time."""
    for account in [
        item for item in simulator.world.accounts.values() if is_expired_pairing(item, simulator)
    ]:
        remove(simulator, account)


async def begin_pairing(simulator: Simulator, account: Account, phone_number: str | None = None) -> None:
    """Give an account a new code, to be scanned, or to be typed on the phone of this number; an older attempt that
    is still being answered gets the 409.
    """
    faults = simulator.dice.faults
    running = account.is_pairing and now_ms(simulator) < qr_end(account, simulator.settings)
    if running and faults.auth_in_progress:
        raise Problem("auth_in_progress", "Keep the first QR code.")
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
    """Make an account that nobody has scanned yet."""
    return Account(account_id or new_id(), "WhatsApp", "", simulator.world.moment())


def derived_phone(account_id: str) -> str:
    """Make up the phone number of an account whose creator named none."""
    return "551190" + str(int.from_bytes(account_id.encode("utf-8", "replace")) % 10_000_000).zfill(7)


def set_phone(account: Account, phone_number: str | None, name: str | None = None) -> None:
    """Give an account its phone number, and the LID that belongs to it."""
    account.phone_number = (
        phone_digits(phone_number or "") or account.phone_number or derived_phone(account.id)
    )
    account.lid = derived_lid(account.phone_number)
    account.name = name or (account.name if account.linked else account.phone_number)


@dataclass(frozen=True, slots=True)
class Scan:
    """What a phone does with a code: its number, and which code it saw (any, when it does not say)."""

    phone_number: str | None = None
    qrcode: str | None = None
    pairing_code: str | None = None


def scan(simulator: Simulator, account: Account, seen: Scan) -> None:
    """Scan the QR code that an account shows, or type its code; the account then comes up by itself."""
    if not account.is_pairing:
        raise Problem("invalid_parameters", "This account shows no code.", status=409)
    if seen.qrcode is not None and seen.qrcode != account.qrcode:
        raise Problem("auth_replaced", "A newer QR code has replaced this one.")
    if seen.pairing_code is not None and seen.pairing_code.replace("-", "").upper() != account.pairing_code:
        raise Problem("auth_replaced", "This is not the code that the account shows.")
    if now_ms(simulator) >= qr_end(account, simulator.settings):
        raise Problem("expired_link", "This code is too old; ask for a new one.", status=410)
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
    """Take the next stage of coming up, and plan the one after it; also after a restart of the sandbox."""
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
    """Connect an account at once, without a QR code and without telling anybody."""
    set_phone(account, phone_number, name)
    account.linked, account.status, account.qrcode, account.pairing_code = True, "OK", None, None
    simulator.world.thaw(account.id)
    simulator.save_account(account)


def apply_stale_reads(simulator: Simulator) -> None:
    """Freeze what reads answer, or let it go, as the switch says; an account that is away stays frozen."""
    for account in simulator.world.accounts.values():
        if account.is_ok and simulator.dice.faults.stale_reads:
            simulator.world.freeze(account.id)
        elif account.is_ok:
            simulator.world.thaw(account.id)


def change_status(simulator: Simulator, account: Account, status: str) -> None:
    """Let something happen to an account: its phone unlinks it, the network fails, it comes back."""
    account.stages = []
    if status == account.status:
        return
    if status == "OK" and account.status in {"CREDENTIALS", "PERMISSIONS"}:
        account.qrcode = account.pairing_code = None
        simulator.announce_status(account, "RECONNECTED")
    set_status(simulator, account, status)


def set_status(simulator: Simulator, account: Account, status: str) -> None:
    """Set the status, tell it when it is new, and let go of what was held back when it is OK."""
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
    """Push what happened while the account was away, in a burst."""
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
    """Let a message that has arrived count in its chat."""
    chat, message = simulator.world.chat(chat_id), simulator.world.message(message_id)
    chat.last_at = max(chat.last_at or 0, message.timestamp)
    if not message.is_sender and not message.is_event:
        chat.unread_count += 1
        chat.marked_unread = 0
    simulator.world.save(chat)


def remove(simulator: Simulator, account: Account) -> None:
    """Remove an account for good."""
    if account.linked:
        simulator.announce_status(account, "DELETED")
    simulator.world.remove_account(account)
    simulator.live.publish("account_gone", {"id": account.id})


def require_sendable(account: Account) -> None:
    """Raise the problem that a send meets while the account is not OK."""
    if not account.is_ok:
        raise Problem(
            SEND_PROBLEMS.get(account.status, "no_client_session"), f"The account is {account.status}."
        )


def restart(simulator: Simulator, account: Account) -> bool:
    """Kick a frozen account; one whose session is gone cannot be helped this way. A healthy one tells nothing."""
    if account.status in {"CREDENTIALS", "PERMISSIONS"} or simulator.dice.faults.restart_fails:
        return False
    if account.status == "OK":
        return True
    set_status(simulator, account, "CONNECTING")
    account.stages = ["OK"]
    simulator.call_later(simulator.settings.ok_seconds, advance, simulator, account)
    return True
