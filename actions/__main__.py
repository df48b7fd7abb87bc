"""The action server: `python -m actions`. Loopback only, one process; the catalogue is loaded before it listens."""

import argparse
import asyncio
import gc
import os
import sys
import warnings

from rasa_sdk.endpoint import create_app
from rasa_sdk.executor import ActionExecutor

from actions.answer_abuse import AnswerAbuse
from actions.answer_choice import AnswerChoice
from actions.answer_other_language import AnswerOtherLanguage
from actions.answer_service import AnswerService
from actions.prefer_service import PreferService
from actions.source import make_source
from actions.switch_language import SwitchLanguage
from bot.errors import StadtlotseError
from bot.logs import configure_logging
from bot.settings import Settings


def main() -> int:
    """Serves until told to stop. Exit status 1 where settings or catalogue cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m actions")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=5055)
    arguments = parser.parse_args()
    # rasa-sdk warns that Rasa is older; contract tests hold the two together (tests/rasa).
    warnings.filterwarnings("ignore", module="rasa_sdk.utils")
    gc.disable()  # the catalogue and its index stay: to look for garbage in them takes time and finds none
    try:
        settings = Settings.from_env(os.environ)
        configure_logging(settings)  # the tracebacks of rasa-sdk would repeat what a citizen wrote
        source = make_source(settings)
        asyncio.run(source.current())
    except StadtlotseError as error:
        print(error, file=sys.stderr)
        return 1
    executor = ActionExecutor()
    for action in (
        AnswerService(source),
        AnswerChoice(source),
        AnswerOtherLanguage(source),
        AnswerAbuse(),
        PreferService(source),
        SwitchLanguage(),
    ):
        executor.register_action(action)
    app = create_app(executor, cors_origins=[])
    gc.collect()
    gc.freeze()
    gc.enable()
    app.run(host=arguments.host, port=arguments.port, single_process=True, access_log=False, motd=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
