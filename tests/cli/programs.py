"""Settings and expected output of the programs that these tests start."""

from pathlib import Path

from tests.support.programs import Program, run

Settings = dict[str, str]
PRODUCTION = {
    "UNIPILE_DSN": "http://127.0.0.1:9",
    "UNIPILE_API_KEY": "sandbox-key",
    "WEBHOOK_SECRET": "mK3vP8xR1wB6nT9q",
    "JWT_SECRET": "Q9wXr2Tz7Lm4Vb8Nc1Ks6Hd3Jf5Gp0Ya",
}
RUNNING = r"Inbox +(http://\S+)\n +Sign in +demo@confab\.local +(\S+)\n +Sandbox phone +(http://\S+)"


def serve(settings: Settings, tmp_path: Path, *, is_cold: bool = False) -> Program:
    return Program("run.py", settings=settings, output=tmp_path / "output", is_cold=is_cold)


def sentence(settings: Settings, *arguments: str) -> str:
    """The error of a command that fails: one line, no traceback, exit code 1."""
    result = run(*arguments, settings=settings)
    assert result.returncode == 1, result.stdout + result.stderr
    assert result.stdout == ""
    assert result.stderr.startswith("confab: ")
    assert result.stderr.count("\n") == 1, result.stderr
    return result.stderr
