"""A terminal that is closed ends what runs there; SIGHUP by hand reloads it."""

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

from server.config import ROOT
from tests.cli.programs import PRODUCTION, Settings
from tests.flows.processes import family
from tests.support.programs import environment, wait_for

# Makes the terminal the controlling one of a new session, as a shell has it.
IN_TERMINAL = (
    "import os, sys; os.login_tty(int(sys.argv[1])); os.execv(sys.executable, [sys.executable, 'run.py'])"
)


def test_a_closed_terminal_stops_all_processes(
    settings: Settings, own_database_url: str, redis_url: str, tmp_path: Path
) -> None:
    external = {"DATABASE_URL": own_database_url, "REDIS_URL": redis_url, "CONFAB_WORKER_EMBEDDED": "false"}
    given = environment(**settings, **PRODUCTION, **external, CONFAB_WEB_PROCESSES="2")
    terminal, other_end = pty.openpty()
    output = b""
    command = [sys.executable, "-c", IN_TERMINAL, str(other_end)]
    with subprocess.Popen(command, cwd=ROOT, env=given, pass_fds=[other_end]) as process:
        os.close(other_end)
        while b"is running" not in output:
            output += os.read(terminal, 4096)
        before = set(family(process.pid)[1:])
        process.send_signal(signal.SIGHUP)
        while b"processes_reloaded" not in output:
            output += os.read(terminal, 4096)
        wait_for(lambda: not before & set(family(process.pid)))
        reloaded = family(process.pid)[1:]
        assert len(reloaded) == 2
        os.close(terminal)
        assert process.wait(60) == 0
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in reloaded))
