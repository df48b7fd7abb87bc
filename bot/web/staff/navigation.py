"""What staff find where: the bar on top of every page, and the list on the first."""

from dataclasses import dataclass

from bot.staff.roles import DESK_ROLES, Role, Staff


@dataclass(frozen=True, kw_only=True)
class Item:
    """A place; `label` is a key of the phrases of `topic` (locales/<topic>.<language>.yml)."""

    path: str
    label: str
    roles: frozenset[Role]
    topic: str = "staff"


ITEMS: tuple[Item, ...] = (
    Item(path="/desk", label="nav_desk", roles=DESK_ROLES, topic="desk"),
    Item(path="/desk/requests", label="nav_requests", roles=DESK_ROLES, topic="desk_requests"),
    Item(path="/desk/history", label="nav_history", roles=DESK_ROLES, topic="desk_history"),
    Item(path="/desk/statistics", label="nav_statistics", roles=DESK_ROLES, topic="statistics"),
    Item(
        path="/desk/replies",
        label="nav_replies",
        roles=frozenset({"caseworker", "lead", "editor"}),
        topic="desk_replies",
    ),
    Item(path="/desk/hours", label="nav_hours", roles=frozenset({"lead", "admin"}), topic="desk_settings"),
    Item(path="/staff/wrong-answers", label="nav_wrong", roles=frozenset({"editor", "lead"}), topic="desk_wrong"),
    Item(path="/staff/people", label="nav_people", roles=frozenset({"admin"})),
    Item(path="/staff/teams", label="nav_teams", roles=frozenset({"admin"})),
    Item(path="/staff/audit", label="nav_audit", roles=frozenset({"auditor"})),
    Item(path="/staff/retention", label="nav_retention", roles=frozenset({"admin", "auditor"}), topic="retention"),
)


def place_of(path: str) -> str:
    """The path of the place that a page belongs to; "" for none."""
    within = [item.path for item in ITEMS if path == item.path or path.startswith(f"{item.path}/")]
    return max(within, key=len, default="")


def items_for(staff: Staff) -> tuple[Item, ...]:
    """The places somebody may go to."""
    return tuple(item for item in ITEMS if staff.may(*item.roles))
