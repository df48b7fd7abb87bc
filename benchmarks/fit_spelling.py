"""Fits bot/text/words/spelling.tsv: how German or English pieces of words look.

    .venv-rasa/bin/python -m benchmarks.fit_spelling

Logistic regression with an L1 penalty (few weights stay) of "the word stands in a German sentence" on the pieces of a
folded word, over the words of the training examples and of the thesaurus. A word in sentences of both languages
("online", an "Anmeldung" in English) counts for both, so it says little. Sentences that measure are left out.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from bot.language import LANGUAGES, Language
from bot.text.identify import SPELLINGS, pieces
from bot.text.normalise import split_words

ROOT = Path(__file__).resolve().parents[1]
MEASURING = ROOT / "tests" / "text" / "short_messages"
STRENGTH = 0.6  # of the data against the penalty
MOST = 50.0  # a word counts as often as it occurs, but not more
LEAST_WEIGHT = 0.05
_ANNOTATION = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})")


def main() -> None:
    """Writes the table and says how large it is."""
    left_out = {line for file in MEASURING.glob("*.txt") for line in file.read_text(encoding="utf-8").splitlines()}
    features: list[dict[str, float]] = []
    labels: list[int] = []
    weights: list[float] = []
    counts = {language: _count(language, {line.casefold() for line in left_out}) for language in LANGUAGES}
    totals = {language: sum(counter.values()) for language, counter in counts.items()}
    smaller = min(totals.values())
    for label, language in enumerate(("en", "de")):
        for word, count in counts[language].items():
            features.append(dict.fromkeys(pieces(word), 1.0))
            labels.append(label)
            weights.append(min(count * smaller / totals[language], MOST) ** 0.5)
    vectors = DictVectorizer()
    model = LogisticRegression(penalty="l1", solver="liblinear", C=STRENGTH, fit_intercept=False, max_iter=200)
    model.fit(vectors.fit_transform(features), labels, sample_weight=weights)
    learned = sorted(zip(vectors.get_feature_names_out(), model.coef_[0], strict=True))
    lines = [f"{piece}\t{weight:.2f}\n" for piece, weight in learned if abs(weight) >= LEAST_WEIGHT]
    SPELLINGS.write_text("".join(lines), encoding="utf-8")
    print(f"{len(labels)} words, {len(lines)} pieces in {SPELLINGS}")


def _count(language: Language, left_out: set[str]) -> Counter[str]:
    sentences = (*_examples(language), *_thesaurus(language))
    words = (split_words(sentence) for sentence in sentences if sentence.casefold() not in left_out)
    return Counter(word for found in words for word in found if word.isalpha())


def _examples(language: Language) -> Iterator[str]:
    for file in sorted((ROOT / "data" / "nlu" / language).glob("*.yml")):
        for block in _read(file)["nlu"]:
            for line in block.get("examples", "").splitlines():
                yield _ANNOTATION.sub(r"\1", line.strip().removeprefix("- "))


def _thesaurus(language: Language) -> Iterator[str]:
    for file in sorted((ROOT / "data" / "thesaurus").glob("*/*.yml")):
        for concept in _read(file):
            words = concept.get(language, {})
            yield from (words.get("name", ""), *words.get("titles", ()), *words.get("sentences", ()))
            if language == "de":  # English readers are helped with German words there
                yield from words.get("words", ())


def _read(file: Path) -> Any:
    return yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


if __name__ == "__main__":
    main()
