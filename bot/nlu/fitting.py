"""Train a `LinearModel`. The only place that needs scikit-learn; the same data give the same model."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from bot.errors import TrainingDataError
from bot.nlu.features import Vocabulary, learn_vocabulary
from bot.nlu.linear import LinearModel, softmax

FOLDS = 3
FAIR_SHARE = 1 / 8  # of the examples of the largest label; a smaller one counts as if it had as many
SEED = 7

Document = Sequence[str]


def fit(
    documents: Sequence[Document],
    labels: Sequence[str],
    *,
    min_count: int,
    strength: float,
    variants: Sequence[tuple[int, Document]] = (),
) -> LinearModel:
    """Learn `labels` of `documents` (their features); `strength` is the inverse of regularisation.

    `variants` are further ways to say a document, with its index: learned like it, but no measure of anything.

    Raises:
        TrainingDataError: fewer than two labels.
    """
    names = tuple(sorted(set(labels)))
    if len(names) < 2:
        raise TrainingDataError(f"training needs at least two intents, found: {', '.join(names) or 'none'}")
    vocabulary = learn_vocabulary(documents, min_count=min_count)
    origins = np.array([*range(len(documents)), *(index for index, _ in variants)])
    matrix = _matrix([*documents, *(document for _, document in variants)], vocabulary)
    targets = np.searchsorted(names, labels)[origins]
    weights, bias = _solve(matrix, targets, len(names), strength)
    scores = _held_out_scores(matrix, targets, origins, len(names), strength)
    return LinearModel(names, vocabulary, weights, bias, _sharpness(scores, targets[: len(documents)]))


def _matrix(documents: Sequence[Document], vocabulary: Vocabulary) -> Any:
    weighed = [vocabulary.weigh(document) for document in documents]
    ends = np.cumsum([0, *(len(rows) for rows, _ in weighed)])
    rows = np.concatenate([rows for rows, _ in weighed])
    values = np.concatenate([values for _, values in weighed])
    return csr_matrix((values, rows, ends), shape=(len(documents), len(vocabulary.idf)))


def _solve(matrix: Any, targets: np.ndarray, count: int, strength: float) -> tuple[np.ndarray, np.ndarray]:
    numbers = Counter(targets.tolist())
    fair = FAIR_SHARE * max(numbers.values())
    weighted = {label: max(1.0, fair / number) for label, number in numbers.items()}
    machine = LinearSVC(C=strength, random_state=SEED, class_weight=weighted).fit(matrix, targets)
    coefficients, intercepts = machine.coef_, machine.intercept_
    if len(machine.classes_) == 2:  # scikit-learn keeps one row for two classes
        coefficients, intercepts = np.vstack([-coefficients, coefficients]), np.hstack([-intercepts, intercepts])
    # A label without an example in this fold scores like one that certainly is not meant.
    weights = np.zeros((matrix.shape[1], count), dtype=np.float32)
    bias = np.full(count, -1.0, dtype=np.float32)
    weights[:, machine.classes_] = coefficients.T
    bias[machine.classes_] = intercepts
    return weights, bias


def _held_out_scores(matrix: Any, targets: np.ndarray, origins: np.ndarray, count: int, strength: float) -> np.ndarray:
    """Scores of each document (no variants) by a model that has seen neither it nor its variants."""
    documents = int(origins.max()) + 1
    folds = _folds(targets[:documents])
    scores = np.zeros((documents, count), dtype=np.float32)
    for fold in range(FOLDS):
        learned = folds[origins] != fold
        asked = np.flatnonzero(folds == fold)
        if asked.size and len(set(targets[learned])) > 1:
            weights, bias = _solve(matrix[learned], targets[learned], count, strength)
            scores[asked] = matrix[asked] @ weights + bias
    return scores


def _folds(targets: np.ndarray) -> np.ndarray:
    """A fold per document, each label dealt out in turn so that every fold has some of it."""
    order = np.random.default_rng(SEED).permutation(len(targets))
    folds = np.empty(len(targets), dtype=int)
    folds[order[np.argsort(targets[order], kind="stable")]] = np.arange(len(targets)) % FOLDS
    return folds


def _sharpness(scores: np.ndarray, targets: np.ndarray) -> float:
    """The factor on scores under which held-out documents surprise least (temperature scaling)."""

    def surprise(logarithm: float) -> float:
        chosen = softmax(np.exp(logarithm) * scores)[np.arange(len(targets)), targets]
        return float(-np.log(np.maximum(chosen, 1e-9)).mean())

    return float(np.exp(minimize_scalar(surprise, bounds=(-2.0, 4.0), method="bounded").x))
