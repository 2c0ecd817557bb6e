"""An imitation of S3: the part of it that the storage of media and backups uses."""

import re
from datetime import UTC, datetime
from urllib.parse import unquote
from xml.sax.saxutils import escape

from aiohttp import web

from tests.support.uploads import Uploads, in_xml

WRITTEN_AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Bucket:
    """Put, get, head, list, copy, delete and multipart uploads, in the bucket `inbox`."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.signed: list[str] = []
        self.uploads = Uploads()

    def app(self) -> web.Application:
        app = web.Application(client_max_size=65 * 1024 * 1024)
        app.router.add_route("*", "/{path:.*}", self._answer)
        return app

    async def _answer(self, request: web.Request) -> web.Response:
        self.signed.append(request.headers.get("Authorization", ""))
        path = request.match_info["path"]
        if path.partition("/")[0] != "inbox":
            return web.Response(status=404, text="<Error><Code>NoSuchBucket</Code></Error>")
        if "list-type" in request.query:
            return self._list(request.query.get("prefix", ""), request.query.get("delimiter"))
        if "uploads" in request.query or "uploadId" in request.query:
            return await self._upload(request, path)
        if request.method == "PUT":
            source = request.headers.get("x-amz-copy-source")
            body = self.objects[unquote(source).lstrip("/")] if source else await request.read()
            self.objects[path] = body
            copied = "<CopyObjectResult><ETag>x</ETag></CopyObjectResult>" if source else ""
            return web.Response(text=copied, headers={"ETag": '"x"'}, content_type="application/xml")
        if request.method == "POST" and "delete" in request.query:
            return self._delete(re.findall("<Key>(.*?)</Key>", await request.text()), path)
        if path not in self.objects:
            return web.Response(status=404)
        return self._read(request, self.objects[path])

    async def _upload(self, request: web.Request, path: str) -> web.Response:
        if "uploads" in request.query:
            return self.uploads.begin()
        if request.method == "PUT":
            return await self.uploads.take(request)
        if request.method == "DELETE":
            return self.uploads.abort(request.query)
        whole = await self.uploads.complete(request)
        if isinstance(whole, web.Response):
            return whole
        self.objects[path] = whole
        return in_xml("<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>")

    def _list(self, prefix: str, delimiter: str | None) -> web.Response:
        keys = [path.partition("/")[2] for path in sorted(self.objects)]
        found, folders = [], set[str]()
        for key in (key for key in keys if key.startswith(prefix)):
            head, cut, _ = key[len(prefix) :].partition(delimiter or "\n")
            if cut:
                folders.add(prefix + head + cut)
            else:
                size = len(self.objects[f"inbox/{key}"])
                found.append(
                    f"<Contents><Key>{escape(key)}</Key><Size>{size}</Size><ETag>x</ETag>"
                    f"<LastModified>{WRITTEN_AT:%Y-%m-%dT%H:%M:%S}.000Z</LastModified></Contents>"
                )
        common = "".join(
            f"<CommonPrefixes><Prefix>{each}</Prefix></CommonPrefixes>" for each in sorted(folders)
        )
        text = (
            f"<ListBucketResult><IsTruncated>false</IsTruncated>{''.join(found)}{common}</ListBucketResult>"
        )
        return web.Response(text=text, content_type="application/xml")

    def _delete(self, keys: list[str], bucket: str) -> web.Response:
        for key in keys:
            self.objects.pop(f"{bucket}/{key}", None)
        deleted = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
        return web.Response(text=f"<DeleteResult>{deleted}</DeleteResult>", content_type="application/xml")

    def _read(self, request: web.Request, data: bytes) -> web.Response:
        headers = {"ETag": '"x"', "Last-Modified": "Mon, 02 Mar 2026 09:00:00 GMT"}
        asked = request.http_range
        if asked.start is not None:
            stop = min(asked.stop or len(data), len(data))
            headers["Content-Range"] = f"bytes {asked.start}-{stop - 1}/{len(data)}"
            return web.Response(status=206, body=data[asked.start : stop], headers=headers)
        return web.Response(body=data, headers=headers)
