"""Test timeouts, counted in seconds in which this process ran, with the stacks of all tasks on expiry."""

import asyncio
import gc
import os
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

# No timer ends a psycopg2 wait in a thread: on the loop's thread, for a row lock only the loop can release.
os.environ["PGOPTIONS"] = "-c lock_timeout=20s"


class TimedOut(pytest.fail.Exception, SystemExit):  # type: ignore[misc, name-defined]
    """A failure that passes through the event loop: uvloop logs exceptions of signal handlers and keeps waiting,
    except for the two that end a program (`Handle._run` there)."""


def _find_awaited(waiting: Any) -> Any:
    for name in ("cr_await", "gi_yieldfrom", "ag_await"):
        if hasattr(waiting, name):
            return getattr(waiting, name)
    # Only the garbage collector knows the owner of an async generator's step (a fixture).
    return next((one for one in gc.get_referents(waiting) if hasattr(one, "ag_frame")), None)


def _follow(waiting: Any) -> str:
    """The stack of a suspended coroutine, from the task down to what it awaits."""
    stack = []
    while waiting is not None:
        frames = (getattr(waiting, name, None) for name in ("cr_frame", "gi_frame", "ag_frame"))
        stack += [f"{at.f_code.co_filename}:{at.f_lineno} {at.f_code.co_name}" for at in frames if at]
        waiting = _find_awaited(waiting)
    return "\n    ".join(stack)


def _list_tasks() -> str:
    """The stack of every task of the running loop; empty without a loop."""
    try:
        tasks = asyncio.all_tasks()
    except RuntimeError:
        return ""
    return "\n".join(f"{task.get_name()}\n    {_follow(task.get_coro())}" for task in tasks)


def _watch(seconds: float, ended: threading.Event, main: int) -> None:
    """A machine suspended for an hour uses up one second: only the test's own hang counts."""
    for _ in range(max(1, round(seconds))):
        if ended.wait(1):
            return
    signal.pthread_kill(main, signal.SIGALRM)


def _fail_after(seconds: float) -> Callable[[int, FrameType | None], None]:
    def handle(signum: int, frame: FrameType | None) -> None:
        raise TimedOut(f"the test is not done after {seconds:g} s\n{_list_tasks()}")

    return handle


@pytest.hookimpl(tryfirst=True)
def pytest_timeout_set_timer(item: Any, settings: Any) -> bool:
    """In place of pytest-timeout's own timer, which cannot end a test that waits in uvloop."""
    signal.signal(signal.SIGALRM, _fail_after(settings.timeout))
    ended = threading.Event()
    item.cancel_timeout = ended.set
    main = threading.main_thread().ident
    threading.Thread(target=_watch, args=(settings.timeout, ended, main), daemon=True).start()
    return True
