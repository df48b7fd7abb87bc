"""What an e-mail says (locales/mail.<language>.yml), and what stands in its headers.

It goes to an address that somebody has typed, perhaps wrongly: the secret code is never in it, nor what the citizen
wrote. Nobody reads answers to it, so it says where to turn to, and asks other programs not to answer.
"""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from bot.catalogue.importers.record import Town
from bot.conversations.outbox import Mail
from bot.phrases import load_phrases
from bot.web.chat.handoff_texts import render_moment


def compose(mail: Mail, *, town: Town, sender: str) -> EmailMessage:
    """The e-mail, in the language of its request. `sender` is an address without a name.

    It is the same at each try, so that a server which has it already can know it.
    """
    language = mail.request.language
    phrases, values = load_phrases("mail", language), _values(mail, town)
    keys = ["answer", "text", "footer"] if mail.kind == "answer" else ["taken", "read", "stranger", "footer"]
    keys += ["contact_online" if town.url else "contact", "town"]
    text = "\n\n".join(mail.request.answer if key == "text" else phrases[key].format(**values) for key in keys)
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(display_name=values["town"], addr_spec=sender)
    message["To"] = Address(addr_spec=mail.request.email)
    message["Subject"] = phrases[f"subject_{mail.kind}"].format(**values)
    message["Date"] = mail.queued_at
    message["Message-ID"] = f"<{mail.token}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834
    message["X-Auto-Response-Suppress"] = "All"  # what Exchange looks at instead
    message.set_content(f"{text}\n", charset="utf-8", cte="quoted-printable")
    message["Content-Language"] = language  # set_content takes away what begins like this
    return message


def _values(mail: Mail, town: Town) -> dict[str, str]:
    return {
        "reference": mail.request.reference,
        "due": render_moment(mail.request.due_at, mail.request.language),
        "town": " ".join(town.name.split()),
        "phone": town.phone,
        "url": town.url,
    }
