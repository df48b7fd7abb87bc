"""Where the learned concept model lies: a file named by what it was learned from, made once and kept."""

import os
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from zipfile import BadZipFile

import structlog

from bot.catalogue.concepts.learning import learn
from bot.catalogue.concepts.model import ConceptModel
from bot.catalogue.concepts.vectors import open_vectors
from bot.catalogue.thesaurus import THESAURUS, read_thesaurus
from bot.catalogue.words import SEARCH_DATA

_BOT = Path(__file__).parents[2]
_LEARNED_WITH = (_BOT / "catalogue/concepts", _BOT / "catalogue/thesaurus.py", _BOT / "text", SEARCH_DATA)
PREFIX = "concepts-"
KEPT = 2

log = structlog.get_logger(__name__)


def concept_model_path(models: Path, *, thesaurus: Path = THESAURUS) -> Path:
    """Where the model of the thesaurus as it is now lies, or will lie."""
    return models / f"{PREFIX}{_fingerprint(thesaurus)}.npz"


def concept_model(models: Path, *, vectors: str = "", thesaurus: Path = THESAURUS) -> ConceptModel:
    """The model of the thesaurus as it is now; learned and written to `models` if it is not there yet.

    A folder that cannot be written to costs the time to learn at each start, no more. `vectors` is the setting
    `search_vectors`.

    Raises:
        InputError: the thesaurus has mistakes.
        SettingsError: the vectors cannot be used.
    """
    opened = open_vectors(vectors)  # first: a mistake in the setting shows before anything is learned
    model = _at(concept_model_path(models, thesaurus=thesaurus), thesaurus)
    return model.with_vectors(opened) if opened else model


@lru_cache(maxsize=2)
def _at(path: Path, thesaurus: Path) -> ConceptModel:
    if path.exists():
        try:
            return ConceptModel.from_bytes(path.read_bytes())
        except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
            log.warning("concepts_unreadable", path=str(path), reason=type(error).__name__)
    model = learn(read_thesaurus(thesaurus))
    try:
        _keep(path, model)
    except OSError as error:
        log.warning("concepts_not_kept", path=str(path), reason=error.strerror)
    return model


def _keep(path: Path, model: ConceptModel) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.write_bytes(model.to_bytes())
    unfinished.replace(path)
    for old in sorted(path.parent.glob(f"{PREFIX}*.npz"), key=lambda file: file.stat().st_mtime)[:-KEPT]:
        old.unlink()


def _fingerprint(thesaurus: Path) -> str:
    """16 hexadecimal digits, the same as long as nothing changes that the model is learned from or with."""
    digest = sha256()
    for path in (thesaurus, *_LEARNED_WITH):
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.suffix in {".py", ".yml"}:
                digest.update(file.relative_to(path.parent).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
