"""Ends this process when its parent ends."""

import ctypes
import signal
import sys

from server.embedded.launch import PR_SET_PDEATHSIG


def end_with_parent() -> None:
    """Have the kernel send SIGTERM when our parent ends, even by kill -9. Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
