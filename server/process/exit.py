"""Exits the process without the interpreter's finalisation."""

import logging
import os
import sys
from contextlib import suppress
from typing import NoReturn

from server.process.otlp import flush_traces
from server.process.sentry import flush_reports


def leave(code: int) -> NoReturn:
    """Exit with this code after flushing logs, reports, traces and output.

    The media storage library has threads that call into Python when a file is closed. A call during the interpreter's
    finalisation aborts the process with a wrong exit code (PyO3/pyo3-async-runtimes issue 40), so finalisation is
    skipped.
    """
    flush_reports()
    flush_traces()
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        # The reader may have closed the pipe: `run.py user list | head -1`.
        with suppress(OSError):
            stream.flush()
    os._exit(code)
