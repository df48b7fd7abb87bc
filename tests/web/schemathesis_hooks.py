"""Loaded by schemathesis: every request gets a conversation of its own, which it may also erase."""

import os
import re
from typing import Any

import requests
import schemathesis

CONVERSATIONS = os.environ.get("STADTLOTSE_ORIGIN", "") + "/api/v1/conversations"
MESSAGE_ID = re.compile(r"[0-9]{8}", re.ASCII)
OPAQUE = re.compile(r"[\w-]{22}", re.ASCII)


@schemathesis.auth(refresh_interval=None)
class OwnConversation:
    """Begins a conversation for each request that needs one."""

    def get(self, _case: schemathesis.Case, _context: schemathesis.AuthContext) -> dict[str, str]:
        return requests.post(CONVERSATIONS, json={}, timeout=10).json()

    def set(self, case: schemathesis.Case, data: dict[str, str], _context: schemathesis.AuthContext) -> None:
        case.headers["Authorization"] = f"Bearer {data['token']}"
        if OPAQUE.fullmatch(str(case.path_parameters.get("conversation"))):  # a wrong one is left wrong
            case.path_parameters["conversation"] = data["id"]
        if isinstance(case.body, dict) and set(case.body) == {"choice"} and OPAQUE.fullmatch(str(case.body["choice"])):
            # A choice that was never offered is rightly refused; take one that was.
            case.body = {"choice": ask(data)["choices"][0]["choice"]}
        if MESSAGE_ID.fullmatch(str(case.path_parameters.get("message"))):
            case.path_parameters["message"] = ask(data)["id"]


def ask(conversation: dict[str, str]) -> dict[str, Any]:
    """The answer to a question in this conversation."""
    response = requests.post(
        f"{CONVERSATIONS}/{conversation['id']}/messages",
        json={"text": "Hallo"},
        headers={"Authorization": f"Bearer {conversation['token']}"},
        timeout=10,
    )
    return response.json()["messages"][0]
