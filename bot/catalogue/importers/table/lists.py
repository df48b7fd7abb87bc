"""Lists and parts in one cell. Each `read_…` gives back what its `write_…` was given."""

import re
from collections.abc import Iterable, Sequence

_BULLET = re.compile(r"^[-–•·*]\s+")
_BAR = re.compile(r"(?<!\\)\|")


def read_list(cell: str, *, separators: str = ";") -> tuple[str, ...]:
    """The items of a cell: its lines, or what the first of `separators` that occurs divides.

    A line that is set in belongs to the item above it. A line break at the end says that the cell has lines.
    """
    if "\n" in cell:
        items: list[str] = []
        for line in cell.split("\n"):
            if items and line.startswith("  "):
                items[-1] = f"{items[-1]}\n{line[2:]}"
            else:
                items.append(line)
    else:
        used = next((separator for separator in separators if separator in cell), None)
        items = cell.split(used) if used else [cell]
    texts = (_BULLET.sub("", item.strip(), count=1) for item in items)
    return tuple(text for text in texts if text)


def write_list(items: Sequence[str], *, separators: str = ";") -> str:
    """A line for each item."""
    lines = [item.replace("\n", "\n  ") for item in items]
    lines = [f"- {line}" if _BULLET.match(line) else line for line in lines]
    cell = "\n".join(lines)
    return f"{cell}\n" if len(items) == 1 and any(one in cell for one in separators) else cell


def read_parts(item: str) -> list[str]:
    """ "Antrag | https://… | Formular" → its three parts; "\\|" is a bar."""
    return [part.replace("\\|", "|").strip() for part in _BAR.split(item)]


def write_parts(parts: Iterable[str]) -> str:
    """The parts with bars between them."""
    return " | ".join(part.replace("|", "\\|") for part in parts)
