"""How well search finds what citizens mean, on labelled questions: floors that must not be undercut."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.catalogue.concepts.store import concept_model
from bot.catalogue.evaluation import Ranked, measure, rank_all, read_questions, reliability
from bot.catalogue.importers import dldb, town
from bot.catalogue.importers.record import ServiceRecord
from bot.catalogue.search import SearchIndex
from bot.language import Language

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data"
FLOORS: dict[Language, tuple[float, float]] = {"de": (0.88, 0.93), "en": (0.85, 0.90)}  # MRR, recall at 3


def index_of(services: Sequence[ServiceRecord]) -> SearchIndex:
    return SearchIndex(services, concept_model(ROOT / "models"))


@pytest.fixture(scope="module")
def demo_services() -> tuple[ServiceRecord, ...]:
    return town.read(ROOT / "data" / "catalogue" / "auenfurt").services


@pytest.fixture(scope="module")
def demo(demo_services: tuple[ServiceRecord, ...]) -> SearchIndex:
    return index_of(demo_services)


@pytest.fixture(scope="module")
def german_only(demo_services: tuple[ServiceRecord, ...]) -> SearchIndex:
    return index_of([replace(service, texts={"de": service.texts["de"]}) for service in demo_services])


@pytest.fixture(scope="module")
def munich() -> SearchIndex:
    folder = SHARED / "munich"
    if not folder.is_dir():
        pytest.skip(f"{folder} is absent: search is not measured on a real catalogue")
    return index_of(dldb.read(folder / "services_de.json", folder / "locations_de.json").services)


def ask(index: SearchIndex, file: Path, language: Language) -> list[Ranked]:
    return rank_all(read_questions(file), lambda text: index.search(text, language))


def assert_floors(ranked: list[Ranked], language: Language) -> None:
    figures = measure(ranked)
    mrr, recall = FLOORS[language]
    assert figures.mrr >= mrr, figures
    assert figures.recall_at_3 >= recall, figures


@pytest.mark.parametrize("language", ["de", "en"])
def test_questions_nobody_tuned_for_find_their_service(demo: SearchIndex, language: Language) -> None:
    assert_floors(ask(demo, ROOT / "tests" / "questions" / f"held_out_{language}.jsonl", language), language)


def test_english_questions_find_services_that_have_only_german_texts(german_only: SearchIndex) -> None:
    assert_floors(ask(german_only, ROOT / "tests" / "questions" / "held_out_en.jsonl", "en"), "en")


@pytest.mark.parametrize("language", ["de", "en"])
def test_questions_find_their_service_in_a_real_german_catalogue(munich: SearchIndex, language: Language) -> None:
    assert_floors(ask(munich, SHARED / "questions" / f"questions_{language}.jsonl", language), language)


@pytest.mark.parametrize("language", ["de", "en"])
def test_score_is_about_how_often_the_first_hit_is_right(demo: SearchIndex, language: Language) -> None:
    ranked = ask(demo, ROOT / "tests" / "questions" / f"held_out_{language}.jsonl", language)
    rows = reliability([(one.hits[0].score if one.hits else 0.0, one.rank == 1) for one in ranked])
    error = sum(row.n * abs(row.score - row.right) for row in rows) / len(ranked)
    assert error <= 0.15, rows


def test_what_no_service_answers_scores_low(demo: SearchIndex) -> None:
    texts = ["wie wird das wetter morgen", "write me a poem about the sea", "was ist die hauptstadt von peru", "lol"]
    for text in texts:
        hits = demo.search(text, "de", limit=1)
        assert not hits or hits[0].score < 0.45, (text, hits)
