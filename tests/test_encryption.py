import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.encryption import Cipher, add_key, is_encrypted, make_key, make_key_file, parse_keys, read_key_file
from bot.errors import EncryptionError, SettingsError

PURPOSE = "second factor of staff 7"


def test_what_is_encrypted_can_be_read_again_and_not_without() -> None:
    cipher = Cipher([make_key()])
    token = cipher.encrypt("Äpfel 🍏\n[IBAN]", purpose=PURPOSE)
    assert is_encrypted(token)
    assert token.isascii()
    assert "pfel" not in token
    assert token != cipher.encrypt("Äpfel 🍏\n[IBAN]", purpose=PURPOSE)
    assert cipher.decrypt(token, purpose=PURPOSE) == "Äpfel 🍏\n[IBAN]"
    assert not is_encrypted("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")


def test_text_may_hold_what_separates_it_from_its_purpose() -> None:
    cipher = Cipher([make_key()])
    assert cipher.decrypt(cipher.encrypt("a\0b\0", purpose=PURPOSE), purpose=PURPOSE) == "a\0b\0"


def test_encrypted_text_cannot_be_moved_to_another_row() -> None:
    cipher = Cipher([make_key()])
    token = cipher.encrypt("geheim", purpose=PURPOSE)
    with pytest.raises(EncryptionError, match="staff 8: it was encrypted for something else"):
        cipher.decrypt(token, purpose="second factor of staff 8")


@pytest.mark.parametrize("change", [lambda token: token[:-3] + "AA=", lambda token: token[:20], lambda token: "ö", str])
def test_other_key_and_changed_text_are_named_and_nothing_is_said_of_the_text(change) -> None:
    token = Cipher([make_key()]).encrypt("geheim", purpose=PURPOSE)
    with pytest.raises(EncryptionError, match="STADTLOTSE_ENCRYPTION_KEYS") as raised:
        Cipher([make_key()]).decrypt(change(token), purpose=PURPOSE)
    assert token not in str(raised.value)


def test_keys_are_changed_one_after_the_other() -> None:
    old, new = make_key(), make_key()
    token = Cipher([old]).encrypt("geheim", purpose=PURPOSE)
    both = Cipher([new, old])
    assert both.decrypt(token, purpose=PURPOSE) == "geheim"
    renewed = both.renew(token)
    assert Cipher([new]).decrypt(renewed, purpose=PURPOSE) == "geheim"
    with pytest.raises(EncryptionError):
        Cipher([old]).decrypt(renewed, purpose=PURPOSE)
    with pytest.raises(EncryptionError):
        Cipher([make_key()]).renew(token)


@pytest.mark.parametrize("text", ["", "geheim", "ä" * 44, "A" * 43])
def test_key_that_cannot_be_used_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(SettingsError, match="STADTLOTSE_ENCRYPTION_KEYS") as raised:
        Cipher([make_key(), text] if text else [])
    assert not text or text not in str(raised.value)


def test_keys_stand_on_lines_or_between_commas() -> None:
    assert parse_keys(" a,b\nc , d\n") == ["a", "b", "c", "d"]


def test_key_file_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "encryption_keys"
    assert read_key_file(path) == []
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(make_key_file, [path] * 16))
    assert len(made[0]) == 1
    assert made == [read_key_file(path)] * 16
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_added_key_comes_first(tmp_path: Path) -> None:
    path = tmp_path / "encryption_keys"
    [old] = make_key_file(path)
    add_key(path)
    new, *others = read_key_file(path)
    assert others == [old]
    assert new != old
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_key_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "encryption_keys"
    make_key_file(path)
    path.chmod(0o640)
    with pytest.raises(SettingsError, match=f"chmod 600 {path}"):
        read_key_file(path)


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xff\xfe"])
def test_key_file_without_a_key_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "encryption_keys"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(SettingsError, match="encryption_keys"):
        read_key_file(path)


def test_folder_that_cannot_be_written_is_named_with_what_helps(tmp_path: Path) -> None:
    (tmp_path / "secrets").write_text("a file")
    with pytest.raises(SettingsError, match="STADTLOTSE_ENCRYPTION_KEYS_FILE"):
        make_key_file(tmp_path / "secrets" / "encryption_keys")
