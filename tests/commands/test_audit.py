"""`audit …`."""

import csv
import io
import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from bot.__main__ import main
from bot.staff.audit import SYSTEM, record


@pytest.fixture(autouse=True)
def own_database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STADTLOTSE_DATABASE_URL", database_url)


@pytest.fixture
def entries(engine: Engine) -> None:
    for number in range(5):
        with engine.begin() as connection:
            record(connection, SYSTEM, "read", f"conversation {number}", {"words": ["=1+1", "ä"]})


def test_a_sound_log_is_called_so_with_its_last_hash(entries: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "verify"]) == 0
    said = capsys.readouterr().out
    assert "5 entries, none changed, none missing; last 5:" in said
    noted = said.split()[-1]
    assert main(["audit", "verify", "--noted", noted]) == 0
    assert main(["audit", "verify", "--noted", f"4:{'a' * 64}"]) == 1
    assert "entry 4 is not the one that was noted" in capsys.readouterr().out


def test_a_changed_entry_is_named(entries: None, engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER audit_is_not_changed"))
        else:
            connection.execute(text("ALTER TABLE audit DISABLE TRIGGER ALL"))
        connection.execute(text("UPDATE audit SET object = 'conversation 9' WHERE number = 3"))
    assert main(["audit", "verify"]) == 1
    assert "entry 3 is not what was written; 2 before it are sound" in capsys.readouterr().out


@pytest.mark.parametrize("noted", ["5", "5:abc", "x:" + "a" * 64])
def test_a_note_of_another_shape_is_refused(noted: str) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["audit", "verify", "--noted", noted])
    assert refused.value.code == 2


def test_entries_are_exported_as_csv_and_json(
    entries: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", "export"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["object"] for row in rows] == [f"conversation {number}" for number in range(5)]
    assert json.loads(rows[0]["details"]) == {"words": ["=1+1", "ä"]}
    file = tmp_path / "audit.json"
    assert main(["audit", "export", str(file), "--format", "json"]) == 0
    assert [entry["number"] for entry in json.loads(file.read_text("utf-8"))] == [1, 2, 3, 4, 5]


def test_days_choose_entries(entries: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "export", "--format", "json", "--until", "2020-01-01"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert main(["audit", "export", "--format", "json", "--since", "2020-01-01"]) == 0
    assert len(json.loads(capsys.readouterr().out)) == 5


@pytest.mark.parametrize("option", ["--since", "--until"])
def test_day_that_is_none_is_refused_by_name(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["audit", "export", option, "gestern"])
    assert refused.value.code == 2
    assert f"{option}: expected a day such as 2026-10-31, not 'gestern'" in capsys.readouterr().err
