"""A push service that decrypts what it gets with the browser's keys, and checks who sent it."""

import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import http_ece
import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from server.config import Config
from server.config.webpush import make_private_key
from tests.support.fixtures_stack import serving
from tests.support.peers import Peer
from tests.support.ports import free_port

PLAIN_TEXT, SUBJECT = "aes128gcm", "mailto:ops@x.example"


def in_base64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Browser:
    """A browser's subscription, with its private half."""

    endpoint: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: os.urandom(16))

    def body(self, name: str = "Firefox on Linux") -> dict[str, Any]:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": in_base64(point), "auth": in_base64(self.auth)}
        return {"endpoint": self.endpoint, "keys": keys, "name": name}


@dataclass
class Pushed:
    """One notification as the push service got it and the browser reads it."""

    browser: str
    shown: dict[str, Any]
    headers: dict[str, str]


@dataclass
class PushService:
    """Accepts notifications, or answers with the next of `answers`."""

    port: int
    pushed: list[Pushed] = field(default_factory=list)
    asked: int = 0
    answers: list[web.Response] = field(default_factory=list)
    browsers: dict[str, Browser] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def browser(self, name: str) -> Browser:
        return self.browsers.setdefault(name, Browser(f"{self.url}/push/{name}"))

    async def subscribe(self, peer: Peer, name: str) -> int:
        """Turn web push on in a browser of the user; returns the device's id."""
        made = await peer.ok("POST", "/api/me/devices", self.browser(name).body())
        return int(made["device"]["id"])

    async def receive(self, request: web.Request) -> web.Response:
        self.asked += 1
        if self.answers:
            return self.answers.pop(0)
        name, body = request.match_info["name"], await request.read()
        self._verify(request.headers["Authorization"])
        assert len(body) <= 4096
        assert request.headers["Content-Encoding"] == PLAIN_TEXT
        browser = self.browsers[name]
        plain = http_ece.decrypt(body, private_key=browser.key, auth_secret=browser.auth, version=PLAIN_TEXT)
        self.pushed.append(Pushed(name, json.loads(plain), dict(request.headers)))
        return web.Response(status=201)

    def _verify(self, authorization: str) -> None:
        """RFC 8292: the token is for this service, and signed with the key that it names."""
        scheme, _, rest = authorization.partition(" ")
        assert scheme == "vapid"
        parts = dict(part.strip().split("=", 1) for part in rest.split(","))
        point = urlsafe_b64decode(parts["k"] + "=" * (-len(parts["k"]) % 4))
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        claims = jwt.decode(parts["t"], key, algorithms=["ES256"], audience=self.url)
        assert claims["sub"] == SUBJECT


def pushing(config: Config) -> Config:
    """With web push on, also to a service on this machine."""
    webpush = replace(config.webpush, private_key=make_private_key(), subject=SUBJECT, private_endpoints=True)
    return replace(config, webpush=webpush)


@asynccontextmanager
async def push_service() -> AsyncIterator[PushService]:
    """Runs the push service until the block ends."""
    service = PushService(free_port())
    app = web.Application()
    app.router.add_post("/push/{name}", service.receive)
    async with serving(app, service.port):
        yield service
