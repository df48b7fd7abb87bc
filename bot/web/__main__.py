"""Runs web alone: `python -m bot.web`. `python -m bot up` runs it with the worker and the action server."""

import os
import sys

import uvloop
from aiohttp import web

from bot.errors import SettingsError
from bot.logs import configure_logging
from bot.settings import Settings
from bot.web.app import DRAIN_SECONDS, make_app


def main() -> int:
    """Serve until told to stop. Exit status 1 where the settings cannot be used."""
    try:
        settings = Settings.from_env(os.environ)
        configure_logging(settings)
        app = make_app(settings)
        web.run_app(
            app,
            host=settings.host,
            port=settings.port,
            access_log=None,
            print=None,
            shutdown_timeout=DRAIN_SECONDS,
            loop=uvloop.new_event_loop(),
        )
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
