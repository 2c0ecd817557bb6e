"""Draws pictures that customers send: a landscape as PNG bytes, deterministic for each dice."""

import math
import random
import struct
import zlib
from colorsys import hls_to_rgb

SIZES = ((320, 240), (240, 320), (288, 288))


def draw_landscape(dice: random.Random) -> bytes:
    """Draw hills under a sky; size and colours are drawn from the dice."""
    width, height = dice.choice(SIZES)
    sky, ground = dice.random(), dice.random()
    far, near = (_hills(dice, width, height * part) for part in (0.55, 0.75))
    colours = _colour(ground, 0.55, 0.35), _colour(ground, 0.38, 0.45)
    rows = b"".join(_row(y, height, sky, (far, near), colours) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _hills(dice: random.Random, width: int, middle: float) -> list[float]:
    """The height of the ridge at each column."""
    waves = [(dice.uniform(0.5, 3), dice.uniform(0, 6.3), middle / dice.uniform(6, 14)) for _ in range(2)]
    return [
        middle + sum(size * math.sin(6.3 * turns * x / width + start) for turns, start, size in waves)
        for x in range(width)
    ]


def _row(
    y: int,
    height: int,
    sky: float,
    ridges: tuple[list[float], list[float]],
    colours: tuple[bytes, bytes],
) -> bytes:
    above = _colour(sky, 0.62 + 0.3 * y / height, 0.6)
    far, near = colours
    return b"\0" + b"".join(
        near if y > low else far if y > high else above for high, low in zip(*ridges, strict=True)
    )


def _colour(turn: float, lightness: float, saturation: float) -> bytes:
    return bytes(round(255 * part) for part in hls_to_rgb(turn, lightness, saturation))


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
