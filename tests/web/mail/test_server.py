"""How the town's mail server is spoken to, and what its answers mean."""

import asyncio
import ssl
from pathlib import Path
from typing import Any

import pytest

from bot.web.mail import server as module
from bot.web.mail.server import MailServer, Refusal
from tests.web.mail.certificate import make_certificate
from tests.web.mail.conftest import OpenPostOffice
from tests.web.mail.post_office import SENDER, PostOffice, let_in

RECIPIENT = "a.berger@mail.example"
MESSAGE = b"Subject: Antwort\r\n\r\n.\r\n..\r\nDie Laterne brennt.\r\n"


def server_at(port: int, **values: Any) -> MailServer:
    known = {"host": "127.0.0.1", "port": port, "tls": "none", "user": "", "password": "", "sender": SENDER}
    return MailServer(**{**known, **values})


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Certificate and key of "localhost" in one file."""
    return make_certificate(tmp_path / "mail.pem")


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


async def test_accepted_email_is_the_one_that_was_sent(post_office: PostOffice) -> None:
    assert await server_at(post_office.port).deliver(MESSAGE, RECIPIENT) is None
    [letter] = post_office.letters
    assert (letter.mail_from, letter.rcpt_tos, letter.content) == (SENDER, [RECIPIENT], MESSAGE)


@pytest.mark.parametrize(
    ("answers", "refusal"),
    [
        ({"at_recipient": "550 no such user"}, Refusal(problem="address", for_good=True, code=550)),
        ({"at_recipient": "450 come back later"}, Refusal(problem="later", code=450)),
        ({"at_sender": "553 not from here"}, Refusal(problem="refused", for_good=True, code=553)),
        ({"at_sender": "530 sign in first"}, Refusal(problem="sign_in", code=530)),
        ({"at_sender": "451 busy"}, Refusal(problem="later", code=451)),
        ({"at_text": "554 this is spam"}, Refusal(problem="refused", for_good=True, code=554)),
        ({"at_text": "452 disk full"}, Refusal(problem="later", code=452)),
    ],
)
async def test_refusal_is_for_good_or_for_now(
    post_office: PostOffice, answers: dict[str, str], refusal: Refusal
) -> None:
    for name, answer in answers.items():
        setattr(post_office, name, answer)
    assert await server_at(post_office.port).deliver(MESSAGE, RECIPIENT) == refusal
    assert post_office.letters == []


async def test_server_that_is_not_there_is_tried_again(post_office: PostOffice) -> None:
    await post_office.close()
    assert await server_at(post_office.port).deliver(MESSAGE, RECIPIENT) == Refusal(problem="unreachable")
    assert await server_at(1, host="no-such-host.invalid").deliver(MESSAGE, RECIPIENT) == Refusal(problem="unreachable")


async def test_server_that_hangs_up_or_says_nothing_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "DELIVERY_SECONDS", 0.3)
    silent = asyncio.Event()

    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async def say_nothing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await silent.wait()
        writer.close()

    async def talk_nonsense(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    for behave in (hang_up, say_nothing, talk_nonsense):
        server = await asyncio.start_server(behave, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        refusal = await server_at(port).deliver(MESSAGE, RECIPIENT)
        assert refusal is not None, behave
        assert not refusal.for_good
        silent.set()
        server.close()


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # aiosmtpd does not see who wrapped it
@pytest.mark.parametrize("kind", ["starttls", "tls"])
async def test_password_is_given_behind_tls_whose_certificate_is_checked(
    open_post_office: OpenPostOffice,
    tls: ssl.SSLContext,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    options = {"authenticator": let_in("lotse", "geheim"), "auth_required": True}
    if kind == "starttls":
        office = await open_post_office(options=options | {"tls_context": tls, "require_starttls": True})
    else:
        office = await open_post_office(options=options | {"auth_require_tls": False}, tls=tls)
    server = server_at(office.port, host="localhost", tls=kind, user="lotse", password="geheim")
    assert await server.deliver(MESSAGE, RECIPIENT) == Refusal(problem="unreachable")  # nobody vouches for it
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert await server.deliver(MESSAGE, RECIPIENT) is None
    wrong = server_at(office.port, host="localhost", tls=kind, user="lotse", password="falsch")
    assert await wrong.deliver(MESSAGE, RECIPIENT) == Refusal(problem="sign_in", code=535)
    other_name = server_at(office.port, tls=kind, user="lotse", password="geheim")
    assert await other_name.deliver(MESSAGE, RECIPIENT) == Refusal(problem="unreachable")
    assert len(office.letters) == 1


async def test_server_without_tls_gets_no_password(post_office: PostOffice) -> None:
    server = server_at(post_office.port, tls="starttls", user="lotse", password="geheim")
    assert await server.deliver(MESSAGE, RECIPIENT) == Refusal(problem="unreachable")
    assert post_office.tries == 0


def test_password_does_not_show() -> None:
    assert "geheim" not in repr(server_at(1, password="geheim"))
