"""Random tokens of sessions and links. Only their hashes are stored."""

import hashlib
import hmac
import secrets

TOKEN_BYTES = 32


def make_token() -> str:
    """A new token, 256 bits, 43 characters that fit into a cookie and an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str) -> str:
    """What is stored of it: SHA-256. It is random, so it needs neither salt nor slowness."""
    return hashlib.sha256(token.encode()).hexdigest()


def derive(token: str, purpose: str) -> str:
    """Another token that only whoever has the first can know, such as the one against forged forms."""
    return hmac.new(token.encode(), purpose.encode(), hashlib.sha256).hexdigest()
