"""Redis over TLS: certificates are checked as REDIS_URL asks, and mismatches are named."""

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
import trustme

from tests.faults.gates import Gate
from tests.server.redis.test_client import at_port, complaint
from tests.support.services import Services


class Certificates:
    """An untrusted CA and its certificates."""

    def __init__(self, folder: Path) -> None:
        self.authority = trustme.CA()
        self.file = folder / "ca.pem"
        self.authority.cert_pem.write_to_path(self.file)
        self.mine = folder / "client.pem"
        self.authority.issue_cert("confab").private_key_and_cert_chain_pem.write_to_path(self.mine)

    def server(self, name: str, *, asks_for_client: bool = False) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(name).configure_cert(context)
        if asks_for_client:
            context.verify_mode = ssl.CERT_REQUIRED
            self.authority.configure_trust(context)
        return context


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"))


@asynccontextmanager
async def speaking_tls(services: Services, context: ssl.SSLContext) -> AsyncIterator[str]:
    gate = await Gate(services.valkey.port).open(context)
    try:
        yield at_port(services.redis_url, gate.port).replace("redis://", "rediss://")
    finally:
        await gate.close()


@pytest.mark.parametrize(
    ("name", "query", "settings", "said"),
    [
        # Heroku's: an untrusted chain with a different name in it.
        ("ec2-1-2-3-4.example", "", {}, "has a certificate that no trusted authority signed"),
        ("ec2-1-2-3-4.example", "?ssl_cert_reqs=none", {}, ""),
        ("ec2-1-2-3-4.example", "", {"ssl_cert_reqs": "none"}, ""),
        ("ec2-1-2-3-4.example", "?ssl_cert_reqs=required", {"ssl_cert_reqs": "none"}, "no trusted authority"),
        ("ec2-1-2-3-4.example", "?ssl_ca_certs={ca}", {}, ""),
        ("ec2-1-2-3-4.example", "?ssl_ca_data={pem}", {}, ""),
        ("ec2-1-2-3-4.example", "?ssl_ca_certs={ca}&ssl_check_hostname=true", {}, "certificate for another name"),
        ("127.0.0.1", "?ssl_ca_certs={ca}&ssl_check_hostname=true", {}, ""),
        ("127.0.0.1", "?ssl_ca_certs={ca}&ssl_certfile={mine}&ssl_check_hostname=yes", {}, ""),
    ],
)  # fmt: skip
async def test_redis_over_tls_checks_what_the_url_requires(
    services: Services,
    certificates: Certificates,
    name: str,
    query: str,
    settings: Mapping[str, str],
    said: str,
) -> None:
    pem = quote(certificates.authority.cert_pem.bytes().decode())
    given = query.format(ca=certificates.file, pem=pem, mine=certificates.mine)
    async with speaking_tls(services, certificates.server(name)) as url:
        found = await complaint(url + given, **settings)
    assert said in found
    assert bool(found) == bool(said)


async def test_the_client_certificate_is_sent_on_request(
    services: Services, certificates: Certificates
) -> None:
    async with speaking_tls(services, certificates.server("127.0.0.1", asks_for_client=True)) as url:
        given = f"{url}?ssl_ca_certs={certificates.file}"
        assert await complaint(f"{given}&ssl_certfile={certificates.mine}") == ""
        assert "if it requires a client certificate" in await complaint(given)


async def test_mismatches_of_tls_and_plain_are_distinguished(
    services: Services, certificates: Certificates
) -> None:
    plain = services.redis_url
    assert "begin REDIS_URL with redis://" in await complaint(plain.replace("redis://", "rediss://"))
    async with speaking_tls(services, certificates.server("127.0.0.1")) as url:
        assert "begin REDIS_URL with rediss://" in await complaint(url.replace("rediss://", "redis://"))
