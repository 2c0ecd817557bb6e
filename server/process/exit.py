"""Ends the process once its work is done, without the interpreter's own winding up."""

import logging
import os
import sys
from contextlib import suppress
from typing import NoReturn

from server.process.sentry import flush_reports


def leave(code: int) -> NoReturn:
    """End with this exit code, after everything written and reported is out.

    The library of the media storage keeps threads that call into Python when a file is done with; one that does so
    while the interpreter is being taken down aborts the process, after its work and with a false exit code
    (PyO3/pyo3-async-runtimes issue 40). So nothing is taken down: the system does that.
    """
    flush_reports()
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        # Nobody reads any more: `run.py user list | head -1`.
        with suppress(OSError):
            stream.flush()
    os._exit(code)
