"""The DLDB exchange format, which Berlin and Munich use: one file of services, one of locations (offices).

Both files are {"data": [...], "meta": {...}} in German. Values come in odd types (numbers as strings, false for
"none"), texts as HTML. A row that cannot be used is rejected and the rest goes on; of a row that can be used, a part
that cannot is left out and noted.
"""

from dataclasses import replace
from pathlib import Path

from bot.catalogue.importers.dldb.offices import read_office, read_town
from bot.catalogue.importers.dldb.rows import Row, read_rows
from bot.catalogue.importers.dldb.services import LANGUAGE, connect, read_service, read_traces
from bot.catalogue.importers.internal import find_internal
from bot.catalogue.importers.record import Reading, Rejection
from bot.catalogue.importers.vocabulary import load_vocabulary


def read(services_path: Path, locations_path: Path) -> Reading:
    """All services and offices of the two files.

    Raises:
        ImportFileError: a file cannot be read, is not JSON, has no list "data", or no location names a town.
    """
    vocabulary = load_vocabulary(LANGUAGE)
    rejected: list[Rejection] = []
    notes: list[Rejection] = []
    nameless: list[Row] = []
    locations = read_rows(locations_path, "location", rejected, nameless)
    broken_offices = {row.row_id for row in rejected}
    rows = read_rows(services_path, "service", rejected)

    offices = {row.id: read_office(row) for row in locations}
    connections = connect(rows, [*locations, *nameless])
    internal = find_internal(((row.id, read_traces(row, vocabulary)) for row in rows), vocabulary)
    services = []
    for row in rows:
        # A reference to a broken office stays: an earlier import may have brought the office.
        here = connections.known_to(row.id, offices, also=broken_offices, notes=notes)
        services.append(replace(read_service(row, here, vocabulary, notes), internal=row.id in internal))
    return Reading(
        town=read_town(locations, rows, locations_path),
        services=tuple(services),
        offices=tuple(offices.values()),
        rejected=tuple(rejected),
        notes=tuple(notes),
    )
