"""Redis at startup: one sentence if it is unusable, the same from `doctor`; a late Redis is awaited."""

import json
import re
from pathlib import Path

import pytest

from server.embedded.folders import open_data_dir
from server.embedded.valkey import Valkey
from tests.cli.programs import PRODUCTION, Settings
from tests.support.ports import free_port
from tests.support.programs import Program, get, run, wait_for
from tests.support.services import Services

NOWHERE = "redis://:hunter2@127.0.0.1:{port}/0"


@pytest.fixture
def served(own_database_url: str, tmp_path: Path) -> Settings:
    return {
        **PRODUCTION,
        "DATABASE_URL": own_database_url,
        "DATA_DIR": str(tmp_path / "var"),
        "PORT": str(free_port()),
        "CONFAB_REDIS_START_SECONDS": "0.1",
    }


def doctor_finding(settings: Settings) -> str:
    checks = json.loads(run("doctor", "--json", settings=settings).stdout)["checks"]
    (found,) = [check["message"] for check in checks if check["name"] == "redis"]
    return str(found)


@pytest.mark.parametrize(
    ("program", "url", "said"),
    [
        ("run.py", NOWHERE, "refuses the connection: start it"),
        ("run.py", "rediss://127.0.0.1:{redis}", "begin REDIS_URL with redis://"),
        ("worker.py", "redis://:hunter2@127.0.0.1:{redis}/", "rejects the user name or the password"),
    ],
)
def test_an_unusable_redis_stops_the_start_with_one_sentence(
    served: Settings, services: Services, tmp_path: Path, program: str, url: str, said: str
) -> None:
    served["REDIS_URL"] = url.format(port=free_port(), redis=services.valkey.port)
    with Program(program, settings=served, output=tmp_path / "output") as started:
        assert started.process.wait(40) == 1
    assert "Traceback" not in started.output
    last = started.output.strip().splitlines()[-1]
    assert re.fullmatch(r"confab: Redis at 127\.0\.0\.1:\d+ .*\.", last)
    assert said in last
    assert "hunter2" not in started.output
    if url is NOWHERE:
        assert last == f"confab: {doctor_finding(served)}"


def test_the_start_waits_for_redis(served: Settings, tmp_path: Path) -> None:
    data_dir = open_data_dir(tmp_path / "redis")
    valkey = Valkey(data_dir)
    served |= {"REDIS_URL": valkey.url, "CONFAB_REDIS_START_SECONDS": "60"}
    with Program("run.py", settings=served, output=tmp_path / "output") as program:
        program.wait_for_output("waiting_for_redis")
        valkey.child.start()
        try:
            assert wait_for(lambda: get(f"http://127.0.0.1:{served['PORT']}/health/ready")[0] == 200)
        finally:
            program.process.kill()
            valkey.child.stop()
