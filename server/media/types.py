"""What media are: kinds read from the first bytes, what a browser may show in place, and names that are safe to say.

The table of beginnings is short on purpose. It is the list of what may be shown inside a browser, so everything it does
not know is a download; a library of hundreds of types would have to be cut down to it again, and the ones there are do
not look into an Ogg or MP4 container, which is what tells a voice note from a film.
"""

import re
import unicodedata
from urllib.parse import quote

from server.text.graphemes import cut

UNKNOWN_TYPE = "application/octet-stream"
# So many bytes from the beginning decide.
HEAD_BYTES = 512
MAX_NAME_LENGTH = 200
OGG_OPUS = "audio/ogg"
# (offset, bytes, type)
BEGINNINGS = (
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
SOUND_ALONE = {"video/webm": "audio/webm", "video/mp4": "audio/mp4", "video/3gpp": "audio/3gpp"}
INLINE_TYPES = frozenset(
    {mimetype for _, _, mimetype in BEGINNINGS} | {mimetype for _, mimetype in BRANDS}
) | {
    OGG_OPUS,
    "video/ogg",
    *SOUND_ALONE.values(),
}


def sniff(head: bytes) -> str:
    """The type that the first bytes show, or UNKNOWN_TYPE."""
    head = head[:HEAD_BYTES]
    if head[4:8] == b"ftyp":
        brand = head[8:12].decode("latin-1")
        return next((mimetype for brands, mimetype in BRANDS if brand.startswith(brands)), UNKNOWN_TYPE)
    if head.startswith(b"OggS"):
        return "video/ogg" if b"\x80theora" in head else OGG_OPUS
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" not in head[:64]:
        return UNKNOWN_TYPE  # Matroska at large
    return next((kind for at, mark, kind in BEGINNINGS if head[at : at + len(mark)] == mark), UNKNOWN_TYPE)


def is_voice(head: bytes) -> bool:
    """Whether this is Ogg with Opus inside, the one form of a WhatsApp voice note."""
    return head.startswith(b"OggS") and b"OpusHead" in head[:HEAD_BYTES]


def is_inline(mimetype: str) -> bool:
    """Whether a browser may show a file of this (sniffed) type in place; never one that can hold a script."""
    return mimetype in INLINE_TYPES


def attachment_type(mimetype: str) -> str:
    """UniPile's kind of a file of this type: img, video, audio or file."""
    family = mimetype.partition("/")[0]
    return {"image": "img", "video": "video", "audio": "audio"}.get(family, "file")


def declared_type(sniffed: str, declared: str | None) -> str:
    """The type to tell: what the bytes show; what somebody declared only where it cannot be shown in place."""
    given = (declared or "").partition(";")[0].strip().lower()
    if sniffed in SOUND_ALONE:
        # The first bytes of these containers do not say whether there are pictures in them.
        return SOUND_ALONE[sniffed] if given.startswith("audio/") else sniffed
    is_harmless = re.fullmatch(r"(application|text|model|font)/[\w.+-]{1,80}", given, re.ASCII)
    return given if sniffed == UNKNOWN_TYPE and is_harmless else sniffed


def safe_file_name(name: str | None) -> str:
    """The last part of a name, without what could steer a file system, a header or a reader's eye."""
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    # Cc: line breaks; Cf: marks that turn the direction of writing, which make "gpj.exe" of a name.
    kept = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    kept = kept.strip(" .")
    if len(kept) > MAX_NAME_LENGTH:
        stem, dot, suffix = kept.rpartition(".")
        suffix = dot + suffix if stem and len(suffix) <= 10 else ""
        kept = cut(kept, MAX_NAME_LENGTH - len(suffix)) + suffix
    return kept or "file"


def disposition(name: str | None, *, inline: bool) -> str:
    """Content-Disposition as RFC 6266 has it: a plain name for all, and the real one for those that read it."""
    safe = safe_file_name(name)
    plain = "".join(c if c.isascii() and c not in '"\\%' else "_" for c in safe)
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(safe, safe='')}"
