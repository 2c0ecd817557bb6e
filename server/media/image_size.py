"""How large pictures are and how long recordings run: read from a file's beginning, or told by whoever sends it."""

import struct
from typing import Any, NamedTuple

import orjson

# So many bytes from the beginning are kept for it: a photo has its size behind what the camera wrote into it.
SIZE_BYTES = 64 * 1024
MAX_SIDE = 32_767
MAX_SECONDS = 24 * 3600
DECLARED = ("width", "height", "duration")
# Frames begin with these; C4, C8 and CC are tables.
JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


class DeclaredError(ValueError):
    """What was told of the files cannot be: the sentence says how it should be."""


class MediaInfo(NamedTuple):
    """What is known; None where nothing is."""

    width: int | None = None
    height: int | None = None
    duration: int | None = None


def read_declared(text: str, files: int) -> list[MediaInfo]:
    """What a sender tells of their files: a JSON list with an object for each; raises ClaimError."""
    try:
        told = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise DeclaredError("Must be a JSON list.") from error
    if not isinstance(told, list) or len(told) != files:
        raise DeclaredError("Must be a list with one object for each file, in order.")
    return [_declared(item) for item in told]


def _declared(item: object) -> MediaInfo:
    if not isinstance(item, dict) or not set(item) <= set(DECLARED):
        raise DeclaredError("Each may have width, height and duration.")
    width, height = (_number(item.get(name), 1, MAX_SIDE) for name in ("width", "height"))
    duration = _number(item.get("duration"), 0, MAX_SECONDS)
    return (
        MediaInfo(duration=duration)
        if width is None or height is None
        else MediaInfo(width, height, duration)
    )


def _number(value: Any, least: int, most: int) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise DeclaredError(f"Numbers go from {least} to {most}.")
    return round(value)


def media_info_of(kind: str, head: bytes, claim: MediaInfo) -> MediaInfo:
    """The shape of a file of UniPile's kind. A claim about a picture is believed as far as its bytes allow: a camera's
    photo may lie on its side.
    """
    if kind == "img":
        read = read_size(head)
        told = (claim.width, claim.height)
        return MediaInfo(
            *(told if read is None or sorted(read) == sorted(side or 0 for side in told) else read)
        )
    if kind == "video":
        return claim
    return MediaInfo(duration=claim.duration) if kind == "audio" else MediaInfo()


def read_size(head: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG, GIF, JPEG or WebP, when they stand in these first bytes."""
    try:
        size = _size(head)
    except (struct.error, IndexError):
        return None
    return size if size and all(0 < side <= MAX_SIDE for side in size) else None


def _size(head: bytes) -> tuple[int, int] | None:
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
