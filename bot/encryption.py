"""Encrypts the few things that may not stand readable in the database but have to be read again.

Fernet (AES in CBC mode with HMAC-SHA256) from the library cryptography. Several keys make a change of keys possible:
the first encrypts, all decrypt. Keys are 32 random bytes in URL-safe Base64, in the setting STADTLOTSE_ENCRYPTION_KEYS
or, on one machine, in a file of their own that is made when it is first needed.

What is encrypted carries its purpose, such as "second factor of staff 7", so that it cannot be moved to another row.
"""

import os
import stat
import tempfile
from collections.abc import Sequence
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.errors import EncryptionError, SettingsError
from bot.settings import FILE_SUFFIX, PREFIX

KEYS_SETTING = f"{PREFIX}ENCRYPTION_KEYS"
_SEPARATOR = "\0"
_BEGINNING = "gAAAA"  # of all that Fernet encrypts, for the next 500 years: its version and a time


class Cipher:
    """Encrypts with the first of its keys, decrypts with any."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise SettingsError(f"{KEYS_SETTING}: expected at least one key")
        self._fernets = [_fernet(key, place) for place, key in enumerate(keys, start=1)]
        self._all = MultiFernet(self._fernets)

    def encrypt(self, text: str, *, purpose: str) -> str:
        """The encrypted text, in ASCII."""
        return self._all.encrypt(f"{purpose}{_SEPARATOR}{text}".encode()).decode()

    def decrypt(self, token: str, *, purpose: str) -> str:
        """What was encrypted for this purpose.

        Raises:
            EncryptionError: none of the keys fits, or it was encrypted for something else.
        """
        try:
            content = self._all.decrypt(token.encode()).decode()
        except InvalidToken as error:
            raise EncryptionError(f"{purpose}: none of the keys in {KEYS_SETTING} opens it") from error
        found, _, text = content.partition(_SEPARATOR)
        if found != purpose:
            raise EncryptionError(f"{purpose}: it was encrypted for something else")
        return text

    def renew(self, token: str) -> str:
        """The same, encrypted with the first key.

        Raises:
            EncryptionError: none of the keys fits.
        """
        try:
            return self._all.rotate(token.encode()).decode()
        except InvalidToken as error:
            raise EncryptionError(f"none of the keys in {KEYS_SETTING} opens it") from error


def is_encrypted(text: str) -> bool:
    """Whether this is what a cipher makes."""
    return text.startswith(_BEGINNING)


def make_key() -> str:
    """A new key."""
    return Fernet.generate_key().decode()


def parse_keys(text: str) -> list[str]:
    """The keys in a setting or file: between them are spaces, commas or line breaks."""
    return text.replace(",", " ").split()


def read_key_file(path: Path) -> list[str]:
    """The keys in the file of this machine; none where there is no file.

    Raises:
        SettingsError: it cannot be read, holds nothing, or others may read it as well.
    """
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: the encryption keys cannot be read ({type(error).__name__})") from error
    if stat.S_IMODE(mode) & 0o077:
        raise SettingsError(f"{path}: others may read the encryption keys; run: chmod 600 {path}")
    if not parse_keys(text):
        raise SettingsError(f"{path}: there is no encryption key in it")
    return parse_keys(text)


def make_key_file(path: Path) -> list[str]:
    """Make the file with one key, for this user alone, and read it; of several who do so at once one makes it.

    Raises:
        SettingsError: it cannot be written here.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(path, [make_key()], replace=False)
    except OSError as error:
        hint = f"set {KEYS_SETTING} or {KEYS_SETTING}{FILE_SUFFIX}"
        raise SettingsError(f"{path}: the encryption key cannot be kept there ({error.strerror}); {hint}") from error
    return read_key_file(path)


def add_key(path: Path) -> None:
    """Put a new key before those in the file.

    Raises:
        SettingsError: it cannot be read or written.
    """
    keys = read_key_file(path)
    try:
        _write(path, [make_key(), *keys], replace=True)
    except OSError as error:
        raise SettingsError(f"{path}: the encryption keys cannot be written ({error.strerror})") from error


def _write(path: Path, keys: Sequence[str], *, replace: bool) -> None:
    """Whole or not at all, never half: also after a power cut, also for who reads at the same moment."""
    handle, name = tempfile.mkstemp(dir=path.parent)  # for this user alone
    written = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write("".join(f"{key}\n" for key in keys))
            file.flush()
            os.fsync(file.fileno())
        if replace:
            written.replace(path)
        else:
            try:
                path.hardlink_to(written)
            except FileExistsError:
                return  # somebody else was faster, theirs counts
    finally:
        written.unlink(missing_ok=True)


def _fernet(key: str, place: int) -> Fernet:
    try:
        return Fernet(key)
    except ValueError as error:
        # The value is a secret, so it is not repeated.
        expected = "32 bytes in URL-safe Base64"
        raise SettingsError(f"{KEYS_SETTING}: key number {place} cannot be used, expected {expected}") from error
