"""XZuFi 2.1 and 2.2, the exchange format of the portals of federation and states.

A file is a message with `leistung` entries, or a full dump of `schreibe` and `loesche` messages. It is read as a
stream, and what was read waits on the disk. An entry that cannot be used is rejected and the rest goes on; a file that
is no XML to its end is refused as a whole, because what is missing in it would otherwise be withdrawn.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from bot.catalogue.importers import values
from bot.catalogue.importers.record import OfficeRecord, Reading, Rejection, ServiceRecord, Town
from bot.catalogue.importers.xzufi.element import Element
from bot.catalogue.importers.xzufi.offices import read_office, read_online_service, regional_key, responsibilities
from bot.catalogue.importers.xzufi.services import UnusableEntryError, read_service
from bot.catalogue.importers.xzufi.spool import Kind, Spool, Spooled
from bot.catalogue.importers.xzufi.stream import LONGEST_ENTRY, Entry, read_entries
from bot.errors import ImportFileError

MOST_NOTES = 5_000  # kept one by one

KINDS: dict[str, Kind] = {"leistung": "service", "organisationseinheit": "office", "onlinedienst": "online"}

# The first two digits of a regional key.
LANDS = ("SH", "HH", "NI", "HB", "NW", "HE", "RP", "BW", "BY", "SL", "BE", "BB", "MV", "SN", "ST", "TH")


def read(path: Path) -> Reading:
    """All services and offices of the file; the town is the one most offices lie in, None where none has an address.

    Raises:
        ImportFileError: see `read_entries`; or there is no service in the file.
    """
    state = _State()
    for entry in read_entries(path):
        state.take(entry)
    if not state.spool.count("service"):
        raise ImportFileError(f"{path}: there is no leistung in it that can be used; rejected: {len(state.rejected)}")
    if dangling := state.spool.count_dangling():
        state.left_out["responsibility for a leistung that is not in the file"] += dangling
    for what, count in sorted(state.left_out.items()):
        state.notes.append(Rejection(where="file", row_id="", reason=f"{what} ({count}): left out"))
    return Reading(
        town=_town(state),
        services=Spooled(state.spool, "service", ServiceRecord, partial(_finish, state.spool)),
        offices=Spooled(state.spool, "office", OfficeRecord, _as_it_is),
        rejected=tuple(state.rejected),
        notes=tuple(state.notes),
    )


@dataclass
class _State:
    """What was read so far. `left_out` counts what occurs in many entries and is noted once."""

    spool: Spool = field(default_factory=Spool)
    rejected: list[Rejection] = field(default_factory=list)
    notes: list[Rejection] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    cities: Counter[str] = field(default_factory=Counter)
    lands: Counter[str] = field(default_factory=Counter)

    def take(self, entry: Entry) -> None:
        """Keep an entry, forget one that is to be deleted, or say why not."""
        element = entry.element
        name = element.name.removesuffix("ID") if entry.action == "delete" else element.name
        kind = KINDS.get(name)
        entry_id = values.id_of(element.first("id") or (element.text if name != element.name else ""))
        reason = ""
        if kind is None:
            self.left_out[name] += 1
        elif not entry_id:
            reason = "the id is missing or unusable"
        elif entry.action == "delete":
            self.spool.remove(kind, entry_id)
        elif entry.too_long:
            reason = f"it has more than {LONGEST_ENTRY} characters, or elements too deep in one another"
        elif entry.action == "answer" and self.spool.has(kind, entry_id):
            reason = "the id stands twice; the first one was taken"
        else:
            try:
                _READERS[kind](self, element, entry_id)
            except UnusableEntryError as error:
                reason = str(error)
        if reason:
            where = f"{name}, line {element.line}"
            self.rejected.append(Rejection(where=where, row_id=entry_id, reason=reason))

    def take_service(self, element: Element, entry_id: str) -> None:
        """A `leistung`."""
        self.spool.remove("service", entry_id)
        self.spool.put("service", read_service(element, entry_id, self.notes, self.left_out))
        if len(self.notes) > MOST_NOTES:
            self.left_out["further notes on services"] += len(self.notes) - MOST_NOTES
            del self.notes[MOST_NOTES:]
        for reference in element.all("onlinedienstID"):
            self.spool.connect(entry_id, "online", values.id_of(reference.text))

    def take_office(self, element: Element, entry_id: str) -> None:
        """An `organisationseinheit`."""
        self.spool.remove("office", entry_id)
        # A broken office keeps its services: an earlier import may have brought it.
        for service_id, areas in responsibilities(element):
            self.spool.connect(service_id, "office", entry_id, areas)
        office = read_office(element, entry_id)
        self.spool.put("office", office)
        if office.city:
            self.cities[office.city] += 1
        if key := regional_key(element):
            self.lands[key[:2]] += 1

    def take_online(self, element: Element, entry_id: str) -> None:
        """An `onlinedienst`; one that names no service may still be named by one."""
        self.spool.remove("online", entry_id)
        self.spool.put("online", read_online_service(element, entry_id))
        for service_id, _ in responsibilities(element):
            self.spool.connect(service_id, "online", entry_id)


_READERS: dict[Kind, Callable[[_State, Element, str], None]] = {
    "service": _State.take_service,
    "office": _State.take_office,
    "online": _State.take_online,
}


def _finish(spool: Spool, service: ServiceRecord) -> ServiceRecord:
    """The service with its offices and online services, which may have come after it."""
    texts = {}
    for language, text in service.texts.items():
        online = spool.online_links(service.id, language, text.name)
        known = {link.url for link in online}
        texts[language] = replace(text, links=(*online, *(link for link in text.links if link.url not in known)))
    pages = [link.url for text in texts.values() for link in text.links if link.kind == "online"]
    return replace(service, texts=texts, offices=spool.offices_of(service.id), online_url=next(iter(pages), ""))


def _as_it_is(office: OfficeRecord) -> OfficeRecord:
    return office


def _town(state: _State) -> Town | None:
    if not state.cities:
        return None
    number = next((int(key) for key, _ in state.lands.most_common(1) if key.isdecimal()), 0)
    return Town(name=state.cities.most_common(1)[0][0], land=LANDS[number - 1] if 1 <= number <= len(LANDS) else "")
