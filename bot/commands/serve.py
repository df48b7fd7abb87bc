"""`up`, `train`."""

import argparse
import asyncio
import os
import time
from pathlib import Path

from bot.commands.arguments import Subparsers
from bot.settings import Settings
from bot.supervisor import run_all
from bot.training.model import model_path, train


def add_parsers(subparsers: Subparsers) -> None:
    """Adds the subcommands of this module."""
    parser = subparsers.add_parser("up", help="set up what is missing, then run all processes until stopped")
    parser.set_defaults(run=_up)
    parser = subparsers.add_parser("train", help="train the language model, unless its inputs are unchanged")
    parser.set_defaults(run=_train)


def _up(_arguments: argparse.Namespace) -> int:
    return asyncio.run(run_all(Settings.from_env(os.environ)))


def _train(_arguments: argparse.Namespace) -> int:
    models = Path(Settings.from_env(os.environ).models_dir)
    path = model_path(models)
    if path.exists():
        print(f"{path} is up to date")
        return 0
    print("Training the language model, some minutes …", flush=True)
    start = time.monotonic()
    train(models)
    print(f"{path} trained in {time.monotonic() - start:.0f} s")
    return 0
