"""What the page of the history shows, read from the database in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.catalogue.service_names import Names, name_in, read_names
from bot.conversations.handoffs import StoredHandoff
from bot.conversations.history import PAGE, HistoryFilter, list_history, list_services, read_feedback
from bot.conversations.records import Feedback
from bot.language import Language
from bot.staff.roles import Staff
from bot.staff.teams import list_teams
from bot.web.desk.history_form import Choices
from bot.web.desk.views import read_people


@dataclass(frozen=True, kw_only=True)
class HistoryPage:
    """A page of ended handoffs, the newest first, and the ids that lead to the pages beside it, None for none."""

    handoffs: Sequence[StoredHandoff]
    feedback: Mapping[int, Feedback]
    before: int | None = None  # of the page with older ones
    after: int | None = None  # of the page with newer ones


NOTHING = HistoryPage(handoffs=(), feedback={})


def read_choices(connection: Connection, staff: Staff, *, language: Language) -> Choices:
    """What this member of staff may filter by: own teams, who is in them, and what any handoff was about."""
    teams = [team for team in list_teams(connection) if team.id in staff.teams]
    members = frozenset().union(*(team.members for team in teams))
    everybody = read_people(connection)
    people = sorted(everybody.items(), key=lambda person: person[1].casefold())
    return Choices(
        teams={team.id: team.name(language) for team in teams},
        people={id_: name for id_, name in people if id_ in members},
        services=read_names(connection, list_services(connection)),
        staff=everybody,
    )


def read_page(
    connection: Connection, wanted: HistoryFilter, *, before: int | None = None, after: int | None = None
) -> HistoryPage:
    """The page after `before` or in front of `after`, else the first one."""
    found = list_history(connection, wanted, before=before, after=after, limit=PAGE + 1)
    is_full = len(found) > PAGE
    if after is not None:
        if not is_full:  # back at the beginning
            return read_page(connection, wanted)
        shown, has_older = found[1:], True
    else:
        shown, has_older = found[:PAGE], is_full
    return HistoryPage(
        handoffs=shown,
        feedback=read_feedback(connection, [handoff.id for handoff in shown]),
        before=shown[-1].id if has_older else None,
        after=shown[0].id if shown and (before is not None or after is not None) else None,
    )


def service_names(services: Mapping[str, Names], language: Language) -> dict[str, str]:
    """What the services are called, by id and in the order of their names."""
    named = {id_: name_in(names, language) for id_, names in services.items()}
    return dict(sorted(named.items(), key=lambda pair: pair[1].casefold()))


def waited(handoff: StoredHandoff) -> timedelta | None:
    """From the wish to the first claim, as the statistics count it; None where nobody claimed it."""
    return _between(handoff.requested_at, handoff.claimed_at)


def handled(handoff: StoredHandoff) -> timedelta | None:
    """From the first claim to the end; None where nobody claimed it."""
    return _between(handoff.claimed_at, handoff.closed_at)


def _between(begin: datetime | None, end: datetime | None) -> timedelta | None:
    return None if begin is None or end is None else max(timedelta(), end - begin)
