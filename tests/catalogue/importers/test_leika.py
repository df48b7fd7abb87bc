from dataclasses import replace
from pathlib import Path

import pytest

from bot.catalogue.importers.leika import LeikaEntry, check_keys, read_list
from bot.catalogue.importers.record import Reading, ServiceText
from bot.errors import ImportFileError
from tests.catalogue.importers.samples import reading, service

LIST = """\
leika_key,name,kind,legal_basis
99102009060000,Hund anmelden,4,"§ 3 Hundesatzung [https://recht.example/3], § 4 <b>Satzung</b>"
nicht im LeiKa,Torf stechen,1,§ 1
99102009070000,Hund abmelden,4,
88102009070000,Katze,4,§ 2
99102009060000,Doppelt,4,§ 9
"""
KEY = "99102009060000"
SHARED = Path(__file__).parents[4] / "shared" / "data" / "leika"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "leika.csv"
    file.write_text(LIST, encoding="utf-8")
    return file


def basis(checked: Reading) -> list[str]:
    return [one.texts["de"].facets.get("legal_basis", "") for one in checked.services]


def test_list_is_read_without_rows_that_have_no_key(path: Path) -> None:
    assert read_list(path) == {
        KEY: LeikaEntry(name="Hund anmelden", legal_basis="§ 3 Hundesatzung, § 4 Satzung"),
        "99102009070000": LeikaEntry(name="Hund abmelden", legal_basis=""),
    }


def test_legal_basis_is_filled_where_a_service_has_none(path: Path) -> None:
    own = ServiceText(name="Eigene", facets={"legal_basis": "§ 7"})
    what = reading(service(1, leika=KEY), service(2, leika=KEY, texts={"de": own}), service(3))
    checked = check_keys(what, read_list(path))
    assert basis(checked) == ["§ 3 Hundesatzung, § 4 Satzung", "§ 7", ""]
    assert [note.reason for note in checked.notes] == ["the legal basis of 1 services was taken from it"]
    assert len(checked.services) == 3


def test_key_that_is_not_in_the_list_is_noted_and_kept(path: Path) -> None:
    checked = check_keys(reading(service(1, leika="99000000000000")), read_list(path))
    assert [one.leika for one in checked.services] == ["99000000000000"]
    assert [(note.row_id, "not in the list" in note.reason) for note in checked.notes] == [("s1", True)]


@pytest.mark.parametrize("key", ["98102009060000", "9910200906000", "99102009060000x", "9910200906000²"])
def test_key_of_a_wrong_form_is_left_out_with_a_note_also_without_a_list(key: str) -> None:
    checked = check_keys(reading(service(1, leika=key), service(2, leika=KEY)))
    assert [one.leika for one in checked.services] == ["", KEY]
    assert [(note.row_id, repr(key) in note.reason) for note in checked.notes] == [("s1", True)]


def test_notes_of_the_import_are_kept() -> None:
    what = check_keys(reading(service(1, leika="1")))
    assert len(check_keys(replace(what, services=(service(1, leika="1"),))).notes) == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("leika_key,name\n99102009060000,Hund\n", "the column 'legal_basis' is missing"),
        ("leika_key,name,legal_basis\nx,y,z\n", "no LeiKa key"),
        ("", "no LeiKa key"),
        ('leika_key,name,legal_basis\n"99102009060000', "no valid CSV"),
    ],
)
def test_list_that_cannot_be_used_is_refused_by_name(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "leika.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ImportFileError, match=rf"leika\.csv: .*{message}"):
        read_list(path)


def test_missing_list_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImportFileError, match=r"none\.csv: cannot be read"):
        read_list(tmp_path / "none.csv")


@pytest.mark.skipif(not SHARED.is_dir(), reason="the LeiKa list of 2019 is not there; it is no part of the project")
def test_real_list_is_read_in_a_second() -> None:
    (file,) = SHARED.glob("*.csv")
    entries = read_list(file)
    assert len(entries) > 4_500
    assert sum(bool(entry.legal_basis) for entry in entries.values()) > 3_000
    assert not any("http" in entry.legal_basis for entry in entries.values())
