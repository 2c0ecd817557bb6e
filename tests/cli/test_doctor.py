"""`run.py doctor` finds problems of each dependency."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.programs import RUNNING, Settings, serve
from tests.support.ports import free_port
from tests.support.programs import run
from tests.support.services import Services, run_services


class TestDoctor:
    """doctor finds what is wrong with each dependency."""

    @pytest.fixture
    def own_services(self) -> Iterator[Services]:
        with run_services() as running:
            yield running

    def states(self, settings: Settings) -> tuple[int, dict[str, str]]:
        result = run("doctor", "--json", settings=settings)
        report = json.loads(result.stdout)
        assert report["ok"] is (result.returncode == 0)
        return result.returncode, {check["name"]: check["state"] for check in report["checks"]}

    def test_a_healthy_system_passes(self, settings: Settings, tmp_path: Path) -> None:
        with serve(settings, tmp_path) as program:
            program.wait_for_output(RUNNING)
            program.wait_for_output("confab-account-status")
            code, states = self.states(settings)
            assert (code, set(states.values())) == (0, {"ok"}), states
            plain = run("doctor", settings=settings)
            assert plain.returncode == 0
            assert "webhooks     2 registered" in plain.stdout
            assert program.send(signal.SIGTERM) == 0

    def test_pending_migrations_an_evicting_redis_and_no_provider_are_found(
        self, served: Settings, own_services: Services
    ) -> None:
        away = {**served, "DATABASE_URL": own_services.postgres.url, "REDIS_URL": own_services.redis_url}
        with own_services.redis() as client:
            client.config_set("maxmemory-policy", "allkeys-lru")
            client.config_set("appendonly", "no")
        code, states = self.states(away)
        assert code == 1
        assert states == {
            "settings": "warning",
            "public url": "ok",
            "database": "ok",
            "connections": "ok",
            "migrations": "failed",
            "clock": "ok",
            "redis": "ok",
            "redis keeps": "failed",
            "redis writes": "warning",
            "media": "ok",
            "unipile": "failed",
        }

    def test_unreachable_servers_are_found(self, served: Settings) -> None:
        nowhere = {
            "DATABASE_URL": f"postgres://127.0.0.1:{free_port()}/x",
            "REDIS_URL": f"redis://127.0.0.1:{free_port()}",
        }
        code, states = self.states({**served, **nowhere})
        assert code == 1
        assert {name for name, state in states.items() if state == "failed"} == {
            "database",
            "redis",
            "unipile",
        }

    def test_a_public_url_that_unipile_cannot_reach_is_found(self, served: Settings) -> None:
        nowhere = {
            "DATABASE_URL": f"postgres://127.0.0.1:{free_port()}/x",
            "UNIPILE_DSN": "https://192.0.2.1:9",
        }
        code, states = self.states(
            {
                **served,
                **nowhere,
                "CONFAB_UNIPILE_CONNECT_TIMEOUT_SECONDS": "0.1",
                "UNIPILE_API_KEY": "k8Zq+71tBf0=",
            }
        )
        assert (code, states["public url"]) == (1, "failed")

    def test_an_unwritable_media_storage_is_found(self, served: Settings, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way")
        bucket = f"s3://inbox?endpoint=http://127.0.0.1:{free_port()}&region=x"
        keys = {"AWS_ACCESS_KEY_ID": "AKIA-of-a-test", "AWS_SECRET_ACCESS_KEY": "secret-of-a-test"}
        for url in (f"file://{tmp_path}/file/media", bucket):
            result = run("doctor", settings={**served, **keys, "CONFAB_MEDIA_URL": url})
            (said,) = [line for line in result.stdout.splitlines() if line.split()[1] == "media"]
            assert (result.returncode, said.split()[0]) == (1, "failed")
            assert f"{url.partition('?')[0]} cannot be written to" in said
            assert "of-a-test" not in result.stdout

    def test_an_unreachable_mail_server_is_found(self, served: Settings) -> None:
        password = "secret-of-a-test"
        port = free_port()
        mail = {
            "SMTP_URL": f"smtp://confab:{password}@127.0.0.1:{port}",
            "CONFAB_MAIL_SENDER": "inbox@x.example",
        }
        result = run("doctor", settings={**served, **mail})
        (said,) = [line for line in result.stdout.splitlines() if " mail " in line]
        assert said.split() == ["failed", "mail", f"127.0.0.1:{port}:", "SMTPConnectError"]
        assert password not in result.stdout + result.stderr

    def test_a_wrong_key_is_found(self, settings: Settings, served: Settings, tmp_path: Path) -> None:
        with serve(settings, tmp_path) as program:
            phone = program.wait_for_output(RUNNING).group(3)
            result = run(
                "doctor", settings={**served, "UNIPILE_DSN": phone, "UNIPILE_API_KEY": "not-the-key"}
            )
            assert "UNIPILE_API_KEY is rejected" in result.stdout
            assert program.send(signal.SIGTERM) == 0
