import asyncio
import gzip
import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import ClientResponse
from sqlalchemy import text
from sqlalchemy.orm import Session
from yarl import URL

from bot.catalogue.importers import sync
from bot.catalogue.importers.record import Reading, ServiceRecord, ServiceText, Source
from bot.catalogue.validity import town_today
from bot.conversations.store import Store
from bot.database import open_engine
from bot.errors import DatabaseUnavailableError
from bot.web.open_data import REFRESH_SECONDS, OpenData, Wanted
from bot.web.routes import ROUTES, PublicRoute
from tests.catalogue.exporters.checking import broken_rules, to_graph, unknown_in_schema_org
from tests.catalogue.exporters.records import BARE, BARE_OFFICE, FULL, TOWN
from tests.catalogue.records import CITIZENS_OFFICE
from tests.web.conftest import ReadLog, StartWeb, Web

SERVICES = "/api/v1/services"
SOURCE = Source(kind="town", name="Auenfurt")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def put_services(database_url: str, *services: ServiceRecord) -> None:
    engine = open_engine(database_url)
    reading = Reading(town=TOWN, services=services, offices=(CITIZENS_OFFICE, BARE_OFFICE))
    with Session(engine) as session:
        sync.apply(session, reading, SOURCE, sync.Options(allow_mass_withdrawal=True))
    engine.dispose()


def numbered(count: int) -> list[ServiceRecord]:
    return [replace(FULL, id=f"s{number:03}") for number in range(count)]


@pytest.fixture
async def full_web(database_url: str, start_web: StartWeb) -> Web:
    put_services(database_url, FULL, BARE)
    return await start_web()


async def service_ids(response: ClientResponse) -> list[str]:
    """The ids of the services in a schema.org document."""
    assert response.status == 200, await response.text()
    graph = json.loads(await response.read())["@graph"]
    return [node["identifier"][0] for node in graph if node["@type"] == "GovernmentService"]


async def test_services_are_listed_in_the_order_of_their_ids(full_web: Web) -> None:
    response = await full_web.request("GET", SERVICES)
    assert response.content_type == "application/ld+json"
    assert await service_ids(response) == ["bare", "umzug/neu:1"]
    assert unknown_in_schema_org(await response.read()) == []
    assert "Link" not in response.headers


async def test_one_service_comes_with_its_offices(full_web: Web) -> None:
    path = URL(f"{full_web.origin}{SERVICES}/{quote(FULL.id, safe='')}", encoded=True)
    response = await full_web.session.get(path)
    assert await service_ids(response) == [FULL.id]
    graph = json.loads(await response.read())["@graph"]
    assert [node["@type"] for node in graph] == [
        *("GovernmentOrganization", "AdministrativeArea", "GovernmentService", "GovernmentOffice", "GovernmentOffice")
    ]


@pytest.mark.parametrize("id_", ["a/b", "a:b", "ü/ä", "a%2Fb", "a b", "{x}", "?x=1&y", "#x", "a//b/", "ß" * 100])
async def test_ids_with_odd_characters_are_found_at_the_address_the_list_gives(
    id_: str, database_url: str, start_web: StartWeb
) -> None:
    put_services(database_url, replace(BARE, id=id_))
    web = await start_web()
    graph = json.loads(await (await web.request("GET", SERVICES)).read())["@graph"]
    address = next(node["@id"] for node in graph if node["@type"] == "GovernmentService")
    response = await web.session.get(URL(web.origin + address, encoded=True))
    assert await service_ids(response) == [id_]


@pytest.mark.parametrize("id_", ["none", "%00", "a%2F..%2Fbare", "%F0%9F%99%82", "x" * 5000])
async def test_an_unknown_service_is_not_found_in_the_one_shape(full_web: Web, id_: str) -> None:
    response = await full_web.session.get(URL(f"{full_web.origin}{SERVICES}/{id_}", encoded=True))
    assert response.status == 404
    assert (await response.json())["error"]["code"] == "not_found"
    assert response.headers["Cache-Control"] == "no-store"


async def test_only_what_is_open_to_everybody_is_served(database_url: str, start_web: StartWeb) -> None:
    tomorrow = town_today() + timedelta(days=1)
    yesterday = tomorrow - timedelta(days=2)
    hidden = {
        "secret": {"public": False},
        "counter": {"internal": True},
        "early": {"valid_from": tomorrow},
        "late": {"valid_until": yesterday},
    }
    put_services(database_url, BARE, *[replace(BARE, id=id_, **changes) for id_, changes in hidden.items()], FULL)
    put_services(database_url, BARE, *[replace(BARE, id=id_, **changes) for id_, changes in hidden.items()])
    web = await start_web()
    assert await service_ids(await web.request("GET", SERVICES)) == ["bare"]
    for id_ in [*hidden, quote(FULL.id, safe="")]:
        response = await web.session.get(URL(f"{web.origin}{SERVICES}/{id_}", encoded=True))
        assert response.status == 404


async def test_there_is_an_empty_list_before_the_first_import(web: Web) -> None:
    assert await service_ids(await web.request("GET", SERVICES)) == []
    assert (await web.request("GET", f"{SERVICES}/bare")).status == 404


# --- pages -----------------------------------------------------------------------------------------------------------
async def test_following_the_links_gives_every_service_once(database_url: str, start_web: StartWeb) -> None:
    put_services(database_url, *numbered(7))
    web = await start_web()
    path, found, pages = f"{SERVICES}?limit=3&language=en&format=schema.org", [], 0
    while path:
        response = await web.request("GET", path)
        found += await service_ids(response)
        link = response.links.get("next")
        path = link["url"].relative().human_repr() if link else ""
        assert not path or ("language=en" in path and "format=schema.org" in path)
        pages += 1
    assert found == [f"s{number:03}" for number in range(7)]
    assert pages == 3


async def test_a_page_begins_after_an_id_that_is_gone(database_url: str, start_web: StartWeb) -> None:
    put_services(database_url, *numbered(3))
    web = await start_web()
    assert await service_ids(await web.request("GET", f"{SERVICES}?after=s0005")) == ["s001", "s002"]
    assert await service_ids(await web.request("GET", f"{SERVICES}?after=z")) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=x", "limit"),
        ("limit=", "limit"),
        ("language=fr", "language"),
        ("format=rdf", "format"),
        (f"after={'x' * 201}", "after"),
        ("limit=1&limit=2", "limit"),
    ],
)
async def test_a_query_that_does_not_fit_names_the_parameter(full_web: Web, query: str, field: str) -> None:
    response = await full_web.request("GET", f"{SERVICES}?{query}")
    assert response.status == 422
    assert (await response.json())["error"]["field"] == field


# --- vocabularies and languages --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("accept", "query", "cpsv"),
    [
        ("*/*", "", False),
        ("text/html, application/json", "", False),
        ('application/ld+json; profile="https://schema.org/"', "", False),
        ('text/turtle;q=0.5, application/ld+json;profile="http://data.europa.eu/m8g/cpsvap"', "", True),
        ("application/ld+json; profile=cpsv-ap", "", True),
        ('application/ld+json; profile="urn:other"', "", False),
        ("*/*", "?format=cpsv-ap", True),
        ("application/ld+json; profile=cpsv-ap", "?format=schema.org", False),
    ],
)
async def test_the_vocabulary_is_chosen_by_query_or_accept(full_web: Web, accept: str, query: str, cpsv: bool) -> None:
    response = await full_web.request("GET", f"{SERVICES}{query}", headers={"Accept": accept})
    assert (b"cpsv:PublicService" in await response.read()) == cpsv
    assert response.headers["Vary"] == "Accept, Accept-Encoding"


async def test_what_is_served_keeps_the_rules_of_cpsv_ap(full_web: Web) -> None:
    for path in (SERVICES, f"{SERVICES}/bare"):
        response = await full_web.request("GET", f"{path}?format=cpsv-ap")
        assert broken_rules(to_graph(await response.read())) == []


async def test_one_language_is_served_where_it_is_asked_for(full_web: Web) -> None:
    body = await (await full_web.request("GET", f"{SERVICES}?language=en")).text()
    assert "Registering an address" in body
    assert "Wohnsitz anmelden" not in body
    assert "Ohne alles" in body  # there is only German


# --- saving bytes ----------------------------------------------------------------------------------------------------
async def test_what_is_known_is_not_sent_again(full_web: Web) -> None:
    first = await full_web.request("GET", SERVICES)
    for headers in (
        {"If-None-Match": first.headers["ETag"]},
        {"If-None-Match": f'"other", {first.headers["ETag"]}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": first.headers["Last-Modified"]},
    ):
        response = await full_web.request("GET", SERVICES, headers=headers)
        assert (response.status, await response.read()) == (304, b"")
        assert response.headers["ETag"] == first.headers["ETag"]
    for headers in (
        {"If-None-Match": '"other"', "If-Modified-Since": first.headers["Last-Modified"]},
        {"If-Modified-Since": "Sun, 22 Nov 2020 12:00:00 GMT"},
        {"If-Modified-Since": "yesterday"},
    ):
        assert (await full_web.request("GET", SERVICES, headers=headers)).status == 200


async def test_documents_of_other_kinds_have_other_tags(full_web: Web) -> None:
    queries = ("", "?format=cpsv-ap", "?language=de", "?language=en")
    tags = {(await full_web.request("GET", SERVICES + query)).headers["ETag"] for query in queries}
    assert len(tags) == len(queries)


async def test_it_is_compressed_where_that_is_understood(full_web: Web) -> None:
    plain = await full_web.request("GET", SERVICES, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    async with full_web.session.get(
        full_web.origin + SERVICES, headers={"Accept-Encoding": "gzip"}, auto_decompress=False
    ) as packed:
        assert packed.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(await packed.read()) == await plain.read()


async def test_a_head_request_gets_the_headers_alone(full_web: Web) -> None:
    response = await full_web.request("HEAD", SERVICES)
    assert (response.status, await response.read()) == (200, b"")
    assert "ETag" in response.headers


# --- other websites --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", [SERVICES, f"{SERVICES}/bare", f"{SERVICES}/none", f"{SERVICES}?limit=x"])
async def test_every_website_may_read_it(full_web: Web, path: str) -> None:
    response = await full_web.request("GET", path, headers={"Origin": "https://other.example"})
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert "Set-Cookie" not in response.headers


async def test_every_website_may_ask_whether_it_has_changed(full_web: Web) -> None:
    asked = {"Origin": "https://other.example", "Access-Control-Request-Method": "GET"}
    response = await full_web.request("OPTIONS", SERVICES, headers=asked)
    assert response.status == 204
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "If-None-Match" in response.headers["Access-Control-Allow-Headers"]
    assert response.headers["Access-Control-Allow-Methods"] == "GET"


def test_only_routes_that_say_so_are_open_to_every_website() -> None:
    opened = {route.path for route in ROUTES if isinstance(route, PublicRoute) and route.access == "open"}
    assert opened == {route.path for route in ROUTES if route.path.startswith(SERVICES)}
    assert len(opened) == 2


async def test_nothing_can_be_written(full_web: Web) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert (await full_web.request(method, f"{SERVICES}/bare")).status == 405


# --- the copy in memory ----------------------------------------------------------------------------------------------
class Clock:
    """Seconds and the time of day, set by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.moment = NOW

    def __call__(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return self.moment

    def pass_time(self, **time: float) -> None:
        self.seconds += timedelta(**time).total_seconds()
        self.moment += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def source(database_url: str, clock: Clock) -> Any:
    store = Store(database_url)
    source = OpenData(store, clock=clock, now=clock.now)
    yield source
    await source.close()
    await store.close()


async def settled(source: OpenData) -> tuple[str, ...]:
    """The ids after whatever is under way."""
    await source.current()
    await asyncio.sleep(0)
    while source.is_reading:  # noqa: ASYNC110 - there is no event for it
        await asyncio.sleep(0.01)
    return (await source.current()).ids


async def test_an_import_is_seen_within_seconds_and_nobody_waits(
    database_url: str, source: OpenData, clock: Clock
) -> None:
    put_services(database_url, BARE)
    first = await source.current()
    put_services(database_url, BARE, FULL)
    assert await settled(source) == ("bare",)
    clock.pass_time(seconds=REFRESH_SECONDS)
    assert (await source.current()) is first
    assert await settled(source) == ("bare", FULL.id)
    assert (await source.current()).tag != first.tag


async def test_the_catalogue_is_not_read_again_while_nothing_changes(
    database_url: str, source: OpenData, clock: Clock
) -> None:
    put_services(database_url, BARE)
    first = await source.current()
    clock.pass_time(seconds=60)
    await settled(source)
    assert (await source.current()) is first


async def test_a_service_ends_at_midnight_without_an_import(database_url: str, source: OpenData, clock: Clock) -> None:
    put_services(database_url, BARE, replace(BARE, id="ends", valid_until=NOW.date()))
    first = await source.current()
    assert first.ids == ("bare", "ends")
    clock.pass_time(days=1)
    assert await settled(source) == ("bare",)
    second = await source.current()
    assert second.tag != first.tag
    assert second.changed_at >= datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("error", "event"),
    [(DatabaseUnavailableError("down"), "open_data_not_read"), (ValueError("a broken row"), "open_data_failed")],
)
async def test_the_old_copy_serves_on_while_it_cannot_be_read_anew(
    *,
    error: Exception,
    event: str,
    database_url: str,
    source: OpenData,
    clock: Clock,
    logged: ReadLog,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def fail(*_: Any, **__: Any) -> None:
        raise error

    put_services(database_url, BARE)
    await source.current()
    with monkeypatch.context() as patch:
        patch.setattr(Store, "read", fail)
        clock.pass_time(minutes=5)
        assert await settled(source) == ("bare",)
        assert await settled(source) == ("bare",)
    assert logged().count(event) == 1  # whoever asks next does not try it again at once
    put_services(database_url, BARE, FULL)
    clock.pass_time(seconds=REFRESH_SECONDS)
    assert await settled(source) == ("bare", FULL.id)


async def test_without_a_copy_a_database_that_is_down_is_said(web: Web, tmp_path: Path, database_url: str) -> None:
    engine = open_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE catalogue RENAME TO away"))
    engine.dispose()
    response = await web.request("GET", SERVICES)
    assert response.status in {500, 503}
    assert set(await response.json()) == {"error"}


async def test_those_who_ask_first_together_are_read_for_once(
    database_url: str, source: OpenData, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_services(database_url, BARE)
    read, count = Store.read, 0

    async def counted(*args: Any, **kwargs: Any) -> Any:
        nonlocal count
        count += 1
        return await read(*args, **kwargs)

    monkeypatch.setattr(Store, "read", counted)
    copies = await asyncio.gather(*[source.current() for _ in range(5)])
    assert count == 1
    assert all(copy is copies[0] for copy in copies)


async def test_a_document_is_rendered_once(database_url: str, source: OpenData) -> None:
    put_services(database_url, *numbered(3))
    copy = await source.current()
    wanted = Wanted(ids=copy.ids, form="cpsv-ap", languages=("de",))
    assert await source.document(copy, wanted) is await source.document(copy, wanted)


async def test_rendering_many_services_does_not_hold_up_other_requests(database_url: str, source: OpenData) -> None:
    texts = {"de": ServiceText(name="Lang", summary="Viel Text. " * 200), "en": FULL.texts["en"]}
    put_services(database_url, *[replace(service, texts=texts) for service in numbered(300)])
    copy = await source.current()
    rendering = asyncio.create_task(source.document(copy, Wanted(ids=copy.ids, form="cpsv-ap", languages=("de", "en"))))
    longest, before = 0.0, time.perf_counter()
    while not rendering.done():
        await asyncio.sleep(0)
        longest, before = max(longest, time.perf_counter() - before), time.perf_counter()
    assert len((await rendering).plain) > 500_000
    assert longest < 0.1  # generous: the machine may be busy with something else
