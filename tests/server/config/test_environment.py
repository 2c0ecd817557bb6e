"""Formats of `.env` and the environment, and the warnings about settings without effect."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from server.config import ROOT, Config, ConfigError, load_config
from server.config.billing import make_secret
from server.config.environment import read_environment
from tests.server.config.loading import PRODUCTION

TOML = ROOT / "config.toml"

Load = Callable[..., Config]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load(lines: str = "", **environ: str) -> Config:
        (tmp_path / ".env").write_text(lines)
        return load_config({"DATA_DIR": str(tmp_path / "var"), **environ}, TOML, tmp_path / ".env")

    return load


def written(tmp_path: Path, content: bytes) -> dict[str, str]:
    (tmp_path / ".env").write_bytes(content)
    return read_environment({}, tmp_path / ".env").values


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_file_with_a_bom_or_crlf_is_read(tmp_path: Path, encoding: str, line_end: str) -> None:
    text = line_end.join(["# señal", "PORT=9000", "export HOST='::1'", 'A="two words" # not part of it', ""])
    assert written(tmp_path, text.encode(encoding)) == {"PORT": "9000", "HOST": "::1", "A": "two words"}


def test_single_quotes_prevent_interpolation(tmp_path: Path) -> None:
    lines = b"P=x\nA='p${P}y'\nB=\"p${P}y\"\nC=p${P}y\nD='a$b'\nE=p@ss#word\n"
    assert written(tmp_path, lines) == {
        "P": "x",
        "A": "p${P}y",
        "B": "pxy",
        "C": "pxy",
        "D": "a$b",
        "E": "p@ss#word",
    }


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("A=1\nNAME=Jos\xe9".encode("latin-1"), "line 2 is not UTF-8"),
        ("A=1".encode("utf-16-le"), "not UTF-8"),
        (b"A=1\nB='open\n", "line 2 cannot be read"),
        (b"A=1\nPORT: 8080\n", "line 2 cannot be read"),
        (b"A=1\nPORT\n", "line 2 cannot be read"),
        (b"A=1\nMY-PORT=1\n", "line 2 cannot be read"),
    ],
)
def test_an_unreadable_env_file_stops_the_start(tmp_path: Path, content: bytes, sentence: str) -> None:
    with pytest.raises(ConfigError, match=sentence):
        written(tmp_path, content)


def test_a_directory_or_dead_link_as_env_file_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(ConfigError, match="directory"):
        read_environment({}, tmp_path / "folder")
    (tmp_path / "link").symlink_to(tmp_path / "nothing")
    with pytest.raises(ConfigError, match="does not exist"):
        read_environment({}, tmp_path / "link")
    assert read_environment({}, tmp_path / "absent").values == {}
    assert read_environment({}, Path(os.devnull)).values == {}


@pytest.mark.parametrize("service", ["CONFAB", "CONFAB_WEB", "CONFAB_SANDBOX", "SANDBOX"])
def test_kubernetes_service_variables_are_ignored(load: Load, service: str) -> None:
    described = {
        f"{service}_SERVICE_HOST": "10.96.0.12",
        f"{service}_SERVICE_PORT": "80",
        f"{service}_SERVICE_PORT_HTTP": "80",
        f"{service}_PORT": "tcp://10.96.0.12:80",
        f"{service}_PORT_80_TCP": "tcp://10.96.0.12:80",
        f"{service}_PORT_80_TCP_PROTO": "tcp",
        f"{service}_PORT_80_TCP_PORT": "80",
        f"{service}_PORT_80_TCP_ADDR": "10.96.0.12",
        f"{service}_PORT_53_UDP_ADDR": "10.96.0.12",
    }
    config = load(**described)
    assert (config.web.port, config.sandbox.port, config.unused) == (8080, 4000, ())


@pytest.mark.parametrize("name", ["CONFAB_PORT", "CONFAB_WEB_PROT", "CONFAB_SERVICE"])
def test_a_misspelled_setting_is_rejected(load: Load, name: str) -> None:
    with pytest.raises(ConfigError, match=name):
        load(**{name: "8080"})


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"UNIPILE_API_KEY": "k8Zq+71tBf0="}, "UNIPILE_API_KEY"),
        ({**PRODUCTION, "SANDBOX_PORT": "4001"}, "SANDBOX_PORT"),
        ({"CONFAB_MAIL_SENDER": "Confab <a@x.example>"}, "CONFAB_MAIL_SENDER"),
        ({"CONFAB_PACE_BURST": "3"}, "CONFAB_PACE_BURST"),
        ({**PRODUCTION, "JWT_SECRET_PREVIOUS": PRODUCTION["JWT_SECRET"]}, "JWT_SECRET_PREVIOUS"),
        (
            {**PRODUCTION, "WEBHOOK_SECRET_PREVIOUS": PRODUCTION["WEBHOOK_SECRET"]},
            "WEBHOOK_SECRET_PREVIOUS",
        ),
        ({**PRODUCTION, "CONFAB_BILLING_SECRET_PREVIOUS": make_secret()}, "CONFAB_BILLING_SECRET_PREVIOUS"),
        (
            {
                **PRODUCTION,
                "DATABASE_URL": "postgres://db/x",
                "REDIS_URL": "redis://r",
                "CONFAB_MEDIA_URL": "s3://b",
            },
            "DATA_DIR",
        ),
    ],
)
def test_a_setting_without_effect_is_named(load: Load, environ: dict[str, str], named: str) -> None:
    (sentence,) = load(**environ).unused
    assert sentence.startswith(f"{named} is set but needs ")


def test_a_key_without_a_bucket_is_named_only_if_it_is_ours(load: Load) -> None:
    assert load("AWS_ACCESS_KEY_ID=a\n").unused[0].startswith("AWS_ACCESS_KEY_ID is set but needs ")
    assert load(AWS_ACCESS_KEY_ID="a").unused == ()


def test_a_setting_with_effect_is_not_named(load: Load) -> None:
    assert load(**PRODUCTION, SMTP_URL="smtp://m", CONFAB_MAIL_SENDER="a@x.example").unused == ()
    assert load("MY_PART=9000\nPORT=${MY_PART}\nTLS_FOLDER=x\nPGPASSWORD=x\n").unused == ()


def test_an_unknown_name_in_the_env_file_is_named(load: Load) -> None:
    config = load("TRUSTED_PROXIES=10.0.0.0/8\nPORT=9000\n", HOME_OF_SOMETHING_ELSE="x")
    (sentence,) = config.unused
    assert sentence.startswith("TRUSTED_PROXIES in .env is not a setting of Confab")


def test_variables_of_libraries_are_passed_on_from_the_file(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("AWS_ACCESS_KEY_ID=a\nSSL_CERT_FILE=/b\nPORT=9000\nAWS_REGION=c\n")
    environ = {"DATA_DIR": str(tmp_path / "var"), "AWS_REGION": "kept"}
    load_config(environ, TOML, tmp_path / ".env")
    assert environ == {
        "DATA_DIR": str(tmp_path / "var"),
        "AWS_ACCESS_KEY_ID": "a",
        "SSL_CERT_FILE": "/b",
        "AWS_REGION": "kept",
    }


@pytest.mark.parametrize("exposed", [{"HOST": "0.0.0.0"}, {"HOST": "::"}, {"HOST": "10.0.0.5"}])
def test_the_sandbox_is_local_unless_enabled_twice(load: Load, exposed: dict[str, str]) -> None:
    with pytest.raises(ConfigError, match="CONFAB_SANDBOX_PUBLIC"):
        load(**exposed)
    with pytest.raises(ConfigError, match="CONFAB_SANDBOX_PUBLIC"):
        load(PUBLIC_URL="https://inbox.example.com")
    assert load(**exposed, CONFAB_SANDBOX_PUBLIC="true").sandbox.enabled
    assert not load(**PRODUCTION, **exposed).sandbox.enabled
