"""File types by their first bytes: which are shown inline, and which never are."""

import pytest

from server.media.types import UNKNOWN_TYPE, attachment_type, declared_type, is_inline, is_voice, sniff
from tests.support.media_files import HTML, OPUS, PDF, SVG, png


@pytest.mark.parametrize(
    ("head", "mimetype"),
    [
        (png(), "image/png"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav"),
        (OPUS, "audio/ogg"),
        (b"OggS\x00\x02" + b"\x00" * 22 + b"\x80theora", "video/ogg"),
        (b"ID3\x04", "audio/mpeg"),
        (b"#!AMR\n", "audio/amr"),
        (b"\x00\x00\x00\x20ftypM4A ", "audio/mp4"),
        (b"\x00\x00\x00\x20ftypisom", "video/mp4"),
        (b"\x00\x00\x00\x20ftyp3gp4", "video/3gpp"),
        (b"\x00\x00\x00\x20ftypqt  ", "video/quicktime"),
        (b"\x1a\x45\xdf\xa3\x42\x82\x84webm", "video/webm"),
        (PDF, "application/pdf"),
    ],
)
def test_inline_types_are_recognised_by_their_bytes(head: bytes, mimetype: str) -> None:
    assert (sniff(head), is_inline(mimetype)) == (mimetype, True)


@pytest.mark.parametrize(
    "head",
    [
        SVG,
        HTML,
        b"",
        b"OK",
        b"PK\x03\x04",
        b"<?xml version='1.0'?><svg/>",
        b"\x1a\x45\xdf\xa3matroska",
        b"\x00" * 64,
    ],
)
@pytest.mark.parametrize(
    "declared", ["image/svg+xml", "image/png", "text/html", "application/xhtml+xml", None, "x" * 300]
)
def test_other_types_are_never_shown_inline(head: bytes, declared: str | None) -> None:
    assert sniff(head) == UNKNOWN_TYPE
    assert not is_inline(declared_type(UNKNOWN_TYPE, declared))
    assert attachment_type(declared_type(UNKNOWN_TYPE, declared)) == "file"


def test_a_harmless_declared_type_is_used_for_unknown_bytes() -> None:
    assert declared_type(UNKNOWN_TYPE, "application/zip; x=1") == "application/zip"
    assert declared_type("image/png", "text/html") == "image/png"
    assert declared_type("video/webm", "audio/webm;codecs=opus") == "audio/webm"


def test_only_opus_in_ogg_is_a_voice_note() -> None:
    assert is_voice(OPUS)
    assert not is_voice(b"OggS" + b"\x00" * 24 + b"\x01vorbis")
    assert not is_voice(b"\x1a\x45\xdf\xa3webm OpusHead")
