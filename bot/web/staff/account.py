"""What everybody on the staff does for themselves: first page, password, second factor, sessions, language."""

from base64 import b32encode
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from sqlalchemy import Connection

from bot.language import LANGUAGES
from bot.staff import attempts, links, people, second_factor, sessions
from bot.staff.audit import record
from bot.staff.faults import FaultError
from bot.staff.passwords import LONGEST, SHORTEST
from bot.staff.people import Account
from bot.staff.roles import Staff
from bot.staff.tokens import derive
from bot.web.errors import ApiError
from bot.web.keys import KEYRING, PASSWORDS, SETTINGS, STORE, TOWN
from bot.web.limits import client_address
from bot.web.staff.cookies import LANGUAGE, SESSION, YEAR, drop_cookie, read_cookie, set_cookie
from bot.web.staff.current import current_session, current_staff
from bot.web.staff.forms import Form, read_form
from bot.web.staff.guard import session_limits
from bot.web.staff.paths import SECOND_FACTOR, SIGN_IN, own_path, safe_path
from bot.web.staff.rendering import go_to, render
from bot.web.staff.sign_in import begin_session, with_session

ACCOUNT = "/staff/account"
PROGRAM = "Stadtlotse"


async def show_home(request: web.Request) -> web.Response:
    """GET /staff."""
    return render(request, "staff/home.html")


async def show_account(request: web.Request) -> web.Response:
    """GET /staff/account."""
    session, now = current_session(request), datetime.now(UTC)
    limits = session_limits(request.app[SETTINGS])

    def look(connection: Connection) -> dict[str, Any]:
        return {
            "account": people.need_account(connection, session.staff.id),
            "codes": second_factor.count_recovery_codes(connection, session.staff.id),
            "sessions": sessions.list_sessions(connection, session.staff.id, at=now, limits=limits),
        }

    shown = await request.app[STORE].read(look)
    return render(request, "staff/account.html", this=session.token_hash, **shown)


async def end_session(request: web.Request) -> web.Response:
    """POST /staff/account/sessions: `session` names one, nothing means all, also this."""
    chosen, session = (await read_form(request)).text("session"), current_session(request)
    staff = session.staff

    def end(connection: Connection) -> bool:
        if chosen:
            ended = sessions.end_session(connection, chosen, staff_id=staff.id)
        else:
            ended = people.end_sessions(connection, staff.id) > 0
        if ended:
            record(connection, staff, "signed_out" if chosen else "signed_out_everywhere", f"staff {staff.id}")
        return ended

    if not await request.app[STORE].write(end) and chosen:
        raise ApiError("not_found", "there is no such session")
    if chosen and chosen != session.token_hash:
        return go_to(ACCOUNT, done="session_ended")
    response = go_to(SIGN_IN, done="signed_out" if chosen else "signed_out_everywhere")
    drop_cookie(request, response, SESSION)
    return response


async def show_password(request: web.Request) -> web.Response:
    """GET /staff/account/password."""
    return _password_page(request)


async def change_password(request: web.Request) -> web.Response:
    """POST /staff/account/password: old, new, again. Ends all other sessions."""
    form, staff = await read_form(request), current_staff(request)
    fault = await _password_fault(request, form.text("old"))
    if fault is not None:
        return _password_page(request, fault=fault)
    try:
        hashed = await _hash_new_password(request, form, staff)
    except FaultError as error:
        return _password_page(request, fault=error.fault)
    token_hash = current_session(request).token_hash

    def change(connection: Connection) -> None:
        people.set_password_hash(connection, staff.id, hashed)
        people.end_sessions(connection, staff.id, but=token_hash)
        record(connection, staff, "changed_password", f"staff {staff.id}")

    await request.app[STORE].write(change)
    return go_to(ACCOUNT, done="changed_password")


async def show_set_up(request: web.Request) -> web.Response:
    """GET /staff/second-factor/new?next=…: the secret as picture and text. It is kept once a code proves it."""
    session = current_session(request)
    account = await request.app[STORE].read(people.need_account, session.staff.id)
    if not session.complete and account.second_factor is not None:
        return go_to(SECOND_FACTOR)
    return _set_up_page(request, account, next_page=safe_path(request.query.get("next", "")))


async def set_up(request: web.Request) -> web.Response:
    """POST /staff/second-factor/new: code, next, and the password for who has a second factor already."""
    form, session = await read_form(request), current_session(request)
    next_page, now = safe_path(form.text("next")), datetime.now(UTC)
    account = await request.app[STORE].read(people.need_account, session.staff.id)
    if not session.complete and account.second_factor is not None:
        raise ApiError("forbidden", "the second factor has to be given before it can be changed")
    if session.complete and account.password_hash is not None:
        fault = await _password_fault(request, form.text("password"))
        if fault is not None:
            return _set_up_page(request, account, next_page=next_page, fault=fault)
    secret = _session_secret(request)
    step = second_factor.matching_step(secret, form.text("code"), at=now)
    if step is None:
        return _set_up_page(request, account, next_page=next_page, fault="wrong_code")

    def keep(connection: Connection) -> tuple[tuple[str, ...], str]:
        if not session.complete and people.need_account(connection, session.staff.id).second_factor is not None:
            raise ApiError("forbidden", "a second factor was set up meanwhile")
        cipher = request.app[KEYRING].open(connection)
        codes = second_factor.set_secret(connection, session.staff.id, secret, step=step, cipher=cipher)
        people.end_sessions(connection, session.staff.id)
        record(connection, session.staff, "set_second_factor", f"staff {session.staff.id}")
        return codes, begin_session(connection, request, account, complete=True)

    codes, token = await request.app[STORE].write(keep)
    response = render(request, "staff/recovery_codes.html", token=token, codes=codes, next_page=next_page)
    return with_session(request, response, token)


async def show_welcome(request: web.Request) -> web.Response:
    """GET /staff/welcome/{token}: a link with which somebody sets a password."""
    return _welcome_page(request, await _link_owner(request))


async def welcome(request: web.Request) -> web.Response:
    """POST /staff/welcome/{token}: new, again. The link is used up; then comes signing in."""
    account = await _link_owner(request)
    try:
        hashed = await _hash_new_password(request, await read_form(request), account.staff)
    except FaultError as error:
        return _welcome_page(request, account, fault=error.fault)
    token = request.match_info["token"]

    def keep(connection: Connection) -> None:
        if links.find_link(connection, token, at=datetime.now(UTC)) is None:  # used meanwhile
            raise ApiError("not_found", "this link is used up")
        people.set_password_hash(connection, account.staff.id, hashed)
        people.end_sessions(connection, account.staff.id)
        record(connection, account.staff, "changed_password", f"staff {account.staff.id}", {"link": True})

    await request.app[STORE].write(keep)
    return go_to(SIGN_IN, done="changed_password")


async def choose_language(request: web.Request) -> web.Response:
    """POST /staff/language: language, next."""
    form = await read_form(request)
    (language,) = form.chosen("language", LANGUAGES) or (LANGUAGES[0],)
    response = go_to(own_path(form.text("next")))
    set_cookie(request, response, LANGUAGE, language, seconds=YEAR)
    return response


def _password_page(request: web.Request, *, fault: str = "") -> web.Response:
    return render(request, "staff/password.html", status=_status(fault), fault=fault, shortest=SHORTEST)


def _set_up_page(request: web.Request, account: Account, *, next_page: str, fault: str = "") -> web.Response:
    secret = _session_secret(request)
    issuer = f"{PROGRAM} {request.app[TOWN].current().name}".replace(f"{PROGRAM} {PROGRAM}", PROGRAM)
    address = second_factor.setup_address(secret, name=account.staff.name, issuer=issuer)
    return render(
        request,
        "staff/set_up.html",
        status=_status(fault),
        fault=fault,
        next_page=next_page,
        picture=second_factor.draw_code(address),
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        asks_password=current_session(request).complete and account.password_hash is not None,
    )


def _welcome_page(request: web.Request, account: Account, *, fault: str = "") -> web.Response:
    values: dict[str, Any] = {"fault": fault, "shortest": SHORTEST, "name": account.staff.name}
    return render(request, "staff/welcome.html", status=_status(fault), **values)


def _status(fault: str) -> int:
    return 422 if fault else 200


def _session_secret(request: web.Request) -> str:
    """The secret a session would set up: the same on every page it loads, and kept nowhere before it is proved."""
    key = bytes.fromhex(derive(read_cookie(request, SESSION), "second factor"))
    return b32encode(key[:20]).decode()


async def _link_owner(request: web.Request) -> Account:
    token = request.match_info["token"]
    account = await request.app[STORE].read(links.find_link, token, at=datetime.now(UTC))
    if account is None:
        raise ApiError("not_found", "this link is used up, too old or was never made")
    return account


async def _hash_new_password(request: web.Request, form: Form, staff: Staff) -> str:
    """The hash of the fields `new` and `again`.

    Raises:
        FaultError: they differ, or others would guess it.
    """
    password = form.text("new")
    if password != form.text("again"):
        raise FaultError("unequal", "the two passwords differ")
    names = (staff.name, staff.display_name, request.app[TOWN].current().name, PROGRAM)
    return await request.app[PASSWORDS].check_and_hash(password, names=names)


async def _password_fault(request: web.Request, password: str) -> str | None:
    """Check the password of somebody who is signed in, throttled like a sign-in: "wrong", "too_many" or None."""
    store, now, staff = request.app[STORE], datetime.now(UTC), current_staff(request)
    address = client_address(request, trusted_proxy=request.app[SETTINGS].trusted_proxy)
    if await store.write(attempts.begin_attempt, name=staff.name, address=address, at=now) is not None:
        return "too_many"
    account = await store.read(people.need_account, staff.id)
    is_right, _ = await request.app[PASSWORDS].matches(account.password_hash, password[: LONGEST + 1])
    if not is_right:
        return "wrong"
    await store.write(attempts.end_attempt, name=staff.name, address=address, at=now)
    return None
