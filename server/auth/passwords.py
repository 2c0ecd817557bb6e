"""Password hashing with argon2id, off the event loop."""

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


@cache
def _decoy() -> str:
    """The hash of a random password, verified when a user does not exist."""
    return HASHER.hash(secrets.token_urlsafe(16))


class Passwords:
    """argon2id in threads (200 ms of a core each), two at a time so that sign-ins cannot starve other requests."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")
        _decoy()  # computed now rather than during the first sign-in

    async def hash(self, password: str) -> str:
        """Hash a password."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, HASHER.hash, password)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Verify a password. Takes as long without a hash, so that the duration does not reveal who exists."""
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, self._verify, password, password_hash
        )

    def _verify(self, password: str, password_hash: str | None) -> bool:
        try:
            return HASHER.verify(password_hash or _decoy(), password) and password_hash is not None
        except (VerifyMismatchError, InvalidHashError):
            return False

    def close(self) -> None:
        """Stop the threads; pending checks are cancelled."""
        self._threads.shutdown(wait=False, cancel_futures=True)
