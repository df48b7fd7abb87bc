"""Writes a Rasa project without anything of ours but data: `python -m benchmarks.stock_export FOLDER EPOCHS`.

Runs in the Rasa environment, on Python 3.10. The domain is ours with the replies of both languages merged in; the
configuration is the one Rasa fills in for `rasa init`, with the number of epochs given.
"""

import shutil
import sys
from pathlib import Path
from typing import Any

import rasa
import rasa.shared.utils.io
import yaml
from rasa.engine.recipes.default_recipe import DefaultV1Recipe

from bot.nlu.importer import BilingualImporter

DATA = ("data/nlu", "data/rules")
# Web sets these before each turn; stock Rasa, without web, starts with them.
SLOTS = {"town": "Auenfurt", "phone": "05999 400-0"}


def export(folder: Path, epochs: int) -> None:
    """Fill the empty `folder`."""
    folder.mkdir(parents=True)
    for name in DATA:
        shutil.copytree(name, folder / name)
    domain = BilingualImporter("config.yml", "domain.yml", list(DATA)).get_domain().as_dict()
    for name, value in SLOTS.items():
        domain["slots"][name]["initial_value"] = value
    rasa.shared.utils.io.write_yaml({"version": "3.1", **domain}, folder / "domain.yml")
    (folder / "rasa-version.txt").write_text(f"{rasa.__version__}\n")  # another release, another content
    (folder / "config.yml").write_text(yaml.safe_dump(_configuration(epochs), sort_keys=False))


def _configuration(epochs: int) -> dict[str, Any]:
    basis = {"recipe": "default.v1", "assistant_id": "stock", "language": "en"}
    configuration = DefaultV1Recipe.complete_config(basis, {"pipeline", "policies"})
    for part in (*configuration["pipeline"], *configuration["policies"]):
        if "epochs" in part:
            part["epochs"] = epochs
    # Rasa reads YAML into types of its own, which another writer does not know.
    return rasa.shared.utils.io.read_yaml(rasa.shared.utils.io.dump_obj_as_yaml_to_string(configuration))


if __name__ == "__main__":
    export(Path(sys.argv[1]), int(sys.argv[2]))
