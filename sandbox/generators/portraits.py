"""Draws contacts' profile pictures: PNG bytes, deterministic for each seed."""

import struct
import zlib
from colorsys import hls_to_rgb
from functools import lru_cache
from hashlib import sha256

SIDE = 96
# Head and shoulders, as fractions of the side length.
HEAD_X, HEAD_Y, HEAD_RADIUS = 0.5, 0.4, 0.2
BODY_Y, BODY_RADIUS = 1.05, 0.42


@lru_cache(maxsize=512)
def draw_portrait(seed: str) -> bytes:
    """Draw a figure on a background, with both colours derived from the seed."""
    digest = sha256(seed.encode()).digest()
    ground, figure = _colour(digest[0], 0.62, 0.45), _colour(digest[1], 0.9, 0.5)
    rows = (bytes([0]) + b"".join(_pixel(x, y, ground, figure) for x in range(SIDE)) for y in range(SIDE))
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    packed = zlib.compress(b"".join(rows), 9)
    chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _pixel(x: int, y: int, ground: bytes, figure: bytes) -> bytes:
    across, down = (x + 0.5) / SIDE, (y + 0.5) / SIDE
    is_head = (across - HEAD_X) ** 2 + (down - HEAD_Y) ** 2 < HEAD_RADIUS**2
    is_body = (across - HEAD_X) ** 2 + (down - BODY_Y) ** 2 < BODY_RADIUS**2
    return figure if is_head or is_body else ground


def _colour(turn: int, lightness: float, saturation: float) -> bytes:
    return bytes(round(255 * part) for part in hls_to_rgb(turn / 256, lightness, saturation))


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
