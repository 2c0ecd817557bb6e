"""SMTP_URL: taken apart, and rejected without repeating its password."""

from pathlib import Path
from typing import Any

import pytest

from server.config import ConfigError, load_config
from tests.server.config.loading import TOML


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.x.example", ("mail.x.example", 587, None, None, False, True)),
        ("smtps://a%40b:p%2Fw@mail.x.example", ("mail.x.example", 465, "a@b", "p/w", True, False)),
        ("smtp://10.0.0.1:25?starttls=never", ("10.0.0.1", 25, None, None, False, False)),
        ("smtp://a:b@127.0.0.1:25/?starttls=never", ("127.0.0.1", 25, "a", "b", False, False)),
        ("smtp://a:b@mail.x.example:2525?starttls", ("mail.x.example", 2525, "a", "b", False, True)),
    ],
)
def test_the_mail_url_is_parsed(tmp_path: Path, url: str, expected: tuple[Any, ...]) -> None:
    environ = {"SMTP_URL": url, "CONFAB_MAIL_SENDER": "Confab <inbox@x.example>", "DATA_DIR": str(tmp_path)}
    assert load_config(environ, TOML).mail.server == expected


@pytest.mark.parametrize(
    ("url", "sender", "named"),
    [
        ("mail.x.example:587", "a@x.example", "SMTP_URL"),
        ("https://mail.x.example", "a@x.example", "SMTP_URL"),
        ("smtp://a:hunter22@mail.x.example:port", "a@x.example", "SMTP_URL"),
        ("smtp://a:hunter22@mail.x.example?tls=yes", "a@x.example", "SMTP_URL"),
        ("smtp://a:hunter22@mail.x.example?starttls=never", "a@x.example", "without TLS"),
        ("smtp://mail.x.example", "", "CONFAB_MAIL_SENDER"),
        ("smtp://mail.x.example", "Confab", "CONFAB_MAIL_SENDER"),
    ],
)
def test_an_invalid_mail_url_is_rejected_without_its_password(
    tmp_path: Path, url: str, sender: str, named: str
) -> None:
    with pytest.raises(ConfigError, match=named) as caught:
        load_config({"SMTP_URL": url, "CONFAB_MAIL_SENDER": sender, "DATA_DIR": str(tmp_path)}, TOML)
    assert "hunter22" not in str(caught.value)
