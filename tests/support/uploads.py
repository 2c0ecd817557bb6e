"""Multipart uploads of an imitated bucket, with the rules of S3: numbers, sizes, digests, and what is left behind."""

import re
from collections.abc import Mapping
from hashlib import sha256

from aiohttp import web

MIN_PART_BYTES, MAX_PARTS = 5 * 1024 * 1024, 10_000
LISTED = re.compile(r"<Part>.*?</Part>", re.DOTALL)


def refuse(code: str, status: int = 400) -> web.Response:
    return web.Response(
        status=status, text=f"<Error><Code>{code}</Code></Error>", content_type="application/xml"
    )


def in_xml(text: str) -> web.Response:
    return web.Response(text=text, content_type="application/xml")


class Uploads:
    """Those that were begun and neither completed nor aborted; `failing` has the answers to the next tries of parts."""

    def __init__(self) -> None:
        self.parts: dict[str, dict[int, bytes]] = {}
        self.sizes: list[int] = []
        self.failing: list[int] = []
        self._begun = 0

    def begin(self) -> web.Response:
        self._begun += 1
        upload = f"upload-{self._begun}"
        self.parts[upload] = {}
        return in_xml(
            f"<InitiateMultipartUploadResult><UploadId>{upload}</UploadId></InitiateMultipartUploadResult>"
        )

    async def take(self, request: web.Request) -> web.Response:
        """A part, in any order; one that comes twice counts once."""
        body = await request.read()
        if self.failing:
            return refuse("SlowDown", self.failing.pop(0))
        upload, number = request.query["uploadId"], int(request.query["partNumber"])
        if upload not in self.parts:
            return refuse("NoSuchUpload", 404)
        if not 1 <= number <= MAX_PARTS:
            return refuse("InvalidArgument")
        digest = sha256(body).hexdigest()
        if request.headers["x-amz-content-sha256"] != digest:
            return refuse("XAmzContentSHA256Mismatch")
        self.parts[upload][number] = body
        self.sizes.append(len(body))
        return web.Response(headers={"ETag": f'"{digest}"'})

    async def complete(self, request: web.Request) -> web.Response | bytes:
        """The object: the listed parts in their order, of which only the last may be small."""
        upload = request.query["uploadId"]
        stored = self.parts.get(upload)
        if stored is None:
            return refuse("NoSuchUpload", 404)
        listed = [_listed(part) for part in LISTED.findall(await request.text())]
        numbers = [number for number, _ in listed]
        if numbers != sorted(set(numbers)):
            return refuse("InvalidPartOrder")
        if any(number not in stored or sha256(stored[number]).hexdigest() != tag for number, tag in listed):
            return refuse("InvalidPart")
        if any(len(stored[number]) < MIN_PART_BYTES for number in numbers[:-1]):
            return refuse("EntityTooSmall")
        del self.parts[upload]
        return b"".join(stored[number] for number in numbers)

    def abort(self, query: Mapping[str, str]) -> web.Response:
        if self.parts.pop(query["uploadId"], None) is None:
            return refuse("NoSuchUpload", 404)
        return web.Response(status=204)


def _listed(part: str) -> tuple[int, str]:
    number, tag = re.search(r"<PartNumber>(\d+)<", part), re.search(r"<ETag>(?:&quot;|\")?(\w+)", part)
    assert number is not None
    assert tag is not None
    return int(number[1]), tag[1]
