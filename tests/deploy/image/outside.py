"""What is outside of the containers: UniPile, the published ports, and a client that comes through them."""

import asyncio
import http.client
import json
import socket
import ssl
import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from aiohttp import web

from sandbox.app import create_sandbox
from sandbox.settings import SandboxSettings
from tests.deploy.image.machine import GATEWAY

UNIPILE_PORT = 4000


class Answer(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    text: str

    def json(self) -> Any:
        return json.loads(self.text)


class Outside(threading.Thread):
    """Serves the sandbox at the machine's address of the containers' network, and the ports of one container."""

    def __init__(self, key: str, address: str, ports: Sequence[tuple[int, int]]) -> None:
        super().__init__(daemon=True)
        self._key, self._address, self._ports = key, address, ports
        self.is_up = threading.Event()

    def run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        runner = web.AppRunner(create_sandbox(SandboxSettings(api_key=self._key)), access_log=None)
        await runner.setup()
        await web.TCPSite(runner, GATEWAY, UNIPILE_PORT).start()
        for outer, inner in self._ports:
            await asyncio.start_server(partial(self._forward, inner), "0.0.0.0", outer)
        self.is_up.set()
        await asyncio.Event().wait()

    async def _forward(self, port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """As the engine's own proxy does for published ports."""
        theirs, ours = await asyncio.open_connection(self._address, port)
        await asyncio.gather(pump(reader, ours), pump(theirs, writer))


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


class Client:
    """Asks the published ports of this machine, and verifies the certificate for the host."""

    def __init__(self, host: str, certificate: Path) -> None:
        self.host = host
        self._context = ssl.create_default_context(cafile=str(certificate))

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        connection = http.client.HTTPSConnection(self.host, timeout=60)
        plain = socket.create_connection(("127.0.0.1", 443), 60)
        connection.sock = self._context.wrap_socket(plain, server_hostname=self.host)
        return self._answer(connection, method, path, body, headers)

    def ask_plainly(self, path: str) -> Answer:
        connection = http.client.HTTPConnection(self.host, timeout=60)
        connection.sock = socket.create_connection(("127.0.0.1", 80), 60)
        return self._answer(connection, "GET", path, None, {})

    def _answer(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        path: str,
        body: Any,
        headers: dict[str, str],
    ) -> Answer:
        text = None if body is None else json.dumps(body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, text, {"Content-Type": "application/json", **named})
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read().decode())
        connection.close()
        return answer
