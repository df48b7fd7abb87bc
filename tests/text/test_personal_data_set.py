"""The labelled set: what citizens write into a chat, what of it must go before it is stored, and what must stay.

All values are invented: bank codes nobody has, telephone numbers set aside for films, addresses under .example.
"""

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.text.personal_data import KINDS, mask

SET = Path(__file__).with_name("personal_data.jsonl")
OFFICES = frozenset({"05999 400-0", "05999 401234", "rathaus@auenfurt.example", "buergerbuero@auenfurt.example"})
LEAST_RECALL, MOST_FALSE_ALARMS, LEAST_NAMED_RIGHT = 0.98, 0.01, 0.95
LEFT_OVER = 3  # so many characters of a number in a row give something away

_MARKERS = re.compile("|".join(re.escape(kind.marker) for kind in KINDS))


@dataclass(frozen=True)
class Sentence:
    """`gone` and `kept` are places in `text`; without `gone` the whole text must stay as it is."""

    language: str
    text: str
    kinds: tuple[str, ...]
    gone: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


def _sentence(row: dict[str, Any]) -> Sentence:
    return Sentence(
        row["language"], row["text"], tuple(row["kinds"]), tuple(row.get("gone", ())), tuple(row.get("kept", ()))
    )


SENTENCES = tuple(_sentence(json.loads(line)) for line in SET.read_text(encoding="utf-8").splitlines())
WITH = tuple(sentence for sentence in SENTENCES if sentence.gone)
WITHOUT = tuple(sentence for sentence in SENTENCES if not sentence.gone)


def _is_gone(value: str, sentence: Sentence, masked: str) -> bool:
    """Nothing of it is left: "DE89 3704 … 00" → "[IBAN]" is gone, "[Card] 0130 00" is not."""
    others = sentence.text
    for gone in sentence.gone:
        others = others.replace(gone, "\n")
    left = _MARKERS.sub("\n", masked)
    pieces = {value[at : at + LEFT_OVER] for at in range(max(1, len(value) - LEFT_OVER + 1))}
    return not any(piece in left and piece not in others for piece in pieces)


def _report(title: str, failed: list[str], share: float) -> str:
    text = "\n".join([f"{title}: {share:.4f}", *failed])
    print(text)
    return text


def test_set_is_large_and_of_two_halves() -> None:
    assert len(SENTENCES) >= 440
    assert len(WITHOUT) >= 160
    languages = Counter(sentence.language for sentence in SENTENCES)
    assert set(languages) == {"de", "en"}
    assert min(languages.values()) >= 0.45 * len(SENTENCES)


def test_every_sentence_is_there_once() -> None:
    texts = Counter(sentence.text.casefold() for sentence in SENTENCES)
    assert [text for text, count in texts.items() if count > 1] == []


def test_labels_are_places_in_the_sentence() -> None:
    wrong = [
        sentence
        for sentence in SENTENCES
        if any(sentence.text.count(value) != 1 for value in sentence.gone)
        or any(value not in sentence.text for value in sentence.kept)
        or bool(sentence.kinds) != bool(sentence.gone)
    ]
    assert wrong == []


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_every_kind_is_there_in_both_languages(kind: str, language: str) -> None:
    assert sum(kind in sentence.kinds for sentence in WITH if sentence.language == language) >= 8


def test_personal_data_is_masked() -> None:
    values, failed = 0, []
    for sentence in WITH:
        masked = mask(sentence.text, allowed=OFFICES).text
        values += len(sentence.gone)
        failed += [f"{value!r}: {masked}" for value in sentence.gone if not _is_gone(value, sentence, masked)]
    recall = 1 - len(failed) / values
    assert recall >= LEAST_RECALL, _report("recall", failed, recall)


def test_what_is_no_personal_data_stays() -> None:
    failed = []
    for sentence in WITHOUT:
        masked = mask(sentence.text, allowed=OFFICES).text
        if masked != sentence.text:
            failed.append(f"{sentence.text!r}: {masked}")
    share = len(failed) / len(WITHOUT)
    assert share <= MOST_FALSE_ALARMS, _report("false alarms", failed, share)


def test_what_stands_beside_personal_data_stays() -> None:
    values, failed = 0, []
    for sentence in WITH:
        masked = mask(sentence.text, allowed=OFFICES).text
        values += len(sentence.kept)
        failed += [f"{value!r}: {masked}" for value in sentence.kept if value not in masked]
    share = len(failed) / values
    assert share <= MOST_FALSE_ALARMS, _report("lost beside", failed, share)


def test_citizens_are_told_the_right_kind() -> None:
    failed = []
    for sentence in WITH:
        masked = mask(sentence.text, allowed=OFFICES)
        if set(masked.kinds) != set(sentence.kinds):
            failed.append(f"{sentence.kinds}: {masked.text}")
    share = 1 - len(failed) / len(WITH)
    assert share >= LEAST_NAMED_RIGHT, _report("kinds named right", failed, share)
