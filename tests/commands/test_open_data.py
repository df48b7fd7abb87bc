import json
import os
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.__main__ import main
from bot.catalogue.importers import sync
from bot.catalogue.importers.record import Reading, Source
from tests.catalogue.exporters.records import BARE, BARE_OFFICE, FULL, TOWN
from tests.catalogue.records import CITIZENS_OFFICE


@pytest.fixture(autouse=True)
def town(database_url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STADTLOTSE_DATABASE_URL", database_url)
    reading = Reading(town=TOWN, services=(FULL, BARE), offices=(CITIZENS_OFFICE, BARE_OFFICE))
    with Session(engine) as session:
        sync.apply(session, reading, Source(kind="town", name="Auenfurt"))


@pytest.mark.parametrize(("name", "type_"), [("schema-org", "GovernmentService"), ("cpsv-ap", "cpsv:PublicService")])
def test_the_whole_catalogue_becomes_one_graph(
    name: str, type_: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "services.jsonld"
    assert main(["export", name, str(file)]) == 0
    assert "2 services" in capsys.readouterr().out
    graph = json.loads(file.read_bytes())["@graph"]
    assert [node["@id"] for node in graph if node["@type"] == type_] == [
        "/api/v1/services/bare",
        "/api/v1/services/umzug%2Fneu%3A1",
    ]


def test_addresses_are_relative_to_the_website_or_what_is_named(tmp_path: Path) -> None:
    file = tmp_path / "services.jsonld"
    main(["export", "schema-org", str(file)])
    assert json.loads(file.read_bytes())["@context"] == [
        "https://schema.org",
        {"@base": "https://www.auenfurt.example"},
    ]
    main(["export", "cpsv-ap", str(file), "--base", "https://chat.auenfurt.example"])
    assert json.loads(file.read_bytes())["@context"][1] == {"@base": "https://chat.auenfurt.example"}


def test_a_dash_prints_and_nothing_else_is_printed(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["export", "schema-org", "-", "--language", "en"]) == 0
    document = json.loads(capsysbinary.readouterr().out)
    names = [node["name"][0] for node in document["@graph"] if node["@type"] == "GovernmentService"]
    assert names == [
        {"@value": "Ohne alles", "@language": "de"},
        {"@value": "Registering an address", "@language": "en"},
    ]


def test_a_file_is_replaced_as_a_whole_and_nothing_is_left_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "services.jsonld"
    file.write_text("old", "utf-8")

    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        assert main(["export", "cpsv-ap", str(file)]) == 2
    assert file.read_text("utf-8") == "old"
    assert list(tmp_path.glob(".services*")) == []
    assert main(["export", "cpsv-ap", str(file)]) == 0
    assert list(tmp_path.glob(".services*")) == []


def test_everybody_may_read_the_file_as_any_other(tmp_path: Path) -> None:
    file, other = tmp_path / "services.jsonld", tmp_path / "other"
    other.touch()
    main(["export", "cpsv-ap", str(file)])
    assert file.stat().st_mode == other.stat().st_mode


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "cpsv-ap", str(tmp_path / "none" / "file")]) == 2
    assert "none/file" in capsys.readouterr().err
