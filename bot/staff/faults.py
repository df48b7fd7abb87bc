"""What somebody may do wrong with accounts and teams; each has a sentence in locales/staff.<language>.yml."""

from typing import Literal, get_args

from bot.errors import InputError

Fault = Literal[
    "name",
    "display_name",
    "name_taken",
    "no_role",
    "only_admin",
    "key",
    "key_taken",
    "team_name",
    "office",
    "unequal",
    "too_short",
    "too_long",
    "has_name",
    "too_easy",
]
FAULTS: tuple[Fault, ...] = get_args(Fault)


class FaultError(InputError):
    """A value that cannot be used; `fault` says why to pages, the text to operators."""

    def __init__(self, fault: Fault, message: str) -> None:
        super().__init__(message)
        self.fault: Fault = fault
