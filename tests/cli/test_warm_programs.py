"""A program that is forked behaves like one that the interpreter starts."""

import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from tests.cli.programs import Settings
from tests.support.programs import Program, run, wait_for


@pytest.mark.parametrize(
    ("arguments", "changes"),
    [
        (("user", "list"), {}),
        (("user", "add"), {}),
        (("user", "list"), {"CONFAB_WEB_PROT": "1"}),
        (("--version",), {}),
    ],
)
def test_exit_code_and_output_are_the_same(
    served: Settings, arguments: tuple[str, ...], changes: Settings
) -> None:
    settings = served | changes
    forked, cold = (run(*arguments, settings=settings, is_cold=is_cold) for is_cold in (False, True))
    assert (forked.returncode, forked.stdout, forked.stderr) == (cold.returncode, cold.stdout, cold.stderr)


def held_files(pid: int) -> set[Path]:
    """The files that a process has open, without those that it closes meanwhile."""
    held = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            held.add(descriptor.readlink())
    return held


def test_each_is_a_process_that_ends_by_its_signal_and_holds_nothing_of_others(
    served: Settings, tmp_path: Path
) -> None:
    with Program("run.py", settings=served, output=tmp_path / "first") as first:
        first.wait_for_output("is running")
        with pytest.raises(subprocess.TimeoutExpired):
            first.process.wait(0)
        with Program("worker.py", settings=served, output=tmp_path / "second") as second:
            wait_for(lambda: second.output)
            assert second.process.pid != first.process.pid
            held = held_files(second.process.pid)
            assert tmp_path / "second" in held
            assert tmp_path / "first" not in held
            assert second.send(signal.SIGKILL) == -signal.SIGKILL
        assert first.process.poll() is None
        assert first.send(signal.SIGTERM) == 0
