"""Train a `LinearModel`. The only place that needs scikit-learn; same data, same model."""

from collections.abc import Sequence

import numpy as np

from bot.errors import TrainingDataError
from bot.nlu.features import Vocabulary, learn_vocabulary
from bot.nlu.linear import LinearModel, softmax

FOLDS = 4
SEED = 7


def fit(documents: Sequence[Sequence[str]], labels: Sequence[str], *, min_count: int, strength: float) -> LinearModel:
    """Learn `labels` of `documents` (their features); `strength` is the inverse of regularisation.

    Raises:
        TrainingDataError: fewer than two labels.
    """
    names = tuple(sorted(set(labels)))
    if len(names) < 2:
        raise TrainingDataError(f"training needs at least two intents, found: {', '.join(names) or 'none'}")
    targets = np.searchsorted(names, labels)
    vocabulary = learn_vocabulary(documents, min_count=min_count)
    matrix = _matrix(documents, vocabulary)
    weights, bias = _solve(matrix, targets, len(names), strength)
    scores = _held_out_scores(matrix, targets, len(names), strength)
    return LinearModel(names, vocabulary, weights, bias, _sharpness(scores, targets))


def _matrix(documents: Sequence[Sequence[str]], vocabulary: Vocabulary):  # noqa: ANN202  # scipy is imported late
    from scipy.sparse import csr_matrix

    weighed = [vocabulary.weigh(document) for document in documents]
    ends = np.cumsum([0, *(len(rows) for rows, _ in weighed)])
    rows = np.concatenate([rows for rows, _ in weighed])
    values = np.concatenate([values for _, values in weighed])
    return csr_matrix((values, rows, ends), shape=(len(documents), len(vocabulary.idf)))


def _solve(matrix, targets: np.ndarray, count: int, strength: float) -> tuple[np.ndarray, np.ndarray]:  # noqa: ANN001
    from sklearn.svm import LinearSVC

    machine = LinearSVC(C=strength, random_state=SEED).fit(matrix, targets)
    coefficients, intercepts = machine.coef_, machine.intercept_
    if len(machine.classes_) == 2:  # scikit-learn keeps one row for two classes
        coefficients, intercepts = np.vstack([-coefficients, coefficients]), np.hstack([-intercepts, intercepts])
    # A label with no example in this fold keeps the score of "certainly not".
    weights = np.zeros((matrix.shape[1], count), dtype=np.float32)
    bias = np.full(count, -1.0, dtype=np.float32)
    weights[:, machine.classes_] = coefficients.T
    bias[machine.classes_] = intercepts
    return weights, bias


def _held_out_scores(matrix, targets: np.ndarray, count: int, strength: float) -> np.ndarray:  # noqa: ANN001
    """Scores of each document by a model that has not seen it."""
    folds = np.empty(len(targets), dtype=int)
    order = np.random.default_rng(SEED).permutation(len(targets))
    # Dealing each label's documents out in turn keeps every label in every fold.
    folds[order[np.argsort(targets[order], kind="stable")]] = np.arange(len(targets)) % FOLDS
    scores = np.empty((len(targets), count), dtype=np.float32)
    for fold in range(FOLDS):
        held_out = folds == fold
        if len(set(targets[~held_out])) < 2 or not held_out.any():
            scores[held_out] = 0.0
            continue
        weights, bias = _solve(matrix[~held_out], targets[~held_out], count, strength)
        scores[held_out] = matrix[held_out] @ weights + bias
    return scores


def _sharpness(scores: np.ndarray, targets: np.ndarray) -> float:
    """The factor on scores under which held-out documents are least surprising (temperature scaling)."""
    from scipy.optimize import minimize_scalar

    def surprise(logarithm: float) -> float:
        chosen = softmax(np.exp(logarithm) * scores)[np.arange(len(targets)), targets]
        return float(-np.log(np.maximum(chosen, 1e-9)).mean())

    return float(np.exp(minimize_scalar(surprise, bounds=(-2.0, 4.0), method="bounded").x))
