"""Frequent questions: every reply names its source and when it was last checked, the same in all languages."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from bot.language import DEFAULT_LANGUAGE
from bot.training.checks.outcomes import covers
from bot.training.project import Project, Reply

WITH_SOURCE = "utter_faq/*"
DATE, SOURCE = "valid_as_of", "source"
TOWN_URL = "{town_url}"  # the website of the town, as the catalogue has it
NO_SOURCE = "null"  # a question about this chat; as it stands in the file
MOST_DAYS = 365


def unusable_sources(project: Project) -> Iterator[tuple[str, str]]:
    """A frequent question without date or source, with a date to come, or with a source that is no https page."""
    today = datetime.now(UTC).date()
    for reply in _replies(project):
        for metadata in reply.metadata:
            yield from ((reply.place, f"{name} is missing") for name in (DATE, SOURCE) if name not in metadata)
            if DATE in metadata:
                yield from ((reply.place, text) for text in _mistakes_in_date(metadata[DATE], today))
            if SOURCE in metadata and not _is_source(metadata[SOURCE]):
                yield reply.place, f"{SOURCE} {metadata[SOURCE]!r} is neither https, {TOWN_URL} nor {NO_SOURCE}"


def other_sources(project: Project) -> Iterator[tuple[str, str]]:
    """A frequent question with another date or source than in the default language."""
    default = {reply.name: reply for reply in _replies(project) if reply.language == DEFAULT_LANGUAGE}
    for reply in _replies(project):
        other = default.get(reply.name, reply)
        for name in (DATE, SOURCE):
            here, there = _values(reply, name), _values(other, name)
            if here != there:
                yield reply.place, f"{name} {', '.join(here)}, but in {other.language} {', '.join(there)}"


def old_answers(
    project: Project, *, most_days: int = MOST_DAYS, today: date | None = None
) -> Iterator[tuple[str, str]]:
    """Frequent questions that nobody has checked for more than `most_days`: to be read again, nothing is wrong yet."""
    oldest = (today or datetime.now(UTC).date()) - timedelta(days=most_days)
    for reply in _replies(project):
        for checked in filter(None, map(_date, _values(reply, DATE))):
            if checked < oldest:
                yield reply.place, f"last checked on {checked.isoformat()}"


def _replies(project: Project) -> list[Reply]:
    return [reply for reply in project.replies if covers(WITH_SOURCE, reply.name)]


def _mistakes_in_date(text: str, today: date) -> Iterator[str]:
    found = _date(text)
    if found is None:
        yield f"{DATE} {text!r} is no date like 2026-11-22"
    elif found > today:
        yield f"{DATE} {text} is still to come"


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _is_source(text: str) -> bool:
    if text in {TOWN_URL, NO_SOURCE}:
        return True
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme == "https" and "." in (parts.hostname or "") and not any(map(str.isspace, text))


def _values(reply: Reply, name: str) -> list[str]:
    return [metadata[name] for metadata in reply.metadata if name in metadata]
