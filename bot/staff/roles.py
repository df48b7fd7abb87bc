"""What staff may be, and who a member of staff is to the rest of the program."""

from dataclasses import dataclass
from typing import Literal, get_args

from bot.language import Language

Role = Literal["caseworker", "lead", "editor", "admin", "auditor"]

ROLES: tuple[Role, ...] = get_args(Role)
DESK_ROLES: frozenset[Role] = frozenset({"caseworker", "lead"})  # who work at the desk


@dataclass(frozen=True, kw_only=True)
class Staff:
    """A member of staff, as whoever asks "who is it and what may they do" needs to know."""

    id: int
    name: str  # to sign in with
    display_name: str  # for colleagues and citizens
    roles: frozenset[Role]
    teams: frozenset[int]  # ids
    languages: tuple[Language, ...]  # spoken

    def may(self, *roles: Role) -> bool:
        """Whether one of the roles is theirs."""
        return not self.roles.isdisjoint(roles)


@dataclass(frozen=True, kw_only=True)
class Team:
    """A team: its name per language, and the offices of the catalogue whose services are its concern."""

    id: int
    key: str  # a short name for the command line, [a-z0-9-]
    names: dict[Language, str]
    offices: frozenset[str]
    fallback: bool  # takes what no other team is responsible for
    members: frozenset[int] = frozenset()

    def name(self, language: Language) -> str:
        """The name in that language, else in any."""
        return self.names.get(language) or next(iter(self.names.values()))
