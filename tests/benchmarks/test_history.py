from pathlib import Path

import pytest

from benchmarks import history
from benchmarks.history_cases import make_cases
from benchmarks.made_up_history import RARE, Past
from bot.conversations.history import HistoryFilter, list_history
from bot.database import opened_engine


@pytest.fixture
def made(database_url: str) -> tuple[str, Past]:
    return database_url, history.fill(database_url, 60)


def test_past_has_what_the_views_look_for(made: tuple[str, Past]) -> None:
    url, past = made
    everything = frozenset(past.teams)
    with opened_engine(url) as engine, engine.connect() as connection:
        assert len(list_history(connection, HistoryFilter(teams=everything), limit=100)) == 60
        assert [one.id for one in list_history(connection, HistoryFilter(teams=everything, words=RARE))] == [7]


def test_every_view_is_opened_and_told(made: tuple[str, Past]) -> None:
    url, past = made
    figures = history.measure(url, past, 60, repeats=2)
    assert figures.keys() == make_cases(past, 60).keys()
    assert all(len(times) == 2 for times in figures.values())
    table = history.page_table({"SQLite": figures})
    assert "| First page, one small team |" in table
    assert "SQLite: worst p95" in table


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_export_takes_out_everything(made: tuple[str, Past], suffix: str) -> None:
    url, past = made
    figures = history.export(url, past, suffix)
    assert figures["rows"] == 60
    assert figures["megabytes"] > 0


def test_past_is_read_as_it_was_written(made: tuple[str, Past], tmp_path: Path) -> None:
    history._write(made[1], tmp_path / "past.json")
    assert history._read(tmp_path / "past.json") == made[1]
