"""Hashes passwords at the least cost: with that of production each sign-in takes 22 ms of a core."""

from argon2 import PasswordHasher

from server.auth import passwords

PRODUCTION = passwords.HASHER
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def pytest_configure() -> None:
    passwords.HASHER = CHEAP
