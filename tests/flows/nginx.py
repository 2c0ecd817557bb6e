"""Runs nginx with deploy/nginx.conf on ports of this machine; nothing but addresses and the certificate is replaced."""

import asyncio
import os
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from server.config import ROOT
from tests.support.peers import eventually
from tests.support.ports import free_port

CONFIGURATION = ROOT / "deploy" / "nginx.conf"
MAIN = """
daemon off;
{user}
pid {folder}/nginx.pid;
error_log stderr warn;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/confab.conf;
}}
"""


def make_certificate(folder: Path) -> None:
    """A key and a certificate for today and this machine."""
    kind = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=127.0.0.1 -days 1"
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    subprocess.run(["openssl", *kind.split(), *files], check=True, capture_output=True)  # noqa: S607


def rendered(text: str, ports: Sequence[int], folder: Path, plain: int, secure: int) -> str:
    """The configuration with this test's addresses; each thing to be replaced must be there."""
    changes = {
        "10.0.0.1:8080": f"127.0.0.1:{ports[0]}",
        "10.0.0.2:8080": f"127.0.0.1:{ports[1]}",
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl": f"listen 127.0.0.1:{secure} ssl",
        "/etc/ssl/inbox.example.com.pem": f"{folder}/cert.pem",
        "/etc/ssl/inbox.example.com.key": f"{folder}/key.pem",
    }
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    return text


@asynccontextmanager
async def running_nginx(
    binary: str, ports: Sequence[int], folder: Path, connections: int = 512
) -> AsyncIterator[tuple[str, str]]:
    """In front of these two ports; yields the https and the http address."""
    plain, secure = free_port(), free_port()
    make_certificate(folder)
    own = rendered(CONFIGURATION.read_text(), ports, folder, plain, secure)
    (folder / "confab.conf").write_text(own)
    # The test's folder is its user's alone: nginx's workers have to be the same one.
    user = "user root;" if os.getuid() == 0 else ""
    main = folder / "nginx.conf"
    events = f"events {{ worker_connections {connections}; }}"
    main.write_text(MAIN.format(folder=folder, user=user).replace("events {}", events))
    with (folder / "nginx.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(binary, "-c", main, stdout=log, stderr=log)

    async def listens() -> bool:
        assert process.returncode is None, (folder / "nginx.log").read_text()
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", secure)
        except OSError:
            return False
        writer.close()
        return True

    try:
        await eventually(listens)
        yield f"https://127.0.0.1:{secure}", f"http://127.0.0.1:{plain}"
    finally:
        process.terminate()
        await process.wait()
