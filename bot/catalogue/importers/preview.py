"""What an import would change, by name and field: for people who look before they import."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Literal

from sqlalchemy.orm import Session

from bot.catalogue.importers.plan import Plan
from bot.catalogue.importers.record import ServiceRecord, ServiceText
from bot.catalogue.queries import load_services
from bot.language import DEFAULT_LANGUAGE, Language

ChangeKind = Literal["added", "changed", "restored", "withdrawn"]


@dataclass(frozen=True, kw_only=True)
class Change:
    """One service that would change; `fields` are named for changed ones: "url", "de.fees", "en"."""

    kind: ChangeKind
    id: str
    name: str
    fields: tuple[str, ...] = ()


def compare(session: Session, plan: Plan, records: Iterable[ServiceRecord]) -> tuple[Change, ...]:
    """The changes of `plan`, before it is carried out: as the records come, then the withdrawn ones."""
    stored = load_services(session) if plan.changed or plan.withdrawn else {}
    changes = []
    for record in records:
        name = record.texts[DEFAULT_LANGUAGE].name
        if record.id in plan.added:
            changes.append(Change(kind="added", id=record.id, name=name))
        elif record.id in plan.restored:
            changes.append(Change(kind="restored", id=record.id, name=name))
        elif record.id in plan.changed:
            found = tuple(differences(stored[record.id], record)) if record.id in stored else ()
            changes.append(Change(kind="changed", id=record.id, name=name, fields=found))
    for row_id in plan.withdrawn:
        name = stored[row_id].texts[DEFAULT_LANGUAGE].name if row_id in stored else row_id
        changes.append(Change(kind="withdrawn", id=row_id, name=name))
    return tuple(changes)


def differences(before: ServiceRecord, after: ServiceRecord) -> Iterator[str]:
    """The fields in which two versions of a service differ; a language that comes or goes is named alone."""
    for field in fields(ServiceRecord):
        if field.name not in {"texts", "source_date"} and getattr(before, field.name) != getattr(after, field.name):
            yield field.name
    for language in sorted(before.texts.keys() | after.texts.keys()):
        old, new = before.texts.get(language), after.texts.get(language)
        if old is None or new is None:
            yield language
        else:
            yield from _text_differences(old, new, language)


def _text_differences(before: ServiceText, after: ServiceText, language: Language) -> Iterator[str]:
    for field in fields(ServiceText):
        if field.name == "facets":
            for facet in sorted(before.facets.keys() | after.facets.keys()):
                if before.facets.get(facet) != after.facets.get(facet):
                    yield f"{language}.{facet}"
        elif getattr(before, field.name) != getattr(after, field.name):
            yield f"{language}.{field.name}"
