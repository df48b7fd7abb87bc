"""Replies per language become variations of one reply; differences between languages are refused."""

from pathlib import Path

import pytest
from rasa.shared.importers.importer import TrainingDataImporter

from bot.errors import TrainingDataError
from bot.nlu.importer import BilingualImporter
from tests.rasa.conftest import ROOT


def importer(project: Path) -> BilingualImporter:
    return BilingualImporter(str(project / "config.yml"), str(project / "domain.yml"), [str(project / "data")])


def write(project: Path, language: str, text: str, *, file: str = "replies.yml") -> None:
    folder = project / "responses" / language
    folder.mkdir(parents=True, exist_ok=True)
    (folder / file).write_text(f'version: "3.1"\nresponses:\n{text}', encoding="utf-8")


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    (tmp_path / "domain.yml").write_text('version: "3.1"\nintents: [greet]\n')
    return tmp_path


def test_other_languages_get_a_condition_and_the_default_none(project: Path) -> None:
    german, english = importer(project).get_domain().responses["utter_thanks"]
    assert german == {"text": "Gern geschehen."}
    assert english == {
        "text": "You are welcome.",
        "condition": [{"type": "slot", "name": "language", "value": "en"}],
    }


def test_examples_know_the_language_of_their_folder(project: Path) -> None:
    data = importer(project).get_nlu_data()
    languages = {example.get("text"): example.get("metadata")["language"] for example in data.intent_examples}
    assert languages["moin"] == "de"
    assert languages["cheers"] == "en"
    assert len(data.intent_examples) == sum(
        text.count("      - ") for text in (path.read_text() for path in (project / "data" / "nlu").rglob("*.yml"))
    )


def test_a_reply_missing_in_a_language_is_named(empty: Path) -> None:
    write(empty, "de", "  utter_a: [{text: A}]\n  utter_b: [{text: B}]\n")
    write(empty, "en", "  utter_a: [{text: A}]\n")
    with pytest.raises(TrainingDataError, match=r"responses/de/replies\.yml: utter_b has no reply in en"):
        importer(empty).get_domain()


@pytest.mark.parametrize("metadata", ["{valid_as_of: soon}", "{valid_as_of: 2026-11-22, source: 5}"])
def test_a_source_that_is_none_is_named(empty: Path, metadata: str) -> None:
    write(empty, "de", f"  utter_a: [{{text: A, metadata: {metadata}}}]\n")
    with pytest.raises(TrainingDataError, match=r"responses/de/replies\.yml: utter_a: (valid_as_of|source): "):
        importer(empty).get_domain()


def test_a_reply_in_the_other_language_only_is_named(empty: Path) -> None:
    write(empty, "de", "  utter_a: [{text: A}]\n")
    write(empty, "en", "  utter_a: [{text: A}]\n  utter_b: [{text: B}]\n")
    with pytest.raises(TrainingDataError, match=r"responses/en/replies\.yml: utter_b has no reply in de"):
        importer(empty).get_domain()


def test_different_placeholders_are_named(empty: Path) -> None:
    write(empty, "de", "  utter_a: [{text: 'Ruf {phone} an'}]\n")
    write(empty, "en", "  utter_a: [{text: 'Call {number}'}]\n")
    expected = r"en/replies\.yml: utter_a has the placeholders \['number'\], .*de/replies\.yml has \['phone'\]"
    with pytest.raises(TrainingDataError, match=expected):
        importer(empty).get_domain()


def test_the_same_reply_in_two_files_is_refused(empty: Path) -> None:
    write(empty, "de", "  utter_a: [{text: A}]\n", file="one.yml")
    write(empty, "de", "  utter_a: [{text: A}]\n", file="two.yml")
    with pytest.raises(TrainingDataError, match=r"two\.yml: utter_a is also in .*one\.yml"):
        importer(empty).get_domain()


def test_a_language_without_replies_is_refused(empty: Path) -> None:
    write(empty, "de", "  utter_a: [{text: A}]\n")
    with pytest.raises(TrainingDataError, match="responses/en: no replies"):
        importer(empty).get_domain()


@pytest.mark.parametrize("content", ["- a list\n", "responses: [utter_a]\n", "responses:\n  utter_a: A\n", "a: [\n"])
def test_a_file_of_another_form_is_named(empty: Path, content: str) -> None:
    folder = empty / "responses" / "de"
    folder.mkdir(parents=True)
    (folder / "replies.yml").write_text(content)
    with pytest.raises(TrainingDataError, match=r"responses/de/replies\.yml"):
        importer(empty).get_domain()


def test_catalogue_files_are_not_read(tmp_path: Path) -> None:
    for folder in ("nlu/de", "rules", "catalogue"):
        (tmp_path / "data" / folder).mkdir(parents=True)
    (tmp_path / "data" / "catalogue" / "services.yml").write_text("nlu: [never read]\n")
    assert BilingualImporter(None, None, str(tmp_path / "data")).get_nlu_data().is_empty()


def test_rasa_finds_the_importer_by_the_name_in_config_yml(project: Path) -> None:
    found = TrainingDataImporter.load_from_config(
        str(project / "config.yml"), str(project / "domain.yml"), [str(project / "data")]
    )
    assert "utter_faq/contact" in found.get_domain().responses
    assert found.get_domain().retrieval_intents == ["faq"]


@pytest.mark.skipif(not (ROOT / "responses").is_dir(), reason="the repository has no replies yet")
def test_replies_and_domain_of_the_repository_fit_together() -> None:
    domain = importer(ROOT).get_domain()
    used = {action for action in domain.action_names_or_texts if action.startswith("utter_")} - {"utter_faq"}
    assert used <= set(domain.responses)


def test_a_rule_over_several_messages_is_refused_by_name(project: Path) -> None:
    rule = project / "data" / "rules" / "long.yml"
    rule.parent.mkdir(parents=True, exist_ok=True)
    rule.write_text(
        'version: "3.1"\nrules:\n  - rule: Two messages\n    steps:\n'
        "      - intent: greet\n      - action: utter_greet\n      - intent: thanks\n      - action: utter_thanks\n"
    )
    with pytest.raises(TrainingDataError, match="'Two messages' has several messages"):
        importer(project).get_stories()
