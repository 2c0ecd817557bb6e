"""Becomes a server that ends with its parent and is not root; run as a script, without site-packages."""

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
    """Take STOP_SIGNAL PARENT_PID UID GID PASS_PERMISSIONS COMMAND…, and turn into COMMAND."""
    stop_signal, parent, uid, gid, pass_permissions = (int(value) for value in arguments[:5])
    command = arguments[5:]
    if os.getuid() == 0 and uid != 0:
        _become(uid, gid, bool(pass_permissions))
    if sys.platform == "linux":
        # After the change of user, which clears it; and it is the parent's life that counts, not its stop.
        _prctl(PR_SET_PDEATHSIG, stop_signal)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
    os.execv(command[0], command)  # noqa: S606 - no shell is wanted


def _become(uid: int, gid: int, pass_permissions: bool) -> None:
    if pass_permissions:
        # Keeps the capabilities over the change of user, and has access(2) count them afterwards: initdb asks
        # it whether it may run the `postgres` beside it.
        _prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP)
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    if pass_permissions:
        _keep_only(CAP_DAC_OVERRIDE)
        _prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE)


def _prctl(option: int, *values: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    padded = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    if libc.prctl(option, *padded) != 0:
        raise OSError(ctypes.get_errno(), f"prctl {option} failed")


def _keep_only(capability: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    bit = 1 << capability
    # Two words (low, high) of effective, permitted and inheritable each.
    data = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
    if libc.capset(header, data) != 0:
        raise OSError(ctypes.get_errno(), "capset failed")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except OSError as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(LAUNCH_FAILED)
