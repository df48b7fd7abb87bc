"""The second factor: one-time passwords from an app (TOTP, RFC 6238), and recovery codes for when it is lost."""

import hmac
import io
import re
import secrets
from base64 import b32encode
from datetime import datetime

import pyotp
import segno
from sqlalchemy import Connection, Table, delete, func, insert, or_, select, update

from bot.encryption import Cipher, is_encrypted
from bot.staff.models import RecoveryCodeRow, StaffRow
from bot.staff.tokens import hash_token

STAFF: Table = StaffRow.__table__  # type: ignore[assignment]
CODE: Table = RecoveryCodeRow.__table__  # type: ignore[assignment]

STEP_SECONDS = 30
NEIGHBOURS = (0, -1, 1)  # clocks differ, and typing takes a while
RECOVERY_CODES = 10
RECOVERY_BYTES = 10  # 80 bits, 16 letters and digits
_NOISE = re.compile(r"[\s-]")


def setup_address(secret: str, *, name: str, issuer: str) -> str:
    """What an app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def draw_code(address: str) -> str:
    """The QR code as SVG, dark on white, without any style of its own."""
    drawing = io.BytesIO()
    segno.make(address, error="m").save(
        drawing, kind="svg", scale=5, border=4, xmldecl=False, svgns=True, light="#fff", omitsize=False
    )
    return drawing.getvalue().decode()


def matching_step(secret: str, code: str, *, at: datetime) -> int | None:
    """The step of time (30 seconds) whose password this is, now or just before or after; None if it is none."""
    code = _NOISE.sub("", code)
    if not (code.isascii() and code.isdigit()):
        return None
    password, now = pyotp.TOTP(secret), int(at.timestamp()) // STEP_SECONDS
    steps = [now + neighbour for neighbour in NEIGHBOURS]
    return next((step for step in steps if hmac.compare_digest(password.generate_otp(step), code)), None)


def set_secret(connection: Connection, staff_id: int, secret: str, *, step: int, cipher: Cipher) -> tuple[str, ...]:
    """Keep a secret that was proved with the password of `step`; returns new recovery codes, which are shown once."""
    stored = cipher.encrypt(secret, purpose=_purpose(staff_id))
    connection.execute(
        update(STAFF).where(STAFF.c.id == staff_id).values(second_factor=stored, second_factor_step=step)
    )
    return make_recovery_codes(connection, staff_id)


def open_secret(stored: str, staff_id: int, *, cipher: Cipher) -> str:
    """The secret of an account, in Base32.

    Raises:
        EncryptionError: none of the keys opens it.
    """
    return cipher.decrypt(stored, purpose=_purpose(staff_id)) if is_encrypted(stored) else stored


def encrypt_secrets(connection: Connection, cipher: Cipher) -> int:
    """Encrypt the secrets that older versions kept as they are; returns how many."""
    plain = [(id_, stored) for id_, stored in _stored(connection) if not is_encrypted(stored)]
    for staff_id, stored in plain:
        _replace(connection, staff_id, stored, cipher.encrypt(stored, purpose=_purpose(staff_id)))
    return len(plain)


def renew_secrets(connection: Connection, cipher: Cipher) -> int:
    """Encrypt all secrets with the first key; returns how many.

    Raises:
        EncryptionError: none of the keys opens one of them.
    """
    encrypted = [(id_, stored) for id_, stored in _stored(connection) if is_encrypted(stored)]
    for staff_id, stored in encrypted:
        _replace(connection, staff_id, stored, cipher.renew(stored))
    return len(encrypted) + encrypt_secrets(connection, cipher)


def forget_secrets(connection: Connection) -> int:
    """Forget all that are encrypted, because their keys are lost; recovery codes stay. Returns how many."""
    staff_ids = [staff_id for staff_id, stored in _stored(connection) if is_encrypted(stored)]
    forgotten = update(STAFF).where(STAFF.c.id.in_(staff_ids)).values(second_factor=None, second_factor_step=None)
    return connection.execute(forgotten).rowcount


def _stored(connection: Connection) -> list[tuple[int, str]]:
    query = select(STAFF.c.id, STAFF.c.second_factor).where(STAFF.c.second_factor.is_not(None))
    return [(row.id, row.second_factor) for row in connection.execute(query)]


def _replace(connection: Connection, staff_id: int, before: str, after: str) -> None:
    """Unless its owner has set up another one meanwhile."""
    same = (STAFF.c.id == staff_id, STAFF.c.second_factor == before)
    connection.execute(update(STAFF).where(*same).values(second_factor=after))


def _purpose(staff_id: int) -> str:
    return f"second factor of staff {staff_id}"


def remove_secret(connection: Connection, staff_id: int) -> None:
    """Forget secret and recovery codes."""
    connection.execute(update(STAFF).where(STAFF.c.id == staff_id).values(second_factor=None, second_factor_step=None))
    connection.execute(delete(CODE).where(CODE.c.staff_id == staff_id))


def use_step(connection: Connection, staff_id: int, step: int) -> bool:
    """Take the password of a step; False if this one, or a later one, was taken before."""
    newer = or_(STAFF.c.second_factor_step.is_(None), STAFF.c.second_factor_step < step)
    taken = connection.execute(update(STAFF).where(STAFF.c.id == staff_id, newer).values(second_factor_step=step))
    return taken.rowcount > 0


def make_recovery_codes(connection: Connection, staff_id: int) -> tuple[str, ...]:
    """New recovery codes in place of the old: ("k3vw-…", …)."""
    codes = [b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower() for _ in range(RECOVERY_CODES)]
    connection.execute(delete(CODE).where(CODE.c.staff_id == staff_id))
    connection.execute(insert(CODE), [{"staff_id": staff_id, "code_hash": hash_token(code)} for code in codes])
    return tuple("-".join(code[start : start + 4] for start in range(0, len(code), 4)) for code in codes)


def use_recovery_code(connection: Connection, staff_id: int, code: str) -> bool:
    """Take a recovery code; False if it is none, or was taken before."""
    code_hash = hash_token(_NOISE.sub("", code).lower())
    query = delete(CODE).where(CODE.c.staff_id == staff_id, CODE.c.code_hash == code_hash)
    return connection.execute(query).rowcount > 0


def count_recovery_codes(connection: Connection, staff_id: int) -> int:
    """How many are left."""
    return connection.scalar(select(func.count()).select_from(CODE).where(CODE.c.staff_id == staff_id)) or 0
