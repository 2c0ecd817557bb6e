"""Converts the form of a send into drafts and sends them."""

from aiohttp import web

from sandbox.problems import Problem
from sandbox.simulator import Simulator
from sandbox.store.entities import Chat, Json, Message
from sandbox.web.forms import Form, Upload
from sandbox.whatsapp.accounts import require_sendable
from sandbox.whatsapp.conversations import Draft, find_quoted, send
from sandbox.whatsapp.media import describe

MAX_TEXT = 65_536
MAX_TYPING_MS = 60_000
FILE_FIELDS = {"attachments", "attachments[]", "voice_message", "video_message"}
FIRST_TRY_SECONDS = 5


def check_guard(request: web.Request, form: Form, chat: Chat) -> None:
    """Reject a send whose account_id, in the form or the query, is not the chat's."""
    for named in (form.text("account_id"), request.query.get("account_id")):
        if named and named != chat.account_id:
            raise Problem("account_mismatch", "The chat belongs to another account.")


def check_form(simulator: Simulator, form: Form) -> None:
    """Reject an invalid form before anything is sent."""
    if not form.text("text") and not form.uploads:
        raise Problem("missing_parameters", "A message needs a text or an attachment.")
    if len(form.text("text") or "") > MAX_TEXT:
        raise Problem("too_many_characters", f"A text may have at most {MAX_TEXT} characters.")
    most = simulator.settings.max_upload_bytes
    for upload in form.uploads:
        if upload.field_name not in FILE_FIELDS:
            raise Problem("invalid_parameters", f"There is no file field {upload.field_name}.")
        if len(upload.body) > most:
            raise Problem("content_too_large", f"An attachment may have at most {most} bytes.")


def typing_seconds(form: Form) -> float:
    """Parse how long "typing…" is shown before the send."""
    value = form.text("typing_duration") or "0"
    if not value.isascii() or not value.isdigit():
        raise Problem("invalid_parameters", "typing_duration must be a number of milliseconds.")
    return min(int(value[:9]), MAX_TYPING_MS) / 1000


async def store_upload(simulator: Simulator, upload: Upload) -> Json:
    """Store an uploaded file and build its attachment entry."""
    is_voice = upload.field_name == "voice_message"
    attachment = describe(upload.body, upload.content_type, upload.file_name, voice_note=is_voice)
    await simulator.archive.store_blob(attachment["id"], upload.body)
    return attachment


async def send_form(simulator: Simulator, chat: Chat, form: Form) -> Message:
    """Send a form: one message per file, with the text in the first."""
    account = simulator.world.account(chat.account_id)
    require_sendable(account)
    if chat.read_only:
        raise Problem("cant_send_message", "The account cannot write in this chat.")
    quoted_id = find_quoted(simulator, chat, form.text("quote_id"))
    pause = typing_seconds(form)
    if pause:
        simulator.live.publish("typing", {"chat_id": chat.id, "seconds": pause})
        await simulator.pause(pause)
    attachments = [await store_upload(simulator, upload) for upload in form.uploads]
    # Checked again: the account or chat may have been removed while the files were stored.
    require_sendable(simulator.world.account(chat.account_id))
    simulator.world.chat(chat.id)
    first = Draft(form.text("text") or None, attachments[:1], quoted_id)
    messages = send(simulator, chat, [first, *(Draft(None, [item]) for item in attachments[1:])])
    if simulator.dice.faults.echo_before_response:
        await simulator.dispatcher.wait_for_first_tries(messages[0].id, FIRST_TRY_SECONDS)
    return messages[0]
