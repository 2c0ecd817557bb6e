"""A number's life: connected by QR code, lost, brought back, removed."""

import secrets

from sandbox.entities import Account
from sandbox.ids import derived_lid, new_id, phone_digits
from sandbox.problems import Problem, not_found
from sandbox.simulator import Simulator
from sandbox.views import attempt_end, qr_end

STATUSES = ("OK", "STOPPED", "ERROR", "CREDENTIALS", "PERMISSIONS", "CONNECTING")
SEND_PROBLEMS = {"CREDENTIALS": "disconnected_account", "PERMISSIONS": "insufficient_permissions"}


def now_ms(simulator: Simulator) -> int:
    """Return the time on the sandbox's clock."""
    return int(simulator.settings.clock() * 1000)


def is_gone(account: Account, simulator: Simulator) -> bool:
    """Tell whether this is an attempt that nobody scanned in time."""
    return not account.linked and now_ms(simulator) >= attempt_end(account, simulator.settings)


def existing_account(simulator: Simulator, account_id: str) -> Account:
    """Return an account, also one that is being connected, or raise the 404."""
    account = simulator.world.account(account_id)
    if is_gone(account, simulator):
        simulator.world.remove_account(account)
        raise not_found("account")
    return account


def linked_account(simulator: Simulator, account_id: str) -> Account:
    """Return an account that was connected at least once, or raise the 404."""
    account = existing_account(simulator, account_id)
    if not account.linked:
        raise not_found("account")
    return account


def forget_attempts(simulator: Simulator) -> None:
    """Remove the accounts that nobody scanned in time."""
    for account in [item for item in simulator.world.accounts.values() if is_gone(item, simulator)]:
        remove(simulator, account)


async def begin_attempt(simulator: Simulator, account: Account) -> None:
    """Give an account a new QR code; an older attempt that is still being answered gets the 409."""
    faults = simulator.dice.faults
    running = account.qrcode is not None and now_ms(simulator) < qr_end(account, simulator.settings)
    if running and faults.auth_in_progress:
        raise Problem("auth_in_progress", "Keep the first QR code.")
    forget_attempts(simulator)
    account.attempt += 1
    attempt = account.attempt
    account.qrcode = "2@" + ",".join(secrets.token_urlsafe(size) for size in (96, 24, 24, 24)) + ",1"
    account.qr_issued_at = now_ms(simulator)
    simulator.save_account(account)
    await simulator.pause(faults.connect_ms / 1000)
    if account.attempt != attempt:
        raise Problem("auth_replaced")


def new_account(simulator: Simulator, account_id: str | None = None) -> Account:
    """Make an account that nobody has scanned yet."""
    return Account(account_id or new_id(), "WhatsApp", "", simulator.world.moment())


def invented_number(account_id: str) -> str:
    """Make up the phone number of an account whose creator named none."""
    return "551190" + str(int.from_bytes(account_id.encode("utf-8", "replace")) % 10_000_000).zfill(7)


def set_number(account: Account, number: str | None, name: str | None = None) -> None:
    """Give an account its phone number, and the LID that belongs to it."""
    account.phone_number = phone_digits(number or "") or account.phone_number or invented_number(account.id)
    account.lid = derived_lid(account.phone_number)
    account.name = name or (account.name if account.linked else account.phone_number)


def scan(simulator: Simulator, account: Account, number: str | None, qrcode: str | None = None) -> None:
    """Scan the QR code that an account shows; the account then comes up by itself."""
    if account.qrcode is None:
        raise Problem("invalid_parameters", "This account shows no QR code.", status=409)
    if qrcode is not None and qrcode != account.qrcode:
        raise Problem("auth_replaced", "A newer QR code has replaced this one.")
    if now_ms(simulator) >= qr_end(account, simulator.settings):
        raise Problem("expired_link", "This QR code is too old; ask for a new one.", status=410)
    if account.linked and number and phone_digits(number) != account.phone_number:
        raise Problem("account_mismatch", "The account belongs to another phone number.")
    returning = account.linked
    set_number(account, number)
    account.qrcode, account.linked = None, True
    if returning:
        account.stages = ["RECONNECTED", "OK"]
    else:
        account.stages = ["CREATION_SUCCESS", "OK", "SYNC_SUCCESS"]
    go_on(simulator, account)


def go_on(simulator: Simulator, account: Account) -> None:
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
        simulator.later(pause, go_on, simulator, account)


def link(simulator: Simulator, account: Account, number: str | None, name: str | None) -> None:
    """Connect an account at once, without a QR code and without telling anybody."""
    set_number(account, number, name)
    account.linked, account.status, account.qrcode = True, "OK", None
    simulator.save_account(account)


def change_status(simulator: Simulator, account: Account, status: str) -> None:
    """Let something happen to an account: its phone unlinks it, the network fails, it comes back."""
    account.stages = []
    if status == account.status:
        return
    if status == "OK" and account.status in {"CREDENTIALS", "PERMISSIONS"}:
        account.qrcode = None
        simulator.announce_status(account, "RECONNECTED")
    set_status(simulator, account, status)


def set_status(simulator: Simulator, account: Account, status: str) -> None:
    """Set the status, tell it when it is new, and let go of what was held back when it is OK."""
    if account.status == status:
        return
    account.status = status
    simulator.save_account(account)
    simulator.announce_status(account, status)
    if account.is_ok:
        release_held(simulator, account)


def release_held(simulator: Simulator, account: Account) -> None:
    """Push what happened while the account was away, in a burst."""
    held, account.held = account.held, []
    simulator.world.save(account)
    messages = [simulator.world.messages.get(item["message_id"]) for item in held]
    for message in messages:
        if message is not None and not message.synced:
            message.synced = True
            receive(simulator, message.chat_id, message.id)
            simulator.save_message(message)
    for item, message in zip(held, messages, strict=True):
        if message is not None:
            simulator.announce(item["event"], message, item["extra"])


def receive(simulator: Simulator, chat_id: str, message_id: str) -> None:
    """Let a message that has arrived count in its chat."""
    chat, message = simulator.world.chat(chat_id), simulator.world.message(message_id)
    chat.last_at = max(chat.last_at or 0, message.timestamp)
    if not message.is_sender and not message.is_event:
        chat.unread_count += 1
    simulator.world.save(chat)


def remove(simulator: Simulator, account: Account) -> None:
    """Remove an account for good."""
    if account.linked:
        simulator.announce_status(account, "DELETED")
    simulator.world.remove_account(account)
    simulator.live.tell("account_gone", {"id": account.id})


def require_sendable(account: Account) -> None:
    """Raise the problem that a send meets while the account is not OK."""
    if not account.is_ok:
        raise Problem(
            SEND_PROBLEMS.get(account.status, "no_client_session"), f"The account is {account.status}."
        )


def restart(simulator: Simulator, account: Account) -> bool:
    """Kick a frozen account; one whose session is gone cannot be helped this way."""
    if account.status == "OK":
        return True
    if account.status in {"CREDENTIALS", "PERMISSIONS"}:
        return False
    set_status(simulator, account, "CONNECTING")
    account.stages = ["OK"]
    simulator.later(simulator.settings.ok_seconds, go_on, simulator, account)
    return True
