"""Staff who sign in at the town's OpenID Connect provider: which account is theirs, and what they may do there."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, get_args

from sqlalchemy import Connection

from bot.errors import SettingsError
from bot.settings import PREFIX
from bot.staff import people
from bot.staff.audit import SYSTEM, record
from bot.staff.faults import FaultError
from bot.staff.names import check_display_name
from bot.staff.people import Account, NewStaff
from bot.staff.roles import ROLES, Role

SUBJECT_LENGTH = 400

RoleMap = Mapping[str, Role]  # from a value of the claim


class NotAdmittedError(Exception):
    """The provider knows them, but they may not come in; `reason` is a key of the phrases."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def parse_role_map(text: str) -> RoleMap:
    """The setting `oidc_roles`: "caseworker=buergerbuero,admin=it" → {"buergerbuero": "caseworker", "it": "admin"}.

    Raises:
        SettingsError: there is no such role, a value is missing, or it stands for two roles.
    """
    values: dict[str, Role] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, value = part.partition("=")
        role = next((role for role in ROLES if role == name.strip()), None)
        if role is None or not value.strip() or value.strip() in values:
            expected = "|".join(get_args(Role))
            raise SettingsError(f"{PREFIX}OIDC_ROLES: {part}: expected ROLE=VALUE with {expected}, each value once")
        values[value.strip()] = role
    return MappingProxyType(values)


def roles_of(claims: Mapping[str, Any], *, claim: str, role_map: RoleMap) -> frozenset[Role]:
    """The roles that an ID token gives. `claim` may lead into objects: "realm_access.roles"."""
    value: Any = claims.get(claim)
    if value is None:
        value = claims
        for part in claim.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
    given = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return frozenset(role_map[item] for item in given if isinstance(item, str) and item in role_map)


def admit(connection: Connection, claims: Mapping[str, Any], *, roles: frozenset[Role] | None, at: datetime) -> Account:
    """The account behind an ID token that was checked. `roles` None: roles are given by hand, the account exists.

    An account without a password that has the name the provider gives becomes theirs; one with a password stays its
    owner's. Who is new and has roles gets an account.

    Raises:
        NotAdmittedError: no account, no role, or a name that is somebody else's.
    """
    subject = f"{claims['iss']} {claims['sub']}"
    if len(subject) > SUBJECT_LENGTH:
        raise NotAdmittedError("openid_failed")
    account = people.find_account_by_subject(connection, subject)
    if (account is not None and not account.is_active) or roles == frozenset():
        raise NotAdmittedError("openid_no_role")
    if account is None:
        account = _take_account(connection, claims, subject) or _new_account(connection, claims, subject, roles, at)
    if roles is not None and roles != account.staff.roles:
        before = sorted(account.staff.roles)
        people.set_roles(connection, account.staff.id, roles)
        record(connection, SYSTEM, "changed", f"staff {account.staff.id}", {"roles": [before, sorted(roles)]})
    return people.need_account(connection, account.staff.id)


def _take_account(connection: Connection, claims: Mapping[str, Any], subject: str) -> Account | None:
    account = people.find_account_by_name(connection, _name(claims))
    if account is None:
        return None
    if not account.is_active or account.password_hash is not None or account.subject is not None:
        raise NotAdmittedError("openid_name_taken")
    people.set_subject(connection, account.staff.id, subject)
    record(connection, SYSTEM, "changed", f"staff {account.staff.id}", {"subject": subject})
    return account


def _new_account(
    connection: Connection, claims: Mapping[str, Any], subject: str, roles: frozenset[Role] | None, at: datetime
) -> Account:
    if roles is None:
        raise NotAdmittedError("openid_no_role")
    shown = claims.get("name")
    try:
        name = check_display_name(shown) if isinstance(shown, str) else ""
        new = NewStaff(name=_name(claims), display_name=name, roles=roles, subject=subject)
        staff_id = people.add_staff(connection, new, at=at)
    except FaultError as error:
        raise NotAdmittedError("openid_failed") from error
    record(connection, SYSTEM, "added", f"staff {staff_id}", {"subject": subject, "roles": sorted(roles)})
    return people.need_account(connection, staff_id)


def _name(claims: Mapping[str, Any]) -> str:
    given = claims.get("preferred_username")
    return given if isinstance(given, str) else str(claims["sub"])
