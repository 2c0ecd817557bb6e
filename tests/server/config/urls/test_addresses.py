"""Addresses of the configuration are normalised to one spelling, or rejected."""

import pytest

from server.config.reader import ConfigError
from server.config.urls.addresses import asset_address, is_loopback, unipile_address, web_origin


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        ("https://inbox.example.com", "https://inbox.example.com"),
        ("https://inbox.example.com/", "https://inbox.example.com"),
        ("https://Inbox.Example.COM", "https://inbox.example.com"),
        ("HTTPS://inbox.example.com", "https://inbox.example.com"),
        ("https://inbox.example.com:443", "https://inbox.example.com"),
        ("http://inbox.example.com:80/", "http://inbox.example.com"),
        ("https://inbox.example.com:8443", "https://inbox.example.com:8443"),
        ("http://inbox.example.com:443", "http://inbox.example.com:443"),
        ("https://inbox.example.com:", "https://inbox.example.com"),
        ("https://inbox.example.com.", "https://inbox.example.com"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
        ("https://BÜCHER.example", "https://xn--bcher-kva.example"),
        ("https://ｉｎｂｏｘ.example", "https://inbox.example"),
        ("https://a_b.example", "https://a_b.example"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("http://[0:0:0:0:0:0:0:1]", "http://[::1]"),
        ("http://[2001:DB8::1]:80", "http://[2001:db8::1]"),
        ("http://localhost:8080", "http://localhost:8080"),
    ],
)
def test_an_origin_is_spelled_as_browsers_send_it(written: str, origin: str) -> None:
    assert web_origin("PUBLIC_URL", written) == origin


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("https://user:hunter2@inbox.example.com", "a user name or password"),
        ("https://hunter2@inbox.example.com", "a user name or password"),
        ("https://inbox.example.com/confab", "a path"),
        ("https://inbox.example.com/?x=hunter2", "a query"),
        ("https://inbox.example.com?", "a query"),
        ("https://inbox.example.com/#top", "a fragment"),
        ("https://inbox.example.com#", "a fragment"),
        ("https://inbox.example.com:0", "port 0"),
        ("https://inbox.example.com:99999", "must be an address like"),
        ("https://inbox.example.com:port", "must be an address like"),
        ("https://in box.example.com", "must be an address like"),
        ("https://inbox,example.com", "must be an address like"),
        ("https://inbox%2eexample.com", "must be an address like"),
        ("https://*.example.com", "must be an address like"),
        ("https://inbox..example.com", "must be an address like"),
        ("https://127.1", "must be an address like"),
        ("https://1.2.3.256", "must be an address like"),
        ("https://", "must be an address like"),
        ("https:inbox.example.com", "must be an address like"),
        ("//inbox.example.com", "must be an address like"),
        ("inbox.example.com", "must be an address like"),
        ("inbox.example.com:8080", "must be an address like"),
        ("ftp://inbox.example.com", "must be an address like"),
        ("https://[broken", "must be an address like"),
        ("null", "must be an address like"),
    ],
)
def test_an_invalid_origin_is_rejected_with_its_wrong_part(written: str, named: str) -> None:
    with pytest.raises(ConfigError) as caught:
        web_origin("PUBLIC_URL", written)
    assert str(caught.value).startswith("PUBLIC_URL must")
    assert named in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "is_local"),
    [
        ("http://127.0.0.1:4000", True),
        ("http://127.8.9.10", True),
        ("http://LOCALHOST", True),
        ("http://inbox.localhost:8080", True),
        ("http://[::1]:4000", True),
        ("http://127.0.0.1.example.com", False),
        ("http://localhost.example.com", False),
        ("http://10.0.0.1", False),
        ("http://0.0.0.0", False),
        (None, False),
    ],
)
def test_only_addresses_of_this_machine_are_loopback(address: str | None, is_local: bool) -> None:
    assert is_loopback(address) is is_local


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ("api1.unipile.com:13111", "https://api1.unipile.com:13111"),
        ("HTTPS://API1.unipile.com:13111/api/v1/", "https://api1.unipile.com:13111"),
        ("https://api1.unipile.com/?port=13111", "https://api1.unipile.com?port=13111"),
        ("https://api1.unipile.com:443/api/v1?port=13111", "https://api1.unipile.com?port=13111"),
        ("http://10.0.0.7/unipile", "http://10.0.0.7/unipile"),
    ],
)
def test_the_dsn_keeps_the_port_in_its_query(written: str, used: str) -> None:
    assert unipile_address(written) == used


@pytest.mark.parametrize(
    "written",
    ["https://api1?port=x", "https://api1?port=1&x=hunter2", "https://u:hunter2@api1", "https://api1#a"],
)
def test_an_unusable_dsn_is_rejected(written: str) -> None:
    with pytest.raises(ConfigError, match="UNIPILE_DSN") as caught:
        unipile_address(written)
    assert "hunter2" not in str(caught.value)


HERE = "https://inbox.example.com"


@pytest.mark.parametrize(
    ("written", "used"),
    [
        ("", ""),
        ("HTTPS://CDN.Example.com:443/", "https://cdn.example.com"),
        ("https://cdn.example.com/confab/v1.2/", "https://cdn.example.com/confab/v1.2"),
        ("https://cdn.example.com:8443/a_b-c", "https://cdn.example.com:8443/a_b-c"),
    ],
)
def test_asset_url_may_name_a_folder(written: str, used: str) -> None:
    assert asset_address("ASSET_URL", written, HERE) == used


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ("https://u:hunter2@cdn.example.com", "a user name or password"),
        ("https://cdn.example.com/?x=hunter2", "a query"),
        ("https://cdn.example.com/a#b", "a fragment"),
        ("cdn.example.com", "must be an address like"),
        ("ftp://cdn.example.com", "must be an address like"),
        ("https://[cdn", "must be an address like"),
        # They would end a source of the policy, or leave the folder.
        ("https://cdn.example.com/a;script-src *", "a path of letters"),
        ("https://cdn.example.com/a,b", "a path of letters"),
        ("https://cdn.example.com/a/../b", "a path of letters"),
        ("https://cdn.example.com/%61", "a path of letters"),
        ("https://cdn.example.com/a//b", "a path of letters"),
        ("https://cdn.example.com/assets/", "the folder above"),
        ("http://cdn.example.com", "must begin with https://"),
    ],
)
def test_an_unusable_asset_url_is_rejected_by_name(written: str, named: str) -> None:
    with pytest.raises(ConfigError, match="ASSET_URL") as caught:
        asset_address("ASSET_URL", written, HERE)
    assert named in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_a_page_without_tls_may_load_files_without_tls() -> None:
    assert (
        asset_address("ASSET_URL", "http://127.0.0.1:9000", "http://127.0.0.1:8080")
        == "http://127.0.0.1:9000"
    )
