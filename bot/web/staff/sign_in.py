"""Signing in: name and password, then the second factor. Whoever fails learns only that it was not right."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from aiohttp import hdrs, web
from sqlalchemy import Connection

from bot.encryption import Cipher
from bot.staff import attempts, people, second_factor, sessions
from bot.staff.audit import SYSTEM, record
from bot.staff.passwords import LONGEST
from bot.staff.people import Account, find_account_by_name
from bot.staff.sessions import Session
from bot.staff.tokens import hash_token
from bot.web.keys import KEYRING, PASSWORDS, SETTINGS, STORE
from bot.web.limits import client_address
from bot.web.staff.browser import describe_browser
from bot.web.staff.cookies import SESSION, VISIT, drop_cookie, read_cookie, set_cookie
from bot.web.staff.current import current_session, session_if_any
from bot.web.staff.forms import read_form
from bot.web.staff.guard import session_limits
from bot.web.staff.paths import HOME, SECOND_FACTOR, SET_UP, SIGN_IN, safe_path
from bot.web.staff.rendering import go_to, render

SECOND = "second factor of "  # its tries are counted apart


async def show_sign_in(request: web.Request) -> web.Response:
    """GET /staff/login?next=…"""
    session = session_if_any(request)
    if session is not None and session.complete:
        return go_to(safe_path(request.query.get("next", "")))
    return sign_in_page(request, next_page=safe_path(request.query.get("next", "")))


async def sign_in(request: web.Request) -> web.Response:
    """POST /staff/login: name, password, next."""
    form = await read_form(request)
    name, password, next_page = form.text("name").strip().lower(), form.text("password"), safe_path(form.text("next"))
    store, now = request.app[STORE], datetime.now(UTC)
    address = _address(request)
    wait = await store.write(attempts.begin_attempt, name=name, address=address, at=now)
    if wait is not None:
        return sign_in_page(request, next_page=next_page, name=name, wait=wait)
    account = await store.read(find_account_by_name, name)
    stored = account.password_hash if account is not None and account.is_active else None
    is_right, new_hash = await request.app[PASSWORDS].matches(stored, password[: LONGEST + 1])
    if account is None or not is_right:
        # Written for unknown names too: otherwise the time it takes would tell which names there are.
        who, whom = (account.staff.name, f"staff {account.staff.id}") if account is not None else (SYSTEM, "")
        await store.write(record, who, "sign_in_failed", whom)
        return sign_in_page(request, next_page=next_page, name=name, fault="sign_in_wrong")

    def welcome(connection: Connection) -> str:
        attempts.end_attempt(connection, name=name, address=address, at=now)
        if new_hash is not None:
            people.set_password_hash(connection, account.staff.id, new_hash)
        return begin_session(connection, request, account, complete=not needs_second_factor(request, account))

    token = await store.write(welcome)
    return enter(request, token, account, next_page=next_page)


def needs_second_factor(request: web.Request, account: Account) -> bool:
    """Whether the password is not enough."""
    return account.second_factor is not None or request.app[SETTINGS].second_factor == "required"


def begin_session(connection: Connection, request: web.Request, account: Account, *, complete: bool) -> str:
    """Start a session in place of the browser's old one; returns its token. A complete one is recorded."""
    now, staff = datetime.now(UTC), account.staff
    sessions.clear_sessions(connection, at=now, limits=session_limits(request.app[SETTINGS]))
    old = read_cookie(request, SESSION)
    if old:
        sessions.end_session(connection, hash_token(old), staff_id=staff.id)
    browser = describe_browser(request.headers.get(hdrs.USER_AGENT, ""))
    token = sessions.open_session(connection, staff.id, complete=complete, browser=browser, at=now)
    if complete:
        people.note_sign_in(connection, staff.id, at=now)
        record(connection, staff, "signed_in", f"staff {staff.id}", {"browser": browser})
    return token


def enter(request: web.Request, token: str, account: Account, *, next_page: str) -> web.Response:
    """Lead on, with the session's cookie: to the page that was asked for, or first to the second factor."""
    page = next_page
    if needs_second_factor(request, account):
        page = f"{SECOND_FACTOR if account.second_factor else SET_UP}?next={quote(next_page, safe='')}"
    return with_session(request, go_to(page), token)


def with_session(request: web.Request, response: web.Response, token: str) -> web.Response:
    """The response, with the cookie of a new session."""
    set_cookie(request, response, SESSION, token)
    drop_cookie(request, response, VISIT)
    return response


async def show_second_factor(request: web.Request) -> web.Response:
    """GET /staff/second-factor?next=…, for who gave the password."""
    next_page = safe_path(request.query.get("next", ""))
    session = current_session(request)
    if session.complete:
        return go_to(next_page)
    if (await _account(request, session)).second_factor is None:
        return go_to(f"{SET_UP}?next={quote(next_page, safe='')}")
    return _second_factor_page(request, next_page=next_page)


async def give_second_factor(request: web.Request) -> web.Response:
    """POST /staff/second-factor: code, next. The code is from the app, or a recovery code."""
    form = await read_form(request)
    code, next_page = form.text("code"), safe_path(form.text("next"))
    session = current_session(request)
    if session.complete:
        return go_to(next_page)
    store, now, address = request.app[STORE], datetime.now(UTC), _address(request)
    name = SECOND + session.staff.name
    wait = await store.write(attempts.begin_attempt, name=name, address=address, at=now)
    if wait is not None:
        return _second_factor_page(request, next_page=next_page, wait=wait)
    account = await _account(request, session)

    def check(connection: Connection) -> str | None:
        how = _take_code(connection, account, code, cipher=request.app[KEYRING].open(connection), at=now)
        if how is None:
            record(connection, session.staff.name, "sign_in_failed", f"staff {session.staff.id}", {"second": True})
            return None
        attempts.end_attempt(connection, name=name, address=address, at=now)
        token = begin_session(connection, request, account, complete=True)
        if how == "recovery":
            record(connection, session.staff, "used_recovery_code", f"staff {session.staff.id}")
        return token

    token = await store.write(check)
    if token is None:
        return _second_factor_page(request, next_page=next_page, fault="second_factor_wrong")
    return with_session(request, go_to(next_page), token)


async def sign_out(request: web.Request) -> web.Response:
    """POST /staff/logout."""
    session = current_session(request)

    def leave(connection: Connection) -> None:
        sessions.end_session(connection, session.token_hash, staff_id=session.staff.id)
        record(connection, session.staff, "signed_out", f"staff {session.staff.id}")

    await request.app[STORE].write(leave)
    response = go_to(SIGN_IN, done="signed_out")
    drop_cookie(request, response, SESSION)
    return response


def _take_code(connection: Connection, account: Account, code: str, *, cipher: Cipher, at: datetime) -> str | None:
    """ "app" or "recovery", whichever it was good as; it is used up. None if it was not."""
    step = None
    if account.second_factor is not None:
        secret = second_factor.open_secret(account.second_factor, account.staff.id, cipher=cipher)
        step = second_factor.matching_step(secret, code, at=at)
    if step is not None:
        return "app" if second_factor.use_step(connection, account.staff.id, step) else None
    return "recovery" if second_factor.use_recovery_code(connection, account.staff.id, code) else None


async def _account(request: web.Request, session: Session) -> Account:
    return await request.app[STORE].read(people.need_account, session.staff.id)


def _address(request: web.Request) -> str:
    return client_address(request, trusted_proxy=request.app[SETTINGS].trusted_proxy)


def sign_in_page(
    request: web.Request, *, next_page: str, name: str = "", wait: int | None = None, fault: str = ""
) -> web.Response:
    """The page with the form; `fault` is a key of the phrases, `wait` in seconds."""
    values: dict[str, Any] = {
        "next_page": "" if next_page == HOME else next_page,
        "name": name,
        "wait": wait,
        "fault": fault,
    }
    openid = bool(request.app[SETTINGS].oidc_issuer)
    return _patiently(render(request, "staff/login.html", status=_status(wait, fault), openid=openid, **values), wait)


def _second_factor_page(
    request: web.Request, *, next_page: str, wait: int | None = None, fault: str = ""
) -> web.Response:
    values: dict[str, Any] = {"next_page": "" if next_page == HOME else next_page, "wait": wait, "fault": fault}
    return _patiently(render(request, "staff/second_factor.html", status=_status(wait, fault), **values), wait)


def _status(wait: int | None, fault: str) -> int:
    return 429 if wait is not None else 422 if fault else 200


def _patiently(response: web.Response, wait: int | None) -> web.Response:
    if wait is not None:
        response.headers[hdrs.RETRY_AFTER] = str(wait)
    return response
