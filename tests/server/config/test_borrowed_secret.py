"""A start warns if the hashes of erased names depend on JWT_SECRET, which may be rotated."""

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from server.cli.serve import warn_of_settings
from server.config import Config

OWN = "an erase secret of its own, and long enough"


@pytest.mark.parametrize(
    ("erase_secret", "in_sandbox", "warnings"), [("", False, 1), (OWN, False, 0), ("", True, 0)]
)
def test_a_start_on_a_borrowed_secret_warns(
    config: Config, erase_secret: str, in_sandbox: bool, warnings: int
) -> None:
    config = replace(
        config,
        secrets=replace(config.secrets, erase_secret=erase_secret),
        sandbox=replace(config.sandbox, enabled=in_sandbox),
    )
    with capture_logs() as lines:
        warn_of_settings(config)
    assert [line["event"] for line in lines] == ["erase_secret_not_set"] * warnings
    assert config.secrets.jwt_secret not in str(lines)
