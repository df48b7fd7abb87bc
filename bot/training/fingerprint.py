"""Which model belongs to the training data as it is: a hash over everything that goes into `rasa train`."""

from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Files and folders, relative to the project's root.
INPUTS = (
    "config.yml",
    "domain.yml",
    "data/nlu",
    "data/rules",
    "responses",
    "bot/nlu",
    "bot/text",
    "bot/language.py",
    "bot/facets.py",
    "requirements/rasa.txt",
)
SUFFIXES = {".py", ".yml", ".txt", ".json"}


def training_fingerprint(root: Path = ROOT) -> str:
    """16 hexadecimal digits, the same as long as no input changes, wherever the project lies."""
    digest = sha256()
    for name in INPUTS:
        path = root / name
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.suffix in SUFFIXES and file.is_file():
                digest.update(file.relative_to(root).as_posix().encode() + b"\0")
                digest.update(file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]
