"""Media types: detection by the first bytes, which types may be shown inline, and safe file names.

The table of signatures is short on purpose. It lists what a browser may show inline; every other type is a download. A
library that knows hundreds of types would have to be reduced to this list, and none of them looks into Ogg or MP4
containers, which is how a voice note is told from a video.
"""

import re
import unicodedata
from urllib.parse import quote

from server.text.graphemes import cut

UNKNOWN_TYPE = "application/octet-stream"
# How many of the first bytes are examined.
HEAD_BYTES = 512
MAX_NAME_LENGTH = 200
OGG_OPUS = "audio/ogg"
# (offset, bytes, type)
SIGNATURES = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBPVP8", "image/webp"),
    (8, b"WAVEfmt", "audio/wav"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"\xff\xf1", "audio/aac"),
    (0, b"\xff\xf9", "audio/aac"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
)
# ISO base media: the brand behind `ftyp`.
BRANDS = (
    (("M4A ", "M4B "), "audio/mp4"),
    (("3gp", "3g2"), "video/3gpp"),
    (("qt  ",), "video/quicktime"),
    (("heic", "heix", "mif1", "hevc"), "image/heic"),
    (("avif", "avis"), "image/avif"),
    (("isom", "iso", "mp4", "M4V", "avc1", "dash", "MSNV"), "video/mp4"),
)
AUDIO_VARIANTS = {"video/webm": "audio/webm", "video/mp4": "audio/mp4", "video/3gpp": "audio/3gpp"}
INLINE_TYPES = frozenset(
    {mimetype for _, _, mimetype in SIGNATURES} | {mimetype for _, mimetype in BRANDS}
) | {
    OGG_OPUS,
    "video/ogg",
    *AUDIO_VARIANTS.values(),
}


def sniff(head: bytes) -> str:
    """The type detected from the first bytes, or UNKNOWN_TYPE."""
    head = head[:HEAD_BYTES]
    if head[4:8] == b"ftyp":
        brand = head[8:12].decode("latin-1")
        return next((mimetype for brands, mimetype in BRANDS if brand.startswith(brands)), UNKNOWN_TYPE)
    if head.startswith(b"OggS"):
        return "video/ogg" if b"\x80theora" in head else OGG_OPUS
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" not in head[:64]:
        return UNKNOWN_TYPE  # Matroska other than WebM
    return next(
        (kind for at, bytes_, kind in SIGNATURES if head[at : at + len(bytes_)] == bytes_), UNKNOWN_TYPE
    )


def is_voice(head: bytes) -> bool:
    """Whether this is Opus in Ogg, the format of WhatsApp voice notes."""
    return head.startswith(b"OggS") and b"OpusHead" in head[:HEAD_BYTES]


def is_inline(mimetype: str) -> bool:
    """Whether a browser may show a file of this detected type inline; never a type that can contain scripts."""
    return mimetype in INLINE_TYPES


def attachment_type(mimetype: str) -> str:
    """UniPile's attachment type for this media type: img, video, audio or file."""
    family = mimetype.partition("/")[0]
    return {"image": "img", "video": "video", "audio": "audio"}.get(family, "file")


def declared_type(sniffed: str, declared: str | None) -> str:
    """The type to report: the detected one, or the declared one if it is never shown inline."""
    given = (declared or "").partition(";")[0].strip().lower()
    if sniffed in AUDIO_VARIANTS:
        # The first bytes of these containers do not show whether they contain video.
        return AUDIO_VARIANTS[sniffed] if given.startswith("audio/") else sniffed
    is_harmless = re.fullmatch(r"(application|text|model|font)/[\w.+-]{1,80}", given, re.ASCII)
    return given if sniffed == UNKNOWN_TYPE and is_harmless else sniffed


def safe_file_name(name: str | None) -> str:
    """The last part of a file name, without characters that could mislead a file system, a header or a reader."""
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    # Cc: line breaks; Cf: marks that change the writing direction and can disguise "exe.jpg" as "gpj.exe".
    safe = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    safe = safe.strip(" .")
    if len(safe) > MAX_NAME_LENGTH:
        stem, dot, suffix = safe.rpartition(".")
        suffix = dot + suffix if stem and len(suffix) <= 10 else ""
        safe = cut(safe, MAX_NAME_LENGTH - len(suffix)) + suffix
    return safe or "file"


def disposition(name: str | None, *, inline: bool) -> str:
    """Content-Disposition of RFC 6266: an ASCII name, and the full name for clients that support it."""
    safe = safe_file_name(name)
    plain = "".join(c if c.isascii() and c not in '"\\%' else "_" for c in safe)
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(safe, safe='')}"
