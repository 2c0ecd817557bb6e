"""Reads the size of images from a file's first bytes, and validates sizes and durations declared by the sender.

The library `imagesize` 2.0 was compared on the inputs of this module's tests: it agrees on PNG, GIF, JPEG and WebP. It
is not used, because it also reports sizes of formats that we serve only as downloads (SVG, TIFF, HEIC and others), and
parses them in 1,300 lines, with an XML parser, from untrusted bytes; the four readers here are 40 lines.
"""

import struct
from typing import NamedTuple

import orjson

# How much of a file's beginning is needed: in a photo the size comes after the camera's metadata.
SIZE_BYTES = 64 * 1024
MAX_SIDE = 32_767
MAX_SECONDS = 24 * 3600
DECLARED = ("width", "height", "duration")
# Markers of frame headers; C4, C8 and CC are tables.
JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


class DeclaredError(ValueError):
    """The declared media info is invalid; the message says what is expected."""


class MediaInfo(NamedTuple):
    """Size and duration as far as known."""

    width: int | None = None
    height: int | None = None
    duration: int | None = None


def read_declared(text: str, files: int) -> list[MediaInfo]:
    """The sender's declaration: a JSON list with one object per file; raises DeclaredError."""
    try:
        declared = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise DeclaredError("Must be a JSON list.") from error
    if not isinstance(declared, list) or len(declared) != files:
        raise DeclaredError("Must be a list with one object for each file, in order.")
    return [_declared(item) for item in declared]


def _declared(item: object) -> MediaInfo:
    if not isinstance(item, dict) or not set(item) <= set(DECLARED):
        raise DeclaredError("Each object may only have width, height and duration.")
    width, height = (_bounded(item.get(name), 1, MAX_SIDE) for name in ("width", "height"))
    duration = _bounded(item.get("duration"), 0, MAX_SECONDS)
    return (
        MediaInfo(duration=duration)
        if width is None or height is None
        else MediaInfo(width, height, duration)
    )


def _bounded(value: object, least: int, most: int) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise DeclaredError(f"Numbers must be from {least} to {most}.")
    return round(value)


def media_info_of(kind: str, head: bytes, declared: MediaInfo) -> MediaInfo:
    """The media info of a file of UniPile's kind. A declared image size is used only if it does not contradict the
    bytes; width and height may be swapped, since cameras store rotated photos.
    """
    if kind == "img":
        read = read_size(head)
        sides = (declared.width, declared.height)
        return MediaInfo(
            *(sides if read is None or sorted(read) == sorted(side or 0 for side in sides) else read)
        )
    if kind == "video":
        return declared
    return MediaInfo(duration=declared.duration) if kind == "audio" else MediaInfo()


def read_size(head: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG, GIF, JPEG or WebP, if these first bytes contain them."""
    try:
        size = _read_size(head)
    except (struct.error, IndexError):
        return None
    return size if size and all(0 < side <= MAX_SIDE for side in size) else None


def _read_size(head: bytes) -> tuple[int, int] | None:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return struct.unpack(">II", head[16:24])
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return struct.unpack("<HH", head[6:10])
    if head.startswith(b"\xff\xd8"):
        return _jpeg_size(head)
    return _webp_size(head) if head[8:15] == b"WEBPVP8" else None


def _jpeg_size(head: bytes) -> tuple[int, int] | None:
    at = 2
    while at < len(head):
        length: int = struct.unpack(">H", head[at + 2 : at + 4])[0]
        if head[at + 1] in JPEG_FRAMES:
            height, width = struct.unpack(">HH", head[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None


def _webp_size(head: bytes) -> tuple[int, int]:
    if head[15:16] == b"X":
        return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
    if head[15:16] == b"L":
        bits: int = struct.unpack("<I", head[21:25])[0]
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack("<HH", head[26:30])
    return width & 0x3FFF, height & 0x3FFF
