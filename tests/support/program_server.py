"""Forks `run.py` and `worker.py`, imported once: a program of its own, which `warm_programs` starts."""

import gc
import json
import os
import selectors
import signal
import socket
import sys
import time
import traceback
from typing import NoReturn

MOST_BYTES = 1 << 20
# Standard input, output and error of the program, and the socket that gets its process id and exit code.
DESCRIPTORS = 4


class ProgramServer:
    """Forks a process for each request, and reports its exit code."""

    def __init__(self, requests: socket.socket) -> None:
        self._requests = requests
        self._selector = selectors.DefaultSelector()
        self._selector.register(requests, selectors.EVENT_READ)

    def serve(self) -> None:
        """Until the test process ends."""
        while True:
            for key, _ in self._selector.select():
                if key.data is not None:
                    self._report(key.fd, *key.data)
                elif not self._start():
                    return

    def _start(self) -> bool:
        """Whether there was a request."""
        body, descriptors, _, _ = socket.recv_fds(self._requests, MOST_BYTES, DESCRIPTORS)
        if not body:
            return False
        request = json.loads(body)
        streams, reports = descriptors[:3], socket.socket(fileno=descriptors[3])
        if (pid := os.fork()) == 0:
            reports.close()
            self._close()
            run_program(streams, **request)
        for descriptor in streams:
            os.close(descriptor)
        self._selector.register(os.pidfd_open(pid), selectors.EVENT_READ, (pid, reports))
        reports.send(str(pid).encode())
        return True

    def _report(self, descriptor: int, pid: int, reports: socket.socket) -> None:
        """Send the exit code of a process that has ended."""
        self._selector.unregister(descriptor)
        os.close(descriptor)
        _, status = os.waitpid(pid, 0)
        with reports:
            try:
                reports.send(str(os.waitstatus_to_exitcode(status)).encode())
            except OSError:
                return  # its test did not wait for it

    def _close(self) -> None:
        """In a forked process: close what belongs to this server."""
        for key in list(self._selector.get_map().values()):
            if key.data is not None:
                os.close(key.fd)
                key.data[1].close()
        self._selector.close()
        self._requests.close()


def run_program(streams: list[int], name: str, arguments: list[str], environment: dict[str, str]) -> NoReturn:
    """Be this program: everything that `exec` would set, and then what is in its file."""
    for target, descriptor in enumerate(streams):
        os.dup2(descriptor, target)
        os.close(descriptor)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.argv = [name, *arguments]
    try:
        code = _run(name, arguments)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        # As the interpreter does it: nothing may return into the server.
        traceback.print_exc()
        code = 1
    from server.process.exit import leave

    leave(code)


def _run(name: str, arguments: list[str]) -> int:
    from server.cli import main
    from workers.jobs import run_warm_workers

    if name == "worker.py":
        return main.main_worker(run_warm_workers)
    return main.main(arguments, run_warm_workers)


def main(descriptor: int) -> None:
    """Import what both programs import, in the way they do it, and serve."""
    gc.disable()
    import server.cli.main  # noqa: F401 - imported to be there in each fork
    import workers.jobs  # noqa: F401

    gc.freeze()
    gc.enable()
    # Ctrl-C is for pytest, which ends this server.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with socket.socket(fileno=descriptor) as requests:
        ProgramServer(requests).serve()


if __name__ == "__main__":
    main(int(sys.argv[1]))
