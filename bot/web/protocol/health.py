"""Whether the process works."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType


class Health(Struct, frozen=True, kw_only=True):
    """The process lives, or everything it needs answers."""

    status: Literal["ok"] = "ok"
    warnings: Annotated[
        list[Literal["retention"]] | UnsetType,
        Meta(description="What an operator should look at: `retention` has not run for two days."),
    ] = UNSET
