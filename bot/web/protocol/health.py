"""Whether the process works."""

from typing import Literal

from msgspec import Struct


class Health(Struct, frozen=True, kw_only=True):
    """The process lives, or everything it needs answers."""

    status: Literal["ok"] = "ok"
