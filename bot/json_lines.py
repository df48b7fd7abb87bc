"""Files with one JSON object to a line, such as labelled questions."""

from pathlib import Path
from typing import TypeVar

import msgspec

from bot.errors import InputError

Entry = TypeVar("Entry")


def read_json_lines(path: Path, kind: type[Entry], *, what: str) -> list[tuple[int, Entry]]:
    """The entries of a file with the numbers of their lines, from 1; empty lines are passed over.

    Raises:
        InputError: the file or a line of it cannot be read, or it holds no `what`; the text names the line.
    """
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    entries = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            entries.append((number, msgspec.json.decode(line, type=kind)))
        except msgspec.DecodeError as error:
            raise InputError(f"{path}, line {number}: {error}") from error
    if not entries:
        raise InputError(f"{path}: holds no {what}")
    return entries
