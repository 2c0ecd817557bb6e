"""Small files of many types, and the form data a browser sends."""

import base64
import io
import struct
import zlib
from typing import Any

import aiohttp

from tests.support.fixtures_stack import Stack
from tests.support.peers import Answer, Peer


def png(shade: int = 0) -> bytes:
    """A picture of one pixel; each shade is a different file."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixel = zlib.compress(bytes([0, shade % 256]))
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"tEXt", b"n\x00%d" % shade)
        + chunk(b"IDAT", pixel)
        + chunk(b"IEND", b"")
    )


OPUS = b"OggS\x00\x02" + b"\x00" * 20 + b"\x01\x13OpusHead\x01\x01" + b"\x00" * 400
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
PDF = b"%PDF-1.7\n%%EOF\n"

File = tuple[str, bytes, str]  # name, bytes, declared type


def enclosed(name: str, data: bytes, mimetype: str, **more: Any) -> dict[str, Any]:
    """An attachment as the sandbox's contacts send it."""
    return {"name": name, "mimetype": mimetype, "data": base64.b64encode(data).decode()} | more


def form(*files: File, field: str = "attachments", **fields: str) -> aiohttp.FormData:
    data = aiohttp.FormData(default_to_multipart=True, quote_fields=False)
    for name, value in fields.items():
        data.add_field(name, value)
    for file_name, content, mimetype in files:
        data.add_field(field, io.BytesIO(content), filename=file_name, content_type=mimetype)
    return data


async def post(peer: Peer, path: str, data: aiohttp.FormData) -> Answer:
    return await peer.call("POST", path, data=data)


async def receive(
    stack: Stack, agent: Peer, account_id: int, *files: dict[str, Any], **more: Any
) -> dict[str, Any]:
    """A contact sends files; returns the message once all of them are copied."""
    socket = await agent.listen()
    written = await stack.write("acc-1", more.pop("text", ""), attachments=list(files), **more)
    (frame,) = await socket.wait_for(
        lambda f: (
            f.get("event", "").startswith("message:")
            and f["data"]["provider_msg_id"] == written["message_id"]
            and all(item["state"] != "waiting" for item in f["data"]["attachments"])
        )
    )
    await socket.close()
    message: dict[str, Any] = frame["data"]
    return message


def file_path(message: dict[str, Any], index: int = 0) -> str:
    """The URL path of an attachment's bytes."""
    root = f"/api/channels/whatsapp/{message['account_id']}/chats/{message['chat_id']}"
    return f"{root}/messages/{message['id']}/attachments/{message['attachments'][index]['id']}"
