"""File names of all kinds reach UniPile unchanged, however its parser reads forms, and break nothing."""

import re
from collections.abc import AsyncIterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from urllib.parse import unquote

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from sandbox.web.forms import Form, read_form
from server.unipile.outgoing_file import OutgoingFile, part_disposition
from tests.server.unipile.test_client import client_of

NAMES = [
    "offer.pdf",
    "Angebot für Bia.pdf",
    "فاتورة ٣.pdf",
    "見積書.xlsx",
    "Ana’s “quote” 📎.docx",
    'a "quoted" name.txt',
    "back\\slash.txt",
    "100% & 5; name=evil.txt",
    "100%22.txt",
    "é in two letters: e\u0301.txt",
]
HOSTILE = [
    ('a\r\nX-Evil: 1\r\n\r\nbody".txt', 'aX-Evil: 1body".txt'),
    ("a\nb.txt", "ab.txt"),
    ("tab\there.txt", "tabhere.txt"),
    ("nul\x00.txt", "nul.txt"),
    ("line\u2028separator.txt", "lineseparator.txt"),
    ("lone \ud800 surrogate.txt", "lone  surrogate.txt"),
    ("\r\n", "file"),
]


def outgoing(name: str) -> OutgoingFile:
    async def read() -> AsyncIterator[bytes]:
        async def chunks() -> AsyncIterator[bytes]:
            yield b"bytes"

        return chunks()

    return OutgoingFile(name, "text/plain", 5, is_voice=False, open=read)


def parse_strictly(body: bytes, content_type: str) -> list[EmailMessage]:
    """The standard library's parser: RFC 2183 with RFC 2231, which reports defects."""
    whole = BytesParser(policy=policy.HTTP).parsebytes(
        b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body
    )
    assert whole.defects == []
    return [part for part in whole.iter_parts() if isinstance(part, EmailMessage)]


def read_as_latin_1(header: bytes) -> str:
    """As busboy reads by default: `filename*` first, else the plain one in Latin-1."""
    text = header.decode("latin-1")
    if found := re.search(r"filename\*=UTF-8''([^;\s]+)", text):
        return unquote(found[1])
    plain = re.search(r'filename="([^"]*)"', text)
    assert plain is not None
    return plain[1]


def read_plain(header: bytes) -> str:
    """As a parser that only knows the plain name, in UTF-8."""
    (plain,) = re.findall(r'; filename="([^"\\]*)"', header.decode())
    return str(plain)


async def send(name: str) -> tuple[Form, bytes, str]:
    """The received name, as parsed by the sandbox and raw."""
    forms: list[Form] = []
    bodies: list[tuple[bytes, str]] = []

    async def take(request: web.Request) -> web.Response:
        if forms:
            bodies.append((await request.read(), request.headers["Content-Type"]))
        else:
            forms.append(await read_form(request))
        return web.json_response({"message_id": "m-1"})

    async with client_of(take) as client:
        for _ in range(2):
            await client.send_message("acc-1", "chat-1", "Oi", file=outgoing(name))
    return forms[0], *bodies[0]


@pytest.mark.parametrize(("name", "wanted"), [*((name, name) for name in NAMES), *HOSTILE])
async def test_file_names_reach_unipile_unchanged(name: str, wanted: str) -> None:
    form, raw, content_type = await send(name)
    (upload,) = form.uploads
    assert (upload.field_name, upload.file_name, upload.body) == ("attachments", wanted, b"bytes")
    assert form.fields == {"account_id": ["acc-1"], "text": ["Oi"]}
    parts = parse_strictly(raw, content_type)
    assert len(parts) == 3
    assert {key.lower() for key in parts[2]} <= {"content-type", "content-disposition", "content-length"}
    (header,) = re.findall(rb"(?im)^content-disposition: ([^\r\n]*filename[^\r\n]*)\r$", raw)
    assert read_as_latin_1(header) == wanted
    assert read_plain(header) == wanted.replace('"', "'").replace("\\", "_")


def test_an_ascii_name_is_sent_once() -> None:
    assert part_disposition("attachments", "offer 2.pdf") == (
        'form-data; name="attachments"; filename="offer 2.pdf"'
    )


@given(st.text(st.characters(), max_size=60))
def test_no_name_breaks_out_of_its_header(name: str) -> None:
    header = part_disposition("attachments", name)
    header.encode()
    assert re.fullmatch(
        r'form-data; name="attachments"; filename="[^"\\\r\n\x00]+"(; filename\*=UTF-8\'\'[\w.~%-]+)?', header
    )
