"""Builds attachment entries as UniPile does: type, image size and duration."""

import mimetypes
import re
import struct

from sandbox.store.entities import Json
from sandbox.store.ids import new_id

STICKER_TYPE = "image/webp"
OPUS_RATE = 48_000
EXTRA_TYPES = {
    ".webp": "image/webp",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".m4a": "audio/mp4",
    ".heic": "image/heic",
    ".vcf": "text/vcard",
}


def media_type(content_type: str | None, file_name: str) -> str:
    """Return the part's media type, or guess it from the file name if the part has none or a generic one."""
    given = (content_type or "").split(";")[0].strip().lower()
    if "/" in given and given != "application/octet-stream":
        return given
    suffix = "." + file_name.rpartition(".")[2].lower()
    return EXTRA_TYPES.get(suffix) or mimetypes.guess_type(file_name)[0] or "application/octet-stream"


def describe(body: bytes, content_type: str | None, file_name: str, **flags: bool) -> Json:
    """Build the attachment entry for these bytes; the flags are voice_note, sticker and gif."""
    mimetype = media_type(content_type, file_name)
    attachment: Json = {"id": new_id(), "unavailable": False, "file_size": len(body), "mimetype": mimetype}
    attachment["url"] = f"att://{attachment['id']}"
    family = mimetype.partition("/")[0]
    if family == "image" and mimetype != "image/svg+xml":
        width, height = picture_size(body)
        size = {"width": width, "height": height}
        return attachment | {"type": "img", "size": size, "sticker": flags.get("sticker", False)}
    if family == "video":
        return attachment | {
            "type": "video",
            "size": {"width": 0, "height": 0},
            "gif": flags.get("gif", False),
        }
    if family == "audio":
        audio: Json = {"type": "audio", "voice_note": flags.get("voice_note", False)}
        seconds = ogg_seconds(body)
        return attachment | audio | ({} if seconds is None else {"duration": seconds})
    return attachment | {"type": "file", "file_name": file_name or "file"}


def describe_location(latitude: float, longitude: float, name: str | None, address: str | None) -> Json:
    """Build the attachment entry of a location; UniPile documents none, and it has no bytes."""
    location = {"latitude": latitude, "longitude": longitude, "name": name, "address": address}
    return {"id": new_id(), "type": "location", "unavailable": False} | location


def write_card(name: str, phone_numbers: list[str]) -> bytes:
    """Write a contact as WhatsApp shares it: a vCard with the WhatsApp ids of the phone numbers."""
    safe = re.sub(r"([\\,;])", r"\\\1", name)
    lines = ["BEGIN:VCARD", "VERSION:3.0", f"N:;{safe};;;", f"FN:{safe}"]
    lines += [f"TEL;type=CELL;waid={digits}:+{digits}" for digits in phone_numbers]
    return "\r\n".join([*lines, "END:VCARD", ""]).encode()


def picture_size(body: bytes) -> tuple[int, int]:
    """Read the width and height of a PNG, GIF, JPEG or WebP; zeros for anything else."""
    try:
        if body.startswith(b"\x89PNG\r\n\x1a\n"):
            return struct.unpack(">II", body[16:24])
        if body[:6] in {b"GIF87a", b"GIF89a"}:
            return struct.unpack("<HH", body[6:10])
        if body.startswith(b"\xff\xd8"):
            return _jpeg_size(body)
        if body[:4] == b"RIFF" and body[8:15] == b"WEBPVP8":
            return _webp_size(body)
    except (struct.error, IndexError):
        pass
    return 0, 0


def _jpeg_size(body: bytes) -> tuple[int, int]:
    position = 2
    while position < len(body):
        marker, length = body[position + 1], struct.unpack(">H", body[position + 2 : position + 4])[0]
        # Start-of-frame markers; C4, C8 and CC are tables.
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", body[position + 5 : position + 9])
            return width, height
        position += 2 + length
    return 0, 0


def _webp_size(body: bytes) -> tuple[int, int]:
    match body[15:16]:
        case b"X":
            return 1 + int.from_bytes(body[24:27], "little"), 1 + int.from_bytes(body[27:30], "little")
        case b"L":
            bits = int.from_bytes(body[21:25], "little")
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        case _:
            width, height = struct.unpack("<HH", body[26:30])
            return width & 0x3FFF, height & 0x3FFF


def ogg_seconds(body: bytes) -> int | None:
    """Read the duration of an Ogg/Opus recording from its last page."""
    last = body.rfind(b"OggS")
    if not body.startswith(b"OggS") or last + 14 > len(body):
        return None
    samples = int.from_bytes(body[last + 6 : last + 14], "little", signed=True)
    return max(1, round(samples / OPUS_RATE)) if samples > 0 else None
