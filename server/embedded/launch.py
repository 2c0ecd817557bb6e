"""Drops root, sets the parent death signal, and executes a server; run as a script, without site-packages."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
PR_SET_SECUREBITS = 28
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
SECBIT_NO_SETUID_FIXUP = 1 << 2
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION_3 = 0x20080522
LAUNCH_FAILED = 126


def main(arguments: list[str]) -> None:
    """Arguments: STOP_SIGNAL PARENT_PID UID GID GRANT_CAPABILITY COMMAND…; executes COMMAND."""
    stop_signal, parent, uid, gid, grant_capability = (int(value) for value in arguments[:5])
    command = arguments[5:]
    if os.getuid() == 0 and uid != 0:
        _become(uid, gid, bool(grant_capability))
    if sys.platform == "linux":
        # After the change of user, which clears it. If the parent has ended already, no signal would come.
        _prctl(PR_SET_PDEATHSIG, stop_signal)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
    os.execv(command[0], command)  # noqa: S606 - no shell is wanted


def _become(uid: int, gid: int, grant_capability: bool) -> None:
    if grant_capability:
        # Keeps capabilities across the change of user, and makes access(2) consider them: initdb uses it to check
        # that it may execute `postgres`.
        _prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if grant_capability:
        _reduce_capabilities_to(CAP_DAC_OVERRIDE)
        _prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE)


def _prctl(option: int, *values: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    padded = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    if libc.prctl(option, *padded) != 0:
        raise OSError(ctypes.get_errno(), f"prctl {option} failed")


def _reduce_capabilities_to(capability: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    bit = 1 << capability
    # Effective, permitted and inheritable, each as a low and a high 32-bit value.
    data = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
    if libc.capset(header, data) != 0:
        raise OSError(ctypes.get_errno(), "capset failed")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except OSError as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(LAUNCH_FAILED)
