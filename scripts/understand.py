"""What a model understands: `.venv-rasa/bin/python -m scripts.understand MODEL`, used by `python -m bot check --model`.

Reads a JSON list of [language, text] and prints a JSON list of intents in the same order: "greet", "faq/contact",
"nlu_fallback".
"""

import asyncio
import json
import sys
import warnings
from pathlib import Path

from bot.nlu.deviations.unused import leave_out


async def understand(model: Path, messages: list[tuple[str, str]]) -> list[str]:
    """The intent of each message of a citizen, as the worker would see it."""
    # Everything of Rasa is imported after `leave_out`.
    from rasa.core.channels.channel import UserMessage  # noqa: PLC0415

    from bot.nlu.deviations.actions import ActionEndpoint  # noqa: PLC0415
    from bot.nlu.deviations.processor import TurnProcessor  # noqa: PLC0415

    # The address is never asked: understanding runs no action.
    processor = TurnProcessor(model, action_endpoint=ActionEndpoint("http://127.0.0.1:9", timeout=1))
    intents = []
    for language, text in messages:
        parsed = await processor.parse_message(UserMessage(text, metadata={"language": language}))
        intents.append(parsed["intent"].get("full_retrieval_intent_name") or parsed["intent"]["name"])
    return intents


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    leave_out()
    print(json.dumps(asyncio.run(understand(Path(sys.argv[1]), json.load(sys.stdin)))))
