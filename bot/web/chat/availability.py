"""Whether a human could answer at this very moment, who, and when otherwise. What is said here is kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from bot.catalogue.importers.record import OpeningHours
from bot.catalogue.models import ServiceOfficeRow
from bot.catalogue.opening import find_opening
from bot.catalogue.public_holidays import PublicHolidays
from bot.catalogue.validity import TOWN_TIME
from bot.conversations.desk_hours import list_hours
from bot.conversations.presence import list_present
from bot.conversations.working_time import Hours, add_working_time
from bot.language import Language
from bot.staff.roles import Team
from bot.staff.teams import responsible_team


@dataclass(frozen=True, kw_only=True)
class DeskRules:
    """How long a caseworker counts as present without a sign of life, and working time until a request is due.

    `answers_by_mail`: whether answers to requests are also sent as e-mails, where citizens give an address.
    """

    presence: timedelta
    request_time: timedelta
    answers_by_mail: bool = False


@dataclass(frozen=True, kw_only=True)
class Availability:
    """The team for a concern, and whether it can answer in the chat now.

    `opens` is the next opening of its desk in the town's time, None while it is open or where nobody knows.
    `due_at` is by when a request that is taken now should be answered.
    """

    team_id: int
    is_open: bool
    opens: datetime | None
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class Concern:
    """What somebody is needed for: the service talked about, if one was, the language to speak, the town's Land."""

    service_id: str | None
    language: Language
    land: str


def find_availability(
    connection: Connection, concern: Concern, *, rules: DeskRules, at: datetime
) -> Availability | None:
    """How it is at `at`; None where the town has no desk: no team is responsible, or the team has no members.

    The team of the service's offices goes first, the fallback team steps in where nobody of it is there.
    """
    teams = _teams(connection, concern.service_id)
    if not teams:
        return None
    holidays, local = PublicHolidays(concern.land), at.astimezone(TOWN_TIME)
    weeks = [list_hours(connection, team.id) for team in teams]
    openings = [find_opening([*map(_hours, week)], local, holidays) for week in weeks]
    # Where no hours are recorded, or today may be a holiday, presence alone counts.
    in_time = (opening is None or opening.until is not None for opening in openings)
    answering = next(
        (
            index
            for index, is_in_time in enumerate(in_time)
            if is_in_time
            and list_present(connection, teams[index].id, since=at - rules.presence, language=concern.language)
        ),
        None,
    )
    chosen = answering or 0
    due_at = add_working_time(
        local, rules.request_time, week=weeks[chosen], is_holiday=lambda day: bool(holidays.name_on(day, "de"))
    )
    opening = openings[chosen]
    return Availability(
        team_id=teams[chosen].id,
        is_open=answering is not None,
        opens=opening.opens.replace(tzinfo=TOWN_TIME) if opening and opening.opens else None,
        due_at=due_at,
    )


def _teams(connection: Connection, service_id: str | None) -> list[Team]:
    """The responsible team, then the fallback team, with members."""
    candidates = (responsible_team(connection, _offices(connection, service_id)), responsible_team(connection, ()))
    found = {team.id: team for team in candidates if team is not None and team.members}
    return list(found.values())


def _offices(connection: Connection, service_id: str | None) -> list[str]:
    if service_id is None:
        return []
    query = select(ServiceOfficeRow.office_id).where(ServiceOfficeRow.service_id == service_id)
    return list(connection.scalars(query.order_by(ServiceOfficeRow.position)))


def _hours(hours: Hours) -> OpeningHours:
    return OpeningHours(weekday=hours.weekday, opens=hours.opens, closes=hours.closes)
