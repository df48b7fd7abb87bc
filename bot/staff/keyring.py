"""The encryption keys that belong to a database. A small encrypted row in it tells right keys from wrong ones.

Keys come from the settings, else from the file of this machine. That file is made only for a database in which nothing
was ever encrypted: a key that is lost is named as lost, not replaced unseen.
"""

from sqlalchemy import Connection, Table, delete, select, text, update

from bot.encryption import KEYS_SETTING, Cipher, make_key_file, parse_keys, read_key_file
from bot.errors import EncryptionError, SettingsError
from bot.settings import FILE_SUFFIX, Settings
from bot.staff import second_factor
from bot.staff.models import ONE_ROW, KeyCheckRow

CHECK: Table = KeyCheckRow.__table__  # type: ignore[assignment]
PURPOSE = "key check"
KNOWN = "stadtlotse"

# Both databases know this form. Of several processes one keeps its row, the others find it.
_KEEP = text("INSERT INTO key_check (id, token) VALUES (:id, :token) ON CONFLICT (id) DO NOTHING")


class Keyring:
    """Reads the keys when they are first needed, and checks that they are those of the database."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._checked: Cipher | None = None

    def open(self, connection: Connection) -> Cipher:
        """The cipher. The first one on a database leaves its check there, in the caller's transaction.

        Raises:
            SettingsError: there is no key, it cannot be used, or it does not belong to this database.
        """
        if self._checked is not None:
            return self._checked
        token = connection.scalar(select(CHECK.c.token))
        cipher = Cipher(self._keys(is_first=token is None))
        if token is None:
            connection.execute(_KEEP, {"id": ONE_ROW, "token": cipher.encrypt(KNOWN, purpose=PURPOSE)})
            # Not remembered yet: this transaction may be rolled back, and another process may have been faster.
            self._check(cipher, connection.execute(select(CHECK.c.token)).scalar_one())
            return cipher
        self._check(cipher, token)
        self._checked = cipher
        return cipher

    def _keys(self, *, is_first: bool) -> list[str]:
        path = self._settings.key_file
        keys = parse_keys(self._settings.encryption_keys) or read_key_file(path)
        if keys or not is_first:
            if not keys:
                raise SettingsError(
                    f"there is no encryption key: neither {KEYS_SETTING} nor {KEYS_SETTING}{FILE_SUFFIX} is set, and "
                    f"{path} is missing. Put back the key with which this database was encrypted; {_LOST}"
                )
            return keys
        return make_key_file(path)

    def _check(self, cipher: Cipher, token: str) -> None:
        try:
            cipher.decrypt(token, purpose=PURPOSE)
        except EncryptionError as error:
            source = KEYS_SETTING if self._settings.encryption_keys else self._settings.key_file
            raise SettingsError(f"the encryption keys in {source} are not those of this database; {_LOST}") from error


_LOST = "if they are lost for good: python -m bot keys discard"


def encrypt_what_is_plain(connection: Connection, keyring: Keyring) -> None:
    """Check the keys, and encrypt what older versions left as it is.

    Raises:
        SettingsError: as `Keyring.open`.
    """
    second_factor.encrypt_secrets(connection, keyring.open(connection))


def forget_check(connection: Connection) -> None:
    """Begin anew with whatever keys there are."""
    connection.execute(delete(CHECK))


def renew_check(connection: Connection, cipher: Cipher) -> None:
    """Encrypt the check with the first key."""
    connection.execute(update(CHECK).values(token=cipher.encrypt(KNOWN, purpose=PURPOSE)))
