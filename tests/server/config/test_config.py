"""Valid and invalid settings; every error names the setting."""

import dataclasses
import os
from pathlib import Path

import pytest

from server.config import ROOT, ConfigError, load_config, read_config
from server.config.web import local_url
from tests.server.config.loading import PRODUCTION, TOML, Load, load_error


def test_empty_environment_is_sandbox_mode(load: Load) -> None:
    config = load()
    assert config.sandbox.enabled
    assert config.auth.test_tokens is True
    assert (config.web.host, config.web.port, config.web.public_url) == (
        "127.0.0.1",
        8080,
        "http://127.0.0.1:8080",
    )
    assert (config.unipile.api_key, config.secrets.webhook_secret) == (
        "sandbox-key",
        "sandbox-webhook-secret",
    )
    assert (config.database.url, config.redis.url, config.unipile.dsn) == (None, None, None)


@pytest.mark.parametrize("host", ["127.0.0.1:4001", "localhost:4001", "[::1]:4001"])
def test_sandbox_defaults_are_accepted_for_a_provider_on_this_machine(load: Load, host: str) -> None:
    config = load(
        {**PRODUCTION, "UNIPILE_DSN": f"http://{host}"},
        UNIPILE_API_KEY="sandbox-key",
        WEBHOOK_SECRET="sandbox-webhook-secret",
    )
    assert not config.sandbox.enabled


def test_a_name_resembling_localhost_is_not_this_machine(load: Load) -> None:
    environ = {**PRODUCTION, "UNIPILE_DSN": "http://127.0.0.1.example.com", "UNIPILE_API_KEY": "sandbox-key"}
    assert "UNIPILE_API_KEY" in load_error(load, environ)


def test_test_tokens_need_a_public_url_that_is_not_https(load: Load) -> None:
    assert load(PRODUCTION, CONFAB_AUTH_TEST_TOKENS="true").auth.test_tokens is True
    message = load_error(
        load, PRODUCTION, CONFAB_AUTH_TEST_TOKENS="true", PUBLIC_URL="https://inbox.example.com"
    )
    assert "CONFAB_AUTH_TEST_TOKENS" in message


@pytest.mark.parametrize("public_url", ["HTTPS://inbox.example.com", "https://INBOX.example.com:443/"])
def test_no_spelling_of_https_passes_the_test_token_guard(load: Load, public_url: str) -> None:
    assert "CONFAB_AUTH_TEST_TOKENS" in load_error(
        load, PRODUCTION, CONFAB_AUTH_TEST_TOKENS="true", PUBLIC_URL=public_url
    )
    assert load(PRODUCTION, PUBLIC_URL=public_url).web.is_https


def test_allowed_origins_are_spelled_as_browsers_send_them(load: Load) -> None:
    origins = load(
        CONFAB_WEB_ALLOWED_ORIGINS="HTTPS://A.example:443/, https://bücher.example"
    ).web.allowed_origins
    assert origins == ("https://a.example", "https://xn--bcher-kva.example")


def test_test_tokens_can_be_switched_off_in_the_sandbox(load: Load) -> None:
    assert load(CONFAB_AUTH_TEST_TOKENS="false").auth.test_tokens is False


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("api1.unipile.com:13111", "https://api1.unipile.com:13111"),
        ("https://api1.unipile.com:13111/", "https://api1.unipile.com:13111"),
        ("https://api1.unipile.com:13111/api/v1", "https://api1.unipile.com:13111"),
        ("http://10.0.0.7", "http://10.0.0.7"),
    ],
)
def test_unipile_dsn_takes_any_scheme_host_and_port(load: Load, given: str, used: str) -> None:
    assert load({**PRODUCTION, "UNIPILE_DSN": given}).unipile.dsn == used


def test_the_number_of_web_processes_is_the_platforms_unless_it_is_set(load: Load) -> None:
    assert load().web.processes == 1
    assert load(WEB_CONCURRENCY="2").web.processes == 2
    assert load(WEB_CONCURRENCY="2", CONFAB_WEB_PROCESSES="3").web.processes == 3
    assert load(WEB_CONCURRENCY="", CONFAB_WEB_PROCESSES="").web.processes == 1


@pytest.mark.parametrize(("processes", "each"), [(1, 8), (2, 4), (3, 3), (4, 2), (17, 2)])
def test_web_processes_share_the_pool(load: Load, processes: int, each: int) -> None:
    config = load(CONFAB_WEB_PROCESSES=str(processes))
    assert config.database.pool_of_one(config.web.processes) == each


def test_database_and_redis_take_both_schemes(load: Load) -> None:
    config = load(
        DATABASE_URL="postgres://u:p@db/confab?sslmode=require", REDIS_URL="rediss://:p@cache:6380/1"
    )
    assert config.database.url == "postgresql://u:p@db/confab?sslmode=require"
    assert config.redis.url == "rediss://:p@cache:6380/1"
    assert load(DATABASE_URL="postgresql://db/x").database.url == "postgresql://db/x"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://db/confab"),
        ("REDIS_URL", "http://cache"),
        ("UNIPILE_DSN", "ftp://api"),
        ("UNIPILE_DSN", "https://"),
        ("PUBLIC_URL", "inbox.example.com"),
        ("PUBLIC_URL", "https://[broken"),
        ("PORT", "eighty"),
        ("PORT", "0"),
        ("PORT", "70000"),
        ("CONFAB_WEB_PROCESSES", "0"),
        ("WEB_CONCURRENCY", "two"),
        ("WEB_CONCURRENCY", "-1"),
        ("WEB_CONCURRENCY", "65"),
        ("SANDBOX_PORT", "4000.5"),
        ("CONFAB_WORKER_EMBEDDED", "perhaps"),
        ("CONFAB_WEBHOOKS_ACK_TIMEOUT_SECONDS", "-1"),
        ("CONFAB_WEBHOOKS_ACK_TIMEOUT_SECONDS", "inf"),
        ("CONFAB_LOG_LEVEL", "loud"),
        ("CONFAB_WEB_PROT", "8080"),
        ("CONFAB_SANDBOX_ENABLED", "true"),
    ],
)
def test_a_wrong_value_stops_the_start_and_is_named(load: Load, name: str, value: str) -> None:
    assert name in load_error(load, {**PRODUCTION, name: value})


def test_a_wrong_address_is_not_repeated_because_it_may_hold_a_password(load: Load) -> None:
    assert "hunter2" not in load_error(load, DATABASE_URL="mysql://user:hunter2@db/confab")


@pytest.mark.parametrize(
    ("line", "other", "named"),
    [
        ("port = 8080", "prot = 8080", "[web] prot"),
        ("port = 8080", 'port = "8080"', "[web] port"),
        ("[realtime]", "[realtiem]", "realtiem"),
        ('host = "127.0.0.1"', "host = 1", "[web] host"),
        ("embedded = true", "embedded = 1", "[worker] embedded"),
        ("pool_size = 8", "pool_size = 1.5", "[database] pool_size"),
        ("pool_size = 8", "pool_size = true", "[database] pool_size"),
        ("allowed_origins = []", "allowed_origins = [1]", "[web] allowed_origins"),
        ("allowed_origins = []", 'allowed_origins = ["*"]', "[web] allowed_origins"),
        ("allowed_origins = []", 'allowed_origins = ["null"]', "[web] allowed_origins"),
        ("allowed_origins = []", 'allowed_origins = ["https://*.example"]', "[web] allowed_origins"),
        ("allowed_origins = []", 'allowed_origins = ["https://a.example/page"]', "[web] allowed_origins"),
        ("trusted_proxies = []", 'trusted_proxies = ["0.0.0.0/0"]', "[web] trusted_proxies"),
        ("trusted_proxies = []", 'trusted_proxies = ["::/0"]', "[web] trusted_proxies"),
        ("trusted_proxies = []", 'trusted_proxies = ["nginx"]', "[web] trusted_proxies"),
        ("[log]", '[secrets]\njwt_secret = "x"\n[log]', "[secrets] jwt_secret"),
        ("[database]", '[database]\nurl = "postgres://db"', "[database] url"),
        ("data_dir", "sandbox = 1\ndata_dir", "config.toml"),
        ("[web]", "[web", "config.toml"),
    ],
)
def test_a_wrong_file_stops_the_start_and_the_key_is_named(
    tmp_path: Path, line: str, other: str, named: str
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(TOML.read_text().replace(line, other))
    with pytest.raises(ConfigError) as caught:
        load_config({}, path)
    assert named in str(caught.value)


def test_what_libraries_read_is_read_again_from_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.config.ROOT", tmp_path)
    monkeypatch.setattr("os.environ", dict(os.environ))
    (tmp_path / "config.toml").write_text(TOML.read_text())
    for text, expected in (("AWS_REGION=one", "one"), ("AWS_REGION=two", "two"), ("", None)):
        (tmp_path / ".env").write_text(text)
        read_config()
        assert os.environ.get("AWS_REGION") == expected


def test_zero_is_accepted_only_where_documented(tmp_path: Path) -> None:
    config = load_config({"CONFAB_AUDIT_KEEP_DAYS": "0", "DATA_DIR": str(tmp_path)}, TOML)
    assert config.audit.keep_days == 0
    for name, value in (("CONFAB_AUDIT_KEEP_DAYS", "-1"), ("CONFAB_MEDIA_KEEP_EXPORTS_DAYS", "0")):
        with pytest.raises(ConfigError, match=name):
            load_config({name: value, "DATA_DIR": str(tmp_path)}, TOML)


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(TOML.read_text().replace("pool_size", "# pool_size"))
    with pytest.raises(ConfigError, match=r"\[database\] pool_size is missing"):
        load_config({}, path)


def test_every_key_can_be_overridden(load: Load) -> None:
    config = load(
        CONFAB_WEB_PORT="9001",
        PORT="9000",
        CONFAB_WEB_ALLOWED_ORIGINS="https://a.example, https://b.example",
        CONFAB_WORKER_EMBEDDED="False",
        CONFAB_WEBHOOKS_ACK_TIMEOUT_SECONDS="1",
        CONFAB_LOG_FORMAT="json",
    )
    assert config.web.port == 9001
    assert config.web.allowed_origins == ("https://a.example", "https://b.example")
    assert config.worker.embedded is False
    assert config.webhooks.ack_timeout_seconds == 1.0
    assert config.log.format == "json"


def test_the_environment_wins_over_the_env_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("PORT=9001\nHOST=127.0.0.2\nREDIS_URL=\n")
    config = load_config({"DATA_DIR": str(tmp_path), "PORT": "9002"}, TOML, tmp_path / ".env")
    assert (config.web.port, config.web.host, config.redis.url) == (9002, "127.0.0.2", None)


@pytest.mark.parametrize(("host", "url"), [("0.0.0.0", "127.0.0.1"), ("::", "127.0.0.1"), ("::1", "[::1]")])
def test_the_sandbox_reaches_the_inbox_on_this_machine_whatever_its_public_url(
    load: Load, host: str, url: str
) -> None:
    config = load(PRODUCTION, HOST=host, PORT="9000", PUBLIC_URL="https://inbox.example.com")
    assert local_url(config.web) == f"http://{url}:9000"


def test_public_url_of_a_server_on_every_address_names_this_machine(load: Load) -> None:
    assert load(PRODUCTION, HOST="0.0.0.0", PORT="9000").web.public_url == "http://127.0.0.1:9000"
    assert load(HOST="::1", PORT="9000").web.public_url == "http://[::1]:9000"
    assert (
        load(PRODUCTION, PUBLIC_URL="https://inbox.example.com/").web.public_url
        == "https://inbox.example.com"
    )


@pytest.mark.parametrize(
    "platform",
    [
        *(
            "x86_64-conda-linux-gnu",
            "aarch64-conda-linux-gnu",
            "arm64-apple-darwin20.0.0",
            "x86_64-linux-gnu",
        ),
        *(
            "x86_64-apple-darwin13.4.0",
            "powerpc64le-conda-linux-gnu",
            "x86_64-w64-mingw32",
            "i686-pc-linux-gnu",
        ),
        *("armv7l-unknown-linux-gnueabihf", "s390x-conda-linux-gnu", "x86_64-conda_cos6-linux-gnu"),
    ],
)
def test_the_host_that_conda_sets_is_no_address(load: Load, platform: str) -> None:
    config = load(HOST=platform, PORT="9000")
    assert (config.web.host, config.web.public_url) == ("127.0.0.1", "http://127.0.0.1:9000")
    assert [platform in sentence for sentence in config.unused] == [True]


@pytest.mark.parametrize(
    ("given", "host", "shown"),
    [
        ("::", "::", "127.0.0.1"),
        ("[::]", "::", "127.0.0.1"),
        ("0:0:0:0:0:0:0:0", "::", "127.0.0.1"),
        ("[::1]", "::1", "[::1]"),
        ("localhost", "localhost", "localhost"),
        ("my-linux-box", "my-linux-box", "my-linux-box"),
        ("web-1.internal", "web-1.internal", "web-1.internal"),
        ("fe80::1%eth0", "fe80::1%eth0", None),
    ],
)
def test_the_displayed_address_is_reachable(load: Load, given: str, host: str, shown: str | None) -> None:
    config = load(PRODUCTION, HOST=given, PORT="9000")
    web = config.web
    assert (web.host, config.unused) == (host, ())
    if shown is not None:
        assert web.public_url == f"http://{shown}:9000"


def test_data_dir_is_relative_to_the_file(tmp_path: Path) -> None:
    assert load_config(PRODUCTION, TOML).data_dir == ROOT / "var"


def test_an_unusable_data_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("in the way")
    with pytest.raises(ConfigError, match=str(tmp_path / "var")):
        load_config({"DATA_DIR": str(tmp_path / "var")}, TOML)


def test_configuration_is_frozen(load: Load) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        load().web.port = 1  # type: ignore[misc]
