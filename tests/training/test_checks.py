"""Each check finds its kind of problem in a small project that is otherwise in order."""

import json
from datetime import date
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.errors import TrainingDataError
from bot.language import LANGUAGES
from bot.training.checks import Problem, find_problems, find_problems_of_model
from bot.training.checks.sentences import FEWEST_HELD_OUT, FEWEST_TRAINING, normal_form
from bot.training.checks.sources import old_answers
from bot.training.checks.understood import messages
from bot.training.fingerprint import INPUTS
from bot.training.project import read_project

TRAINED = {"greet": "hallo {}", "faq/contact": "wie erreiche ich sie {}"}
HELD_OUT = {"greet": "guten tag {}", "faq/contact": "die nummer {}"}
GREETING = {"de": "Guten Tag, hier ist {town}.", "en": "Hello, this is {town}."}
CONTACT = {"de": "Telefon {phone}", "en": "Phone {phone}"}
SOURCE: dict[str, str | None] = {"valid_as_of": "2026-11-22", "source": "{town_url}"}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with two intents and nothing to complain about."""
    write(
        tmp_path / "domain.yml",
        "intents: [greet, faq: {use_entities: []}, nlu_fallback]\nactions: [action_search, utter_faq]\n",
    )
    write(tmp_path / "actions" / "search.py", "")
    write(
        tmp_path / "data" / "rules" / "all.yml",
        "rules:\n"
        "- {rule: Greeting, steps: [{intent: greet}, {action: utter_greet}]}\n"
        "- {rule: Question, steps: [{or: [{intent: faq}, {intent: faq}]}, {action: utter_faq}]}\n"
        "- {rule: Anything, steps: [{intent: nlu_fallback}, {action: action_search}]}\n",
    )
    write(
        tmp_path / "bot" / "conversations" / "outcomes.yml",
        "greet: {responses: [utter_greet]}\nfaq: {responses: [utter_faq/*]}\n",
    )
    for language in LANGUAGES:
        for folder, patterns, count in (
            ("data/nlu", TRAINED, FEWEST_TRAINING),
            ("tests/nlu", HELD_OUT, FEWEST_HELD_OUT),
        ):
            for intent, pattern in patterns.items():
                sentences = [pattern.format(number) for number in range(count)]
                write_sentences(tmp_path / folder / language / f"{intent.replace('/', '_')}.yml", intent, sentences)
        write_replies(
            tmp_path / "responses" / language / "all.yml",
            {"utter_greet": GREETING[language], "utter_faq/contact": CONTACT[language]},
        )
        write(tmp_path / "locales" / f"system.{language}.yml", 'unavailable: "{phone}"\n')
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def append(path: Path, text: str) -> None:
    write(path, path.read_text(encoding="utf-8") + text)


def write_sentences(path: Path, intent: str, sentences: list[str]) -> None:
    lines = "".join(f"      - {sentence}\n" for sentence in sentences)
    write(path, f"nlu:\n  - intent: {intent}\n    examples: |\n{lines}")


def write_replies(path: Path, replies: dict[str, str], **metadata: str | None) -> None:
    """Frequent questions with a source and a date, or with the given `metadata`."""
    named = metadata or SOURCE
    responses = {
        name: [{"text": text, "metadata": named} if name.startswith("utter_faq/") else {"text": text}]
        for name, text in replies.items()
    }
    write(path, json.dumps({"responses": responses}, ensure_ascii=False))


def problems(root: Path) -> list[tuple[str, str, str]]:
    return [(problem.check, problem.place, problem.text) for problem in find_problems(read_project(root))]


def test_a_project_in_order_has_no_problems(root: Path) -> None:
    assert problems(root) == []


def test_this_project_has_no_problems(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["check"])
    assert capsys.readouterr().out == "problems: 0\n"
    assert status == 0


# Sentences


def test_an_intent_that_a_language_lacks_is_found(root: Path) -> None:
    (root / "tests/nlu/en/greet.yml").unlink()
    assert problems(root) == [("missing_sentences", "tests/nlu/en/greet.yml: greet", "no sentences")]


def test_an_intent_of_the_domain_without_any_sentence_is_found(root: Path) -> None:
    write(root / "domain.yml", "intents: [greet, faq, thanks, nlu_fallback]\nactions: [action_search, utter_faq]\n")
    found = [place for check, place, _text in problems(root) if check == "missing_sentences"]
    assert found == [
        f"{folder}/{language}/thanks.yml: thanks" for folder in ("data/nlu", "tests/nlu") for language in LANGUAGES
    ]


def test_sentences_for_an_unknown_intent_are_found(root: Path) -> None:
    write_sentences(root / "tests/nlu/de/grete.yml", "grete", ["guten morgen"])
    write_sentences(root / "tests/nlu/de/faq_contract.yml", "faq/contract", ["der vertrag"])
    assert problems(root) == [
        ("unknown_intents", "tests/nlu/de/faq_contract.yml: faq/contract", "has no training sentences"),
        ("unknown_intents", "tests/nlu/de/grete.yml: grete", "is no intent of the domain"),
    ]


def test_sentences_in_the_file_of_another_intent_are_found(root: Path) -> None:
    (root / "data/nlu/de/greet.yml").rename(root / "data/nlu/de/greeting.yml")
    assert problems(root) == [
        ("misplaced", "data/nlu/de/greeting.yml: greet", "belongs into data/nlu/de/greet.yml"),
    ]


def test_a_sentence_that_stands_twice_is_found_however_it_is_written(root: Path) -> None:
    append(root / "data/nlu/de/greet.yml", "      - schöne Grüße\n      - SCHOENE GRUESSE!\n")
    assert problems(root) == [
        ("duplicates", "data/nlu/de/greet.yml: greet", "'SCHOENE GRUESSE!' is there already, as 'schöne Grüße'")
    ]


def test_a_sentence_that_stands_in_two_files_is_found(root: Path) -> None:
    write_sentences(root / "data/nlu/de/more.yml", "greet", ["Hallo 3!"])
    assert (
        "duplicates",
        "data/nlu/de/more.yml: greet",
        "'Hallo 3!' is there already, as 'hallo 3' in data/nlu/de/greet.yml",
    ) in problems(root)


def test_a_sentence_of_two_intents_is_found(root: Path) -> None:
    append(root / "tests/nlu/en/greet.yml", "      - Die Nummer 2?\n")
    assert problems(root) == [
        (
            "two_intents",
            "tests/nlu/en/greet.yml: greet",
            "'Die Nummer 2?' is also in tests/nlu/en/faq_contact.yml: faq/contact",
        )
    ]


def test_the_same_words_in_two_languages_are_no_problem(root: Path) -> None:
    append(root / "data/nlu/de/greet.yml", "      - hi\n")
    append(root / "data/nlu/en/greet.yml", "      - hi\n")
    assert problems(root) == []


def test_a_trained_sentence_among_the_held_out_ones_is_found(root: Path) -> None:
    append(root / "tests/nlu/de/greet.yml", "      - Wie erreiche ich Sie 4?\n")
    assert problems(root) == [
        (
            "leaks",
            "tests/nlu/de/greet.yml: greet",
            "'Wie erreiche ich Sie 4?' is a training sentence of data/nlu/de/faq_contact.yml: faq/contact",
        )
    ]


def test_a_trained_sentence_among_the_known_failures_is_found(root: Path) -> None:
    write_failures(root, "Hallo 4!", expected="greet")
    assert [(check, place) for check, place, _text in problems(root)] == [
        ("leaks", "tests/nlu/known_failures.yml: greet")
    ]


def test_a_known_failure_of_an_unknown_intent_is_found(root: Path) -> None:
    write_failures(root, "na", expected="grete")
    assert problems(root) == [("unknown_intents", "tests/nlu/known_failures.yml: grete", "has no training sentences")]


def test_too_few_sentences_are_found(root: Path) -> None:
    write_sentences(root / "tests/nlu/de/greet.yml", "greet", ["moin", "servus", "Moin!", "tach", "huhu"])
    assert ("too_few", "tests/nlu/de/greet.yml: greet", "4 different sentences, fewer than 5") in problems(root)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Wie lange dauert's, bitte?", "wie lange dauerts bitte"),
        ("Kfz-Zulassung", "kfz zulassung"),
        ("FÜHRERSCHEIN", "fuhrerschein"),
        ("danke 😊", "danke 😊"),
        (" ?? ", "??"),
    ],
)
def test_sentences_are_compared_without_case_umlauts_and_punctuation(text: str, form: str) -> None:
    assert normal_form(text) == form


# Rules


def test_an_intent_without_a_rule_is_found(root: Path) -> None:
    write(
        root / "data/rules/all.yml",
        (root / "data/rules/all.yml").read_text("utf-8").replace("intent: greet", "action: utter_greet"),
    )
    assert problems(root) == [("intents_without_rule", "domain.yml: greet", "no rule begins with it")]


def test_steps_of_a_rule_that_do_not_exist_are_found(root: Path) -> None:
    append(
        root / "data/rules/all.yml",
        "- {rule: Other, steps: [{intent: nothing}, {action: utter_nothing}, {action: action_nothing}]}\n",
    )
    assert problems(root) == [
        ("rules", "data/rules/all.yml: Other", "the domain has no intent nothing"),
        ("rules", "data/rules/all.yml: Other", "responses has no utter_nothing"),
        ("rules", "data/rules/all.yml: Other", "the domain has no action_nothing"),
    ]


def test_an_action_without_code_is_found(root: Path) -> None:
    (root / "actions" / "search.py").unlink()
    assert problems(root) == [("rules", "domain.yml: action_search", "there is no actions/search.py")]


def test_a_frequent_question_without_a_reply_and_a_reply_nobody_asks_for_are_found(root: Path) -> None:
    for language in LANGUAGES:
        write_replies(root / f"responses/{language}/all.yml", {"utter_greet": "{town}", "utter_faq/fax": "{phone}"})
    assert {(check, text) for check, _place, text in problems(root)} == {
        ("frequent_questions", "has no reply utter_faq/contact"),
        ("frequent_questions", "no sentence asks for faq/fax"),
    }


# Replies


def test_a_reply_that_a_language_lacks_is_found(root: Path) -> None:
    write_replies(root / "responses/en/all.yml", {"utter_greet": GREETING["en"]})
    assert problems(root) == [("missing_replies", "responses/de/all.yml: utter_faq/contact", "is missing in en")]


def test_a_reply_in_two_files_is_found(root: Path) -> None:
    write_replies(root / "responses/de/more.yml", {"utter_greet": GREETING["de"]})
    assert ("missing_replies", "responses/de/more.yml: utter_greet", "is also in responses/de/all.yml") in problems(
        root
    )


def test_a_reply_in_another_file_than_its_translation_is_found(root: Path) -> None:
    (root / "responses/en/all.yml").rename(root / "responses/en/other.yml")
    assert {(check, text) for check, _place, text in problems(root)} == {
        ("missing_replies", "stands in another file than in de: responses/de/all.yml")
    }


def test_other_placeholders_are_found(root: Path) -> None:
    write_replies(root / "responses/en/all.yml", {"utter_greet": "This is {city}.", "utter_faq/contact": CONTACT["en"]})
    assert problems(root) == [
        ("placeholders", "responses/en/all.yml: utter_greet", "placeholders city, but in de town")
    ]


def test_other_buttons_are_found(root: Path) -> None:
    for language, payload in (("de", "/greet"), ("en", "/thanks")):
        reply = {"text": "{town}", "buttons": [{"title": "Ja", "payload": payload}]}
        write(
            root / f"responses/{language}/all.yml",
            json.dumps(
                {"responses": {"utter_greet": [reply], "utter_faq/contact": [{"text": "{phone}", "metadata": SOURCE}]}}
            ),
        )
    assert problems(root) == [("buttons", "responses/en/all.yml: utter_greet", "buttons /thanks, but in de /greet")]


@pytest.mark.parametrize(
    ("metadata", "problem"),
    [
        ({"source": None}, "valid_as_of is missing"),
        ({"valid_as_of": "2026-11-22"}, "source is missing"),
        ({**SOURCE, "valid_as_of": "soon"}, "valid_as_of 'soon' is no date like 2026-11-22"),
        ({**SOURCE, "valid_as_of": "2999-01-01"}, "valid_as_of 2999-01-01 is still to come"),
        *(
            ({**SOURCE, "source": source}, f"source {source!r} is neither https, {{town_url}} nor null")
            for source in ("http://www.auenfurt.example", "www.auenfurt.example", "https://", "https://[", "{town}")
        ),
    ],
)
def test_an_unusable_source_is_found_in_each_language(root: Path, metadata: dict[str, str], problem: str) -> None:
    for language in LANGUAGES:
        write_replies(
            root / f"responses/{language}/all.yml",
            {"utter_greet": GREETING[language], "utter_faq/contact": CONTACT[language]},
            **metadata,
        )
    assert problems(root) == [
        ("sources", f"responses/{language}/all.yml: utter_faq/contact", problem) for language in LANGUAGES
    ]


def test_sources_are_the_same_in_all_languages(root: Path) -> None:
    replies = {"utter_greet": GREETING["en"], "utter_faq/contact": CONTACT["en"]}
    write_replies(root / "responses/en/all.yml", replies, valid_as_of="2026-11-21", source="https://www.115.de")
    place = "responses/en/all.yml: utter_faq/contact"
    assert problems(root) == [
        ("other_sources", place, "valid_as_of 2026-11-21, but in de 2026-11-22"),
        ("other_sources", place, "source https://www.115.de, but in de {town_url}"),
    ]


def test_old_answers_are_a_reminder_and_no_problem(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    today = date(2027, 11, 22)
    project = read_project(root)
    assert list(old_answers(project, most_days=365, today=today)) == []
    assert list(old_answers(project, most_days=364, today=today)) == [
        (f"responses/{language}/all.yml: utter_faq/contact", "last checked on 2026-11-22") for language in LANGUAGES
    ]
    for language in LANGUAGES:
        replies = {"utter_greet": GREETING[language], "utter_faq/contact": CONTACT[language]}
        write_replies(root / f"responses/{language}/all.yml", replies, valid_as_of="2020-01-01", source=None)
    assert problems(root) == []
    main(["check", "--root", str(root), "--oldest", "100"])
    assert capsys.readouterr().err.splitlines() == [
        f"to be read again: responses/{language}/all.yml: utter_faq/contact: last checked on 2020-01-01"
        for language in LANGUAGES
    ]


def test_phrases_that_differ_between_languages_are_found(root: Path) -> None:
    write(root / "locales/system.en.yml", "unavailable: Sorry\nbusy: Please wait\n")
    assert problems(root) == [
        ("missing_phrases", "locales/system.en.yml: system.busy", "is missing in de"),
        ("missing_phrases", "locales/system.en.yml: system.unavailable", "placeholders none, but in de phone"),
    ]


def test_a_reply_without_outcome_and_outcomes_without_reply_are_found(root: Path) -> None:
    write(
        root / "bot/conversations/outcomes.yml",
        "faq: {responses: [utter_faq/*, utter_fax]}\nbye: {responses: []}\n",
    )
    assert problems(root) == [
        (
            "replies_without_outcome",
            "responses/de/all.yml: utter_greet",
            "no outcome in bot/conversations/outcomes.yml covers it",
        ),
        (
            "replies_without_outcome",
            "responses/en/all.yml: utter_greet",
            "no outcome in bot/conversations/outcomes.yml covers it",
        ),
        ("unused_outcomes", "bot/conversations/outcomes.yml: faq", "no reply is called utter_fax"),
        ("unused_outcomes", "bot/conversations/outcomes.yml: bye", "no reply means it"),
    ]


@pytest.mark.parametrize(
    ("check", "text", "complaint"),
    [
        ("too_long", "{town} " + "a" * 400, "407 characters, more than 380"),
        ("familiar", "Was kann {town} für Dich tun, und was willst du?", "addresses citizens like friends: 'Dich'"),
        ("filler", "{town} hilft selbstverständlich.", "can do without: 'selbstverständlich'"),
        ("filler", "{town}, ggf. auch der Kreis", "can do without: 'ggf.'"),
        ("marks", "Willkommen in {town}!", "without '!'"),
        ("marks", "Willkommen in {town} 😊", "without '😊'"),
    ],
)
def test_a_reply_in_another_style_is_found(root: Path, check: str, text: str, complaint: str) -> None:
    write_replies(root / "responses/de/all.yml", {"utter_greet": text, "utter_faq/contact": CONTACT["de"]})
    assert problems(root)[0] == (check, "responses/de/all.yml: utter_greet", complaint)


@pytest.mark.parametrize(
    "text", ["Das Duo spielt bei 30 °C in {town}.", "Heute ist in {town} eine natürlichere Farbe zu sehen."]
)
def test_words_and_signs_that_only_look_like_it_are_no_problem(root: Path, text: str) -> None:
    write_replies(root / "responses/de/all.yml", {"utter_greet": text, "utter_faq/contact": CONTACT["de"]})
    assert problems(root) == []


def test_phrases_are_held_to_the_same_style(root: Path) -> None:
    for language, word in (("de", "dein"), ("en", "feel free")):
        write(root / f"locales/system.{language}.yml", f'unavailable: "{word} {{phone}}!"\n')
    assert [check for check, _place, _text in problems(root)] == ["familiar", "filler", "marks", "marks"]


def test_an_allowed_problem_is_not_named_until_it_is_gone(root: Path) -> None:
    line = "tests/nlu/en/greet.yml: greet: no sentences"
    write(root / "tests/allowed_problems.yml", json.dumps({"allowed": [{"why": "a test", "problems": [line]}]}))
    assert problems(root) == [("allowed", "tests/allowed_problems.yml", f"is no problem any more: {line}")]
    (root / "tests/nlu/en/greet.yml").unlink()
    assert problems(root) == []


def test_a_file_that_cannot_be_read_is_named(root: Path) -> None:
    write(root / "responses/de/all.yml", "responses: [")
    with pytest.raises(TrainingDataError, match=r"responses/de/all\.yml: cannot be read"):
        read_project(root)
    write(root / "responses/de/all.yml", "responses: {utter_greet: Hallo}")
    with pytest.raises(TrainingDataError, match=r"responses/de/all\.yml: cannot be read"):
        read_project(root)


# What the trained model understands


def write_failures(root: Path, sentence: str, *, expected: str) -> None:
    failure = {"sentence": sentence, "language": "de", "expected": expected, "why": "a test"}
    write(root / "tests/nlu/known_failures.yml", json.dumps({"failures": [failure]}))


def test_an_intent_that_takes_sentences_from_another_is_found(root: Path) -> None:
    project = read_project(root)
    understood = {
        (sentence.language, sentence.text): "greet" if sentence.language == "de" else sentence.intent
        for sentence in project.held_out
    }
    assert find_problems_of_model(project, understood) == [
        Problem(
            "stolen",
            "tests/nlu/de/faq_contact.yml: faq/contact",
            "greet takes 5 sentences: 'die nummer 0', 'die nummer 1', 'die nummer 2', 'die nummer 3', 'die nummer 4'",
        )
    ]


def test_single_sentences_that_go_wrong_are_no_theft(root: Path) -> None:
    project = read_project(root)
    understood = {(sentence.language, sentence.text): sentence.intent for sentence in project.held_out}
    understood["de", "die nummer 0"] = understood["de", "die nummer 1"] = "greet"
    assert find_problems_of_model(project, understood) == []


def test_not_to_be_sure_is_no_theft(root: Path) -> None:
    project = read_project(root)
    understood = {(sentence.language, sentence.text): "nlu_fallback" for sentence in project.held_out}
    assert find_problems_of_model(project, understood) == []


def test_known_failures_are_not_counted_and_complained_about_once_they_pass(root: Path) -> None:
    write_failures(root, "na", expected="greet")
    project = read_project(root)
    assert ("de", "na") in messages(project)
    understood = {(sentence.language, sentence.text): sentence.intent for sentence in project.held_out}
    assert find_problems_of_model(project, {**understood, ("de", "na"): "faq/contact"}) == []
    assert find_problems_of_model(project, {**understood, ("de", "na"): "greet"}) == [
        Problem(
            "known_failures",
            "tests/nlu/known_failures.yml: greet",
            "'na' is understood; take it from the list",
        )
    ]


# The command


def test_the_command_prints_a_line_for_each_problem_and_fails(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "tests/nlu/en/greet.yml").unlink()
    write(root / "data/thesaurus/moving/all.yml", "- {concept: Umzug}\n")
    assert main(["check", "--root", str(root)]) == 1
    first, second, *_others, last = capsys.readouterr().out.splitlines()
    assert first == "tests/nlu/en/greet.yml: greet: no sentences"
    assert second.startswith("data/thesaurus: moving/all.yml, concept Umzug: ")
    assert last.startswith("problems: ")


def test_the_command_prints_json(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "tests/nlu/en/greet.yml").unlink()
    assert main(["check", "--root", str(root), "--json"]) == 1
    first = json.loads(capsys.readouterr().out)[0]
    assert first == {"check": "missing_sentences", "place": "tests/nlu/en/greet.yml: greet", "text": "no sentences"}


def test_without_a_model_the_command_says_how_to_make_one(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in INPUTS:
        if "." in name and not (root / name).exists():
            write(root / name, "")
    assert main(["check", "--root", str(root), "--model"]) == 1
    assert "python -m bot train" in capsys.readouterr().err
