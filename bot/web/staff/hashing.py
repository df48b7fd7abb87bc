"""Passwords beside the event loop: hashing one keeps a core busy and takes memory, so few are worked on at once."""

import asyncio
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from bot.staff.passwords import Passwords, check_password

THREADS = 2


class PasswordThreads:
    """The functions of bot.staff.passwords, in threads of their own; who is too many waits."""

    def __init__(self, passwords: Passwords) -> None:
        self._passwords = passwords
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="passwords")

    async def check_and_hash(self, password: str, *, names: Iterable[str]) -> str:
        """The hash of a new password.

        Raises:
            FaultError: others would guess it.
        """

        def work() -> str:
            check_password(password, names=names)
            return self._passwords.hash(password)

        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def matches(self, stored: str | None, password: str) -> tuple[bool, str | None]:
        """Whether it is the password, and a new hash of it where the stored one was made with other costs."""

        def work() -> tuple[bool, str | None]:
            if not self._passwords.matches(stored, password):
                return False, None
            return True, self._passwords.hash(password) if self._passwords.is_outdated(stored or "") else None

        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def close(self) -> None:
        """Give the threads back."""
        self._threads.shutdown(cancel_futures=True)
