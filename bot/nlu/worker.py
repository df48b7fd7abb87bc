"""The Rasa worker: `python -m bot.nlu.worker --model models/model.tar.gz`. Only web talks to it, on loopback.

`POST /turn` takes one turn, `GET /health` says that the model is loaded. Errors are `{"error": {"code", "message"}}`.
"""

import argparse
import gc
import logging
import os
import sys
import warnings
from pathlib import Path

from bot.errors import StadtlotseError


def main(arguments: list[str]) -> int:
    """Serve until SIGTERM; 0 when stopped, 1 when it could not start."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    # Rasa and its pinned libraries warn about their own code, and turn filters for that on again.
    warnings.showwarning = _show_nothing
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"

    # What is made from here on stays: to look for garbage in it would take a fifth of the start.
    gc.disable()

    # Everything of Rasa is imported after `leave_out`.
    from bot.nlu.deviations.unused import leave_out  # noqa: PLC0415

    leave_out()

    from bot.nlu.deviations.events import remember_types  # noqa: PLC0415
    from bot.nlu.deviations.privacy import silence  # noqa: PLC0415
    from bot.nlu.server import serve  # noqa: PLC0415

    silence()
    remember_types()
    try:
        serve(
            options.model,
            host=options.host,
            port=options.port,
            actions_url=options.actions,
            action_timeout=options.action_timeout,
        )
    except StadtlotseError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _show_nothing(*_arguments: object, **_options: object) -> None:
    """Takes the place of `warnings.showwarning`."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot.nlu.worker", description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="model file made by `rasa train`")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=5005, help="port to listen on (default: %(default)s)")
    parser.add_argument("--actions", default="http://127.0.0.1:5055", help="action server (default: %(default)s)")
    parser.add_argument(
        "--action-timeout", type=float, default=5.0, metavar="SECONDS", help="for one action (default: %(default)s)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
