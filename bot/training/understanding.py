"""What the trained model understands, asked in the Rasa environment."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from bot.errors import NotFoundError, TrainingDataError
from bot.language import Language
from bot.training.fingerprint import ROOT
from bot.training.model import QUIET, model_path, rasa_python

Message = tuple[Language, str]


def understand(messages: Sequence[Message], models: Path, *, root: Path = ROOT) -> Mapping[Message, str]:
    """The intent of each message: "greet", "faq/contact"; "nlu_fallback" where the model is not sure.

    Raises:
        NotFoundError: the training data as they are now have not been trained.
        TrainingDataError: the model cannot be used; the last lines of what it said are in the text.
    """
    model = model_path(models, root=root)
    if not model.exists():
        raise NotFoundError(f"{model} does not exist; make it with: python -m bot train")
    result = subprocess.run(  # noqa: S603 - our own interpreter and arguments
        [rasa_python(root), "-m", "scripts.understand", model.resolve()],
        cwd=root,
        env={**os.environ, **QUIET},
        input=msgspec.json.encode(messages).decode(),
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        raise TrainingDataError(f"{model} cannot be asked:\n" + "\n".join(result.stderr.strip().splitlines()[-20:]))
    intents = msgspec.json.decode(result.stdout.splitlines()[-1], type=list[str])
    return dict(zip(messages, intents, strict=True))
