"""Buttons of replies (responses/<language>/*.yml) as the choices that web offers."""

import json
from collections.abc import Mapping
from typing import Any, Optional

CHOICES = "choices"


def custom_of(message: Mapping[str, Any]) -> Optional[dict[str, Any]]:
    """What a reply says beyond text: its own `custom`, and a choice for each of its buttons.

    {"title": "Talk to a person", "payload": "/request_human"} →
    {"title": "Talk to a person", "intent": "request_human", "entities": {}}
    """
    custom = dict(message.get("custom") or {})
    choices = [_choice(button) for button in message.get("buttons") or ()]
    if choices:
        custom[CHOICES] = [*custom.get(CHOICES, ()), *choices]
    return custom or None


def _choice(button: Mapping[str, str]) -> dict[str, Any]:
    intent, brace, entities = button["payload"].removeprefix("/").partition("{")
    return {"title": button["title"], "intent": intent, "entities": json.loads(brace + entities) if brace else {}}
