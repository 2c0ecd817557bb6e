"""`run.py rotate`: what it prints at each step, and what it rejects."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import web

from server.cli.command import UsageError
from server.cli.main import _parser
from server.config import Config
from server.config.billing import Billing, make_secret, read_secret
from server.errors import ConfabError, Unavailable
from tests.cli.shell import Shell
from tests.support.fixtures_stack import serving
from tests.support.ports import free_port

OTHER_KEY = "a-key-of-another-workspace"


def with_secrets(config: Config, **secrets: str) -> Shell:
    return Shell(replace(config, secrets=replace(config.secrets, **secrets)))


async def test_a_new_erase_secret_keeps_all_earlier_ones(config: Config) -> None:
    first = await Shell(config).invoke("rotate", "ERASE_SECRET")
    assert first.document["copy"] == {"JWT_SECRET": "ERASE_SECRET_PREVIOUS"}
    again = await with_secrets(config, erase_secret="x" * 40, erase_secret_previous="y" * 40).invoke(
        "rotate", "ERASE_SECRET"
    )
    assert again.document["copy"] == {"ERASE_SECRET": "ERASE_SECRET_PREVIOUS"}
    assert "ERASE_SECRET_PREVIOUS=<the value of ERASE_SECRET_PREVIOUS>," in again.text
    assert "x" * 40 not in again.text
    assert "y" * 40 not in again.text
    assert first.document["set"] != again.document["set"]


async def test_a_new_jwt_secret_leaves_the_erase_secret_alone(config: Config) -> None:
    """Erased data is recognised with JWT_SECRET where ERASE_SECRET is not set."""
    borrowed = await Shell(config).invoke("rotate", "JWT_SECRET")
    assert "ERASE_SECRET=<the present value of JWT_SECRET>" in borrowed.text
    own = await with_secrets(config, erase_secret="x" * 40).invoke("rotate", "JWT_SECRET")
    assert "ERASE_SECRET" not in own.text


async def test_the_billing_secret_is_made_then_removed(config: Config) -> None:
    billed = replace(config, billing=Billing(secret=make_secret()))
    step = (await Shell(billed).invoke("rotate", "CONFAB_BILLING_SECRET")).document
    assert step["move"] == {"CONFAB_BILLING_SECRET": "CONFAB_BILLING_SECRET_PREVIOUS"}
    new = step["set"]["CONFAB_BILLING_SECRET"]
    assert len(read_secret(new)) == 32
    both = replace(config, billing=Billing(secret=new, secret_previous=billed.billing.secret))
    last = (await Shell(both).invoke("rotate", "CONFAB_BILLING_SECRET")).document
    assert last["remove"] == "CONFAB_BILLING_SECRET_PREVIOUS"


async def test_without_a_reachable_public_url_nothing_is_changed(config: Config) -> None:
    away = replace(config, web=replace(config.web, public_url=f"http://127.0.0.1:{free_port()}"))
    shell = with_secrets(away, webhook_secret_previous="another-secret-of-webhooks")
    with pytest.raises(Unavailable, match="run this where it can be"):
        await shell.invoke("rotate", "WEBHOOK_SECRET")


@pytest.fixture
async def two_workspaces() -> AsyncIterator[str]:
    """A UniPile that accepts two keys, each with webhooks of its own."""

    async def list_webhooks(request: web.Request) -> web.Response:
        item = {"id": request.headers["X-API-KEY"], "request_url": "https://x.example", "enabled": True}
        return web.json_response({"object": "WebhookList", "items": [item], "cursor": None})

    app = web.Application()
    app.router.add_get("/api/v1/webhooks", list_webhooks)
    async with serving(app, free_port()) as url:
        yield url


async def test_a_key_of_another_workspace_is_rejected(
    config: Config, two_workspaces: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every account would be unknown with it."""
    shell = Shell(replace(config, unipile=replace(config.unipile, dsn=two_workspaces)))
    for given, code in ((OTHER_KEY, "conflict"), ("", "invalid"), (config.unipile.api_key, "invalid")):
        monkeypatch.setattr("sys.stdin.readline", lambda given=given: f"{given}\n")
        with pytest.raises(ConfabError) as caught:
            await shell.invoke("rotate", "UNIPILE_API_KEY")
        assert caught.value.code == code


@pytest.mark.parametrize("wrong", [("PASSWORD",), ("JWT_SECRET", "--overlap-seconds", "-1"), ()])
def test_invalid_arguments_are_rejected(wrong: tuple[str, ...]) -> None:
    with pytest.raises(UsageError):
        _parser().parse_args(["rotate", *wrong])
