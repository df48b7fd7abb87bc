"""Which e-mail addresses are taken: those that can be written into an envelope and a header as they are."""

import re

LONGEST = 254
ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
ADDRESS = re.compile(rf"(?=[^@]{{1,64}}@){ATOM}(?:\.{ATOM})*@(?:{LABEL}\.)+{LABEL}")


def is_mail_address(text: str) -> bool:
    """Whether it is one, without name, quotes, comments or letters beyond ASCII: "h.sommer@town.example"."""
    return len(text) <= LONGEST and ADDRESS.fullmatch(text) is not None
