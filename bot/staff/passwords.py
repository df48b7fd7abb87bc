"""Passwords: which are good enough, and their Argon2id hashes. Hashing takes tens of milliseconds of a whole core."""

from collections.abc import Iterable
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from bot.settings import Settings
from bot.staff.faults import FaultError

SHORTEST = 12
LONGEST = 200
GUESSED = 72  # as many characters zxcvbn looks at
STRONG = 3  # of 0 to 4: more than 10⁸ guesses


def check_password(password: str, *, names: Iterable[str] = ()) -> None:
    """Refuse what others would guess. `names` are those of the person, the town, the program.

    Raises:
        FaultError: with the reason.
    """
    if len(password) < SHORTEST:
        raise FaultError("too_short", f"a password has at least {SHORTEST} characters")
    if len(password) > LONGEST:
        raise FaultError("too_long", f"a password has at most {LONGEST} characters")
    words = [word for name in names for word in {name, *name.replace(".", " ").replace("@", " ").split()} if word]
    if any(len(word) >= 4 and word.lower() in password.lower() for word in words):
        raise FaultError("has_name", "a password does not contain the name of its owner, or of the town")
    if zxcvbn(password[:GUESSED], user_inputs=words)["score"] < STRONG:
        raise FaultError("too_easy", "this password is easily guessed; several unusual words are better")


@dataclass(frozen=True, kw_only=True)
class Passwords:
    """Hashes passwords with Argon2id; `memory` in KiB."""

    memory: int
    passes: int
    lanes: int

    def hash(self, password: str) -> str:
        """What is stored of a password, with salt and costs in it."""
        return self._hasher().hash(password)

    def matches(self, stored: str | None, password: str) -> bool:
        """Whether it is the password. Without a stored one it takes as long, and it is not."""
        try:
            self._hasher().verify(stored or self._stand_in(), password)
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Whether it was hashed with other costs than those of today."""
        return self._hasher().check_needs_rehash(stored)

    def _hasher(self) -> PasswordHasher:
        return PasswordHasher(time_cost=self.passes, memory_cost=self.memory, parallelism=self.lanes)

    def _stand_in(self) -> str:
        """A hash of the same costs, of no password: its last part is not what Argon2 makes of anything likely."""
        return f"$argon2id$v=19$m={self.memory},t={self.passes},p={self.lanes}$c3RhZHRsb3RzZS1ub25l${'A' * 43}"


def make_passwords(settings: Settings) -> Passwords:
    """The hasher with the costs that are set."""
    return Passwords(memory=settings.argon2_memory, passes=settings.argon2_passes, lanes=settings.argon2_lanes)
