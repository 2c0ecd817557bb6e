"""A process exits with the right code, after all output is flushed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from server.config import ROOT

ROUNDS = 60
# Forks: each child has used the media storage and exits, without the second that imports take.
FILES = """
import asyncio, os, sys
from pathlib import Path
from server.process.exit import leave
from server.media.storage import open_storage

async def use(storage):
    async with storage.receive(64) as incoming:
        await incoming.write(os.urandom(64))
    await storage.commit(incoming)
    await storage.delete(incoming.finish().sha256)

failed = 0
for number in range({rounds}):
    if os.fork() == 0:
        asyncio.run(use(open_storage("", Path(sys.argv[1]))))
        leave(number % 3)
    failed += os.waitstatus_to_exitcode(os.wait()[1]) != number % 3
print(failed, "failed")
leave(7)
"""


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.system
def test_storage_threads_do_not_change_the_exit_code(tmp_path: Path) -> None:
    result = run(FILES.format(rounds=ROUNDS), str(tmp_path))
    assert (result.stdout, result.stderr, result.returncode) == ("0 failed\n", "", 7)


@pytest.mark.system
def test_output_and_logs_are_flushed_into_a_pipe() -> None:
    result = run(
        "import sys; from server.process.exit import leave; "
        "sys.stdout.write('done'); print('told', file=sys.stderr, end=''); leave(3)"
    )
    assert (result.stdout, result.stderr, result.returncode) == ("done", "told", 3)


@pytest.mark.system
def test_a_closed_pipe_is_no_failure() -> None:
    program = "import sys; from server.process.exit import leave; sys.stdin.read(); print('told'); leave(4)"
    with subprocess.Popen(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONUNBUFFERED": ""},
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdout.close()
        process.stdin.close()
        assert process.stderr.read() == b""
    assert process.returncode == 4
