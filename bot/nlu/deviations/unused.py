"""Keep modules the worker never uses out of its memory. Call `leave_out` before anything else of Rasa is imported.

Rasa imports TensorFlow, matplotlib, database clients and chat channels at the top of modules the worker does need.
The modules below are replaced by empty ones: whatever is imported from them is a class that cannot be used, so a
wrong guess about "never uses" is an error that says so, not a wrong answer.
"""

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, Optional

# module of Rasa: why the worker does without
UNUSED: dict[str, str] = {
    "rasa.cli.utils": "terminal dialogues",
    "rasa.core.brokers.broker": "event streams",
    "rasa.core.http_interpreter": "language understanding on another server",
    "rasa.core.jobs": "reminders",
    "rasa.core.lock_store": "Redis; the worker locks by itself",
    "rasa.core.test": "evaluation and plotting",
    "rasa.core.tracker_store": "database clients; the worker keeps no trackers",
    "rasa.graph_components.validators.default_recipe_validator": "training",
    "rasa.graph_components.validators.finetuning_validator": "training",
    "rasa.utils.tensorflow.model_data": "TensorFlow",
    "rasa.utils.tensorflow.model_data_utils": "TensorFlow",
    "rasa.utils.train_utils": "TensorFlow",
}
# package: the one submodule whose names it is asked for
REDUCED: dict[str, str] = {"rasa.core.channels": "rasa.core.channels.channel"}
# spaCy imports these where they are installed, and only asks whether they are there.
ABSENT = ("tensorflow", "keras", "torch")


def leave_out() -> None:
    """Replace the modules above for this process.

    Raises:
        RuntimeError: one of them was imported before.
    """
    early = sorted(name for name in (*UNUSED, *REDUCED, *ABSENT) if sys.modules.get(name) is not None)
    if early:
        raise RuntimeError(f"imported before leave_out() was called: {', '.join(early)}")
    sys.meta_path.insert(0, _Finder())
    for name in ABSENT:
        sys.modules[name] = None  # type: ignore[assignment]  # makes `import` raise ModuleNotFoundError


class _LeftOut:
    """Stands for a class or function of a module that was left out; may be named, not used."""

    def __init__(self, *_arguments: Any, **_options: Any) -> None:
        raise RuntimeError(f"{type(self).__module__}.{type(self).__name__} is left out of the worker")


class _Empty(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (_LeftOut,), {"__module__": self.__name__})


class _Reduced(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(importlib.import_module(REDUCED[self.__name__]), name)


class _Finder(MetaPathFinder, Loader):
    def find_spec(
        self,
        fullname: str,
        path: Optional[Sequence[str]],
        target: Optional[ModuleType] = None,  # noqa: ARG002 - the interface of finders
    ) -> Optional[ModuleSpec]:
        if fullname in UNUSED:
            return ModuleSpec(fullname, self)
        if fullname in REDUCED:
            spec = ModuleSpec(fullname, self, is_package=True)
            folder = fullname.rpartition(".")[2]
            spec.submodule_search_locations = [str(Path(parent) / folder) for parent in path or ()]
            return spec
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return (_Empty if spec.name in UNUSED else _Reduced)(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is executed: that is the point."""
