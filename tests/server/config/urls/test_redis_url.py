"""REDIS_URL in all forms: parsed as intended, or rejected with the cause and without its secrets."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from server.config.reader import ConfigError
from server.config.urls.redis_url import read_redis_url

HERE = {"host": "cache", "port": 6379, "db": 0}
CHECKED = {"ssl_cert_reqs": "required", "ssl_check_hostname": True}


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("redis://cache", HERE),
        ("redis://cache/", HERE),
        ("redis://cache:6379//", HERE),
        ("redis://cache/0", HERE),
        ("redis://cache:16379/", {**HERE, "port": 16379}),
        ("REDIS://Cache:6380/15", {**HERE, "port": 6380, "db": 15}),
        ("redis://cache?db=3", {**HERE, "db": 3}),
        ("redis://cache/3?db=3", {**HERE, "db": 3}),
        ("redis://[::1]:6379/1", {"host": "::1", "port": 6379, "db": 1}),
        ("valkey://cache", HERE),
        ("redis://:p%40ss%2F1%23@cache", {**HERE, "password": "p@ss/1#"}),
        ("redis://:p@ss@cache", {**HERE, "password": "p@ss"}),
        ("redis://:100%@cache", {**HERE, "password": "100%"}),
        ("redis://us%3Aer:p%3Aw@cache", {**HERE, "username": "us:er", "password": "p:w"}),
        ("redis://:@cache", HERE),
        ("redis://cache?password=p%2Bw&username=u", {**HERE, "username": "u", "password": "p+w"}),
        ("redis://cache?socket_timeout=1.5", {**HERE, "socket_timeout": 1.5}),
        ("redis://cache?socket_connect_timeout=3", {**HERE, "socket_connect_timeout": 3.0}),
        ("redis://cache?socket_keepalive=No", {**HERE, "socket_keepalive": False}),
        ("redis://cache?health_check_interval=0&client_name=confab",
         {**HERE, "health_check_interval": 0.0, "client_name": "confab"}),
        ("rediss://cache", {**HERE, **CHECKED}),
        ("valkeys://cache", {**HERE, **CHECKED}),
        ("rediss://cache?ssl_cert_reqs=none",
         {**HERE, "ssl_cert_reqs": "none", "ssl_check_hostname": False}),
        ("rediss://cache?ssl_cert_reqs=CERT_NONE",
         {**HERE, "ssl_cert_reqs": "none", "ssl_check_hostname": False}),
        ("rediss://cache?ssl_cert_reqs=required&ssl_check_hostname=false",
         {**HERE, "ssl_cert_reqs": "required", "ssl_check_hostname": False}),
        ("unix:///run/redis.sock", {"path": "/run/redis.sock"}),
        ("unix:/run/redis.sock?db=2", {"path": "/run/redis.sock", "db": 2}),
        ("unix://u:p%40w@/run/re%20dis.sock", {"path": "/run/re dis.sock", "username": "u", "password": "p@w"}),
    ],
)  # fmt: skip
def test_a_redis_url_is_parsed(url: str, options: dict[str, Any]) -> None:
    assert read_redis_url(url).options == options


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("redis://cache/zero", "the database by its number"),
        ("redis://cache/-1", "the database by its number"),
        ("redis://cache/1.5", "the database by its number"),
        ("redis://cache/0/1", "the database by its number"),
        ("redis://cache/٣", "the database by its number"),
        ("redis://cache?db=first", "the database by its number"),
        ("redis://cache/1?db=2", "two databases"),
        ("redis://cache:0", "port"),
        ("redis://cache:65536", "port"),
        ("redis://cache:redis", "port"),
        ("redis://", "has no host"),
        ("redis:///0", "has no host"),
        ("http://cache", "redis://, rediss:// or unix://"),
        ("cache:6379", "redis://, rediss:// or unix://"),
        ("redis://cache?sslmode=require", "the option sslmode"),
        ("redis://cache?max_connections=5", "the option max_connections"),
        ("redis://cache?decode_responses=true", "the option decode_responses"),
        ("redis://cache?db=1&db=2", "the option db twice"),
        ("redis://cache?socket_timeout=", "the option socket_timeout without a value"),
        ("redis://cache?socket_timeout=0", "the option socket_timeout"),
        ("redis://cache?socket_timeout=nan", "the option socket_timeout"),
        ("redis://cache?socket_timeout=soon", "the option socket_timeout"),
        ("redis://cache?socket_keepalive=maybe", "the option socket_keepalive"),
        ("redis://cache?ssl_cert_reqs=none", "need a URL that begins with rediss://"),
        ("unix:///run/redis.sock?ssl_cert_reqs=none", "need a URL that begins with rediss://"),
        ("rediss://cache?ssl_cert_reqs=off", "the option ssl_cert_reqs"),
        ("rediss://cache?ssl_cert_reqs=none&ssl_check_hostname=true", "ssl_check_hostname=true"),
        ("rediss://cache?ssl_keyfile=/k.pem", "ssl_keyfile without ssl_certfile"),
        ("rediss://cache?ssl_ca_certs=/nowhere/ca.pem", "the option ssl_ca_certs, whose file cannot be read"),
        ("rediss://cache?ssl_ca_certs=/etc/hostname", "the option ssl_ca_certs, which must hold certificates"),
        ("rediss://cache?ssl_ca_data=none", "the option ssl_ca_data"),
        ("rediss://cache?ssl_certfile=/etc/hostname", "the option ssl_certfile"),
        ("redis+sentinel://s1", "the primary that they monitor"),
        ("redis+sentinel://s1/", "the primary that they monitor"),
        ("redis+sentinel://s1,/inbox", "Sentinel's hosts"),
        ("redis+sentinel://s1:0/inbox", "port"),
        ("redis+sentinel://s1/inbox/first", "the database by its number"),
        ("redis+sentinel://s1/inbox/1?db=2", "two databases"),
        ("redis+sentinel://s1/inbox?ssl_cert_reqs=none", "need a URL that begins with rediss://"),
        ("unix+sentinel:///inbox", "redis://, rediss:// or unix://"),
        ("redis://s1,s2/0", "several hosts, which needs Sentinel"),
        ("redis://s1?sentinel_password=p", "the option sentinel_password, which needs a URL like"),
        ("redis://s1?wait_replicas=0", "the option wait_replicas"),
        ("redis://s1?wait_replicas=all", "the option wait_replicas"),
        ("unix://run/redis.sock", "absolute path"),
        ("unix://", "absolute path"),
    ],
)  # fmt: skip
def test_an_invalid_redis_url_is_rejected_with_the_cause(url: str, named: str) -> None:
    with pytest.raises(ConfigError, match=r"^REDIS_URL [^\n]*\.$") as error:
        read_redis_url(url)
    assert named in str(error.value)


@pytest.mark.parametrize(
    "secret", ["hun/ter2", "hun#ter2", "hun?ter2", "hun[ter2", "hun?ter2=1", "hun%ffter2"]
)
def test_an_unencoded_password_is_rejected_and_not_repeated(secret: str) -> None:
    with pytest.raises(ConfigError, match="percent-encoded") as error:
        read_redis_url(f"redis://:{secret}@cache:6379/0")
    assert "hun" not in str(error.value)
    assert "ter2" not in str(error.value)


@pytest.mark.parametrize(
    ("url", "service", "hosts", "database"),
    [
        ("redis+sentinel://s1/inbox", "inbox", (("s1", 26379),), 0),
        ("redis+sentinel://s1:1,s2,[::1]:3/inbox/4", "inbox", (("s1", 1), ("s2", 26379), ("::1", 3)), 4),
        ("valkey+sentinel://u:p%2C@s1,s2/my%20inbox/?db=2", "my inbox", (("s1", 26379), ("s2", 26379)), 2),
    ],
)
def test_sentinels_are_parsed(
    url: str, service: str, hosts: tuple[tuple[str, int], ...], database: int
) -> None:
    address = read_redis_url(url)
    assert address.sentinel is not None
    assert (address.sentinel.service, address.sentinel.hosts) == (service, hosts)
    assert (address.options["db"], "host" in address.options, address.is_tls) == (database, False, False)


def test_the_passwords_of_sentinel_and_primary_are_told_apart() -> None:
    url = "rediss+sentinel://a:b@s1/inbox?sentinel_username=c&sentinel_password=d&wait_replicas=2&socket_timeout=1"
    address = read_redis_url(url)
    assert address.sentinel is not None
    assert address.sentinel.options == {"username": "c", "password": "d"}
    assert address.options == {**CHECKED, "username": "a", "password": "b", "db": 0, "socket_timeout": 1.0}
    assert (address.wait_replicas, address.is_tls) == (2, True)
    assert address.location == "inbox (Sentinel at s1:26379)"


@given(st.text(st.characters(codec="utf-8"), min_size=1), st.text(st.characters(codec="utf-8"), min_size=1))
def test_any_encoded_user_and_password_are_decoded(username: str, password: str) -> None:
    url = f"redis://{quote(username, safe='')}:{quote(password, safe='')}@cache:6379/0"
    options = read_redis_url(url).options
    assert (options["username"], options["password"], options["host"]) == (username, password, "cache")


@given(st.text())
def test_any_text_is_parsed_or_rejected(text: str) -> None:
    for url in (
        text,
        f"redis://{text}",
        f"redis://:{text}@cache/0",
        f"rediss://cache?{text}",
        f"redis+sentinel://{text}",
    ):
        try:
            read_redis_url(url)
        except ConfigError as error:
            assert "\n" not in str(error)


def test_a_private_ca_is_trusted_without_a_host_name_check(tmp_path: Path) -> None:
    authority = trustme.CA()
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(file)
    by_file = read_redis_url(f"rediss://cache?ssl_ca_certs={file}").options
    assert (by_file["ssl_cert_reqs"], by_file["ssl_check_hostname"]) == ("required", False)
    pem = authority.cert_pem.bytes().decode()
    by_data = read_redis_url(f"rediss://cache?ssl_ca_data={quote(pem)}&ssl_check_hostname=true").options
    assert (by_data["ssl_ca_data"], by_data["ssl_check_hostname"]) == (pem, True)


def test_one_file_may_contain_client_certificate_and_key(tmp_path: Path) -> None:
    file = tmp_path / "client.pem"
    trustme.CA().issue_cert("confab").private_key_and_cert_chain_pem.write_to_path(file)
    options = read_redis_url(f"rediss://cache?ssl_certfile={file}").options
    assert (options["ssl_certfile"], options["ssl_keyfile"]) == (str(file), str(file))


def test_the_setting_applies_where_the_url_has_no_parameter() -> None:
    assert read_redis_url("rediss://cache", "none").options["ssl_cert_reqs"] == "none"
    assert (
        read_redis_url("rediss://cache?ssl_cert_reqs=required", "none").options["ssl_cert_reqs"] == "required"
    )
