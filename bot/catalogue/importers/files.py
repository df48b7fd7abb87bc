"""Reads whole files from outside, no larger ones than fit in the memory."""

from pathlib import Path

from bot.errors import ImportFileError


def read_whole(path: Path, *, longest: int) -> bytes:
    """The content of a file of at most `longest` bytes.

    Raises:
        ImportFileError: it cannot be read or is longer; the text names it.
    """
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= longest else b""
    except OSError as error:
        raise ImportFileError(f"{path}: cannot be read ({error.strerror})") from error
    if size > longest:
        raise ImportFileError(f"{path}: has {size} bytes, at most {longest} are read")
    return content
