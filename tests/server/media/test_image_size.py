"""Sizes and durations of media: read from the bytes, or declared within bounds."""

import struct
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.media.image_size import DeclaredError, MediaInfo, media_info_of, read_declared, read_size
from tests.support.media_files import OPUS, png

GIF = b"GIF89a" + struct.pack("<HH", 300, 200) + b"\x00" * 10
FRAME = b"\xff\xc2\x00\x11\x08" + struct.pack(">HH", 480, 640) + b"\x03" + b"\x00" * 9
EXIF = b"\xff\xe1" + struct.pack(">H", 30_002) + b"\x00" * 30_000
JPEG = b"\xff\xd8" + EXIF + b"\xff\xc4\x00\x04\x00\x00" + FRAME
WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8"
LOSSY = WEBP + b" " + b"\x00" * 10 + struct.pack("<HH", 640, 480)
LOSSLESS = WEBP + b"L" + b"\x00" * 4 + b"\x2f" + struct.pack("<I", (639) | (479 << 14))
EXTENDED = WEBP + b"X" + b"\x00" * 8 + (639).to_bytes(3, "little") + (479).to_bytes(3, "little")


@pytest.mark.parametrize(
    ("head", "size"),
    [
        (png(), (1, 1)),
        (GIF, (300, 200)),
        (JPEG, (640, 480)),
        (LOSSY, (640, 480)),
        (LOSSLESS, (640, 480)),
        (EXTENDED, (640, 480)),
        (JPEG[:1000], None),
        (png()[:20], None),
        (b"GIF89a" + b"\x00" * 10, None),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 8 + struct.pack(">II", 40_000, 1), None),
        (OPUS, None),
        (b"", None),
    ],
)
def test_the_size_is_read_from_the_first_bytes(head: bytes, size: tuple[int, int] | None) -> None:
    assert read_size(head) == size


@given(st.binary(max_size=200), st.sampled_from([b"", b"\xff\xd8\xff\xe0", b"GIF89a", WEBP, png()[:16]]))
def test_any_bytes_have_a_size_or_none(data: bytes, beginning: bytes) -> None:
    size = read_size(beginning + data)
    assert size is None or all(0 < side <= 32_767 for side in size)


def declare(*declared: Any) -> list[MediaInfo]:
    return read_declared(orjson.dumps(declared).decode(), len(declared))


def test_declared_sizes_are_rounded_and_need_both_sides() -> None:
    assert declare({"width": 640, "height": 480.4}, {"duration": 3.6}, {"width": 3}, {}) == [
        MediaInfo(640, 480),
        MediaInfo(duration=4),
        MediaInfo(),
        MediaInfo(),
    ]


@pytest.mark.parametrize(
    "declared",
    ["", "{}", "[]", "[1]", "[{}, {}]", '[{"colour": 1}]', '[{"width": "3"}]', "[null]", "[" * 9000],
)
def test_malformed_media_info_is_rejected(declared: str) -> None:
    with pytest.raises(DeclaredError):
        read_declared(declared, 1)


@pytest.mark.parametrize(
    "properties", [{"width": 0}, {"height": 32_768}, {"duration": -1}, {"duration": 1e9}, {"width": True}]
)
def test_impossible_sizes_are_rejected(properties: dict[str, Any]) -> None:
    with pytest.raises(DeclaredError):
        declare(properties)


def test_the_bytes_of_a_picture_override_its_declared_size() -> None:
    assert media_info_of("img", JPEG, MediaInfo()) == MediaInfo(640, 480)
    assert media_info_of("img", JPEG, MediaInfo(480, 640)) == MediaInfo(480, 640)  # rotated by 90 degrees
    assert media_info_of("img", JPEG, MediaInfo(9, 9, 5)) == MediaInfo(640, 480)
    assert media_info_of("img", b"\x00\x00\x00\x20ftypheic", MediaInfo(9, 9)) == MediaInfo(9, 9)
    assert media_info_of("video", b"", MediaInfo(1920, 1080, 12)) == MediaInfo(1920, 1080, 12)
    assert media_info_of("audio", b"", MediaInfo(1, 1, 12)) == MediaInfo(duration=12)
    assert media_info_of("file", JPEG, MediaInfo(1, 1, 12)) == MediaInfo()
