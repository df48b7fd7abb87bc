"""Which e-mail addresses are taken: those that can be written into an envelope and a header as they are."""

import re

LONGEST = 254
LONGEST_NAME = 64  # before the @
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
ADDRESS = re.compile(rf"{ATOM}(?:\.{ATOM})*@(?:{LABEL}\.)+{LABEL}")


def is_mail_address(text: str) -> bool:
    """Whether it is one, without display name, quotes, comments or letters beyond ASCII: "h.sommer@town.example"."""
    fits = len(text) <= LONGEST and len(text.partition("@")[0]) <= LONGEST_NAME
    return fits and ADDRESS.fullmatch(text) is not None
