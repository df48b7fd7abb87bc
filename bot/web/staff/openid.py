"""OpenID Connect: code flow with PKCE, as a client of the town's provider.

https://openid.net/specs/openid-connect-core-1_0.html, sections 3.1 (flow) and 3.1.3.7 (checks of the ID token).
"""

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import quote_plus, urlencode

from aiohttp import ClientError, ClientSession, ClientTimeout, hdrs
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from bot.settings import Settings

TIMEOUT = ClientTimeout(total=10)
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]  # none that are shared
LEEWAY = 60  # seconds that clocks may differ
FRESH = 3_600.0  # seconds for which what the provider says about itself is kept
RETRY = 60.0  # not more often are its keys asked for, whatever key a token names


class ProviderUnavailableError(Exception):
    """The provider does not answer, or not as a provider does."""


class RefusedError(Exception):
    """The provider, or its token, is not to be trusted here."""


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A sign-in under way: what the browser keeps until it comes back."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> Self:
        """Three new random values."""
        return cls(**{name: secrets.token_urlsafe(32) for name in cls.__dataclass_fields__})

    @property
    def challenge(self) -> str:
        """What the provider learns of the verifier at first: its hash."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


@dataclass
class Provider:
    """The provider, with what it said about itself; one for the whole process."""

    session: ClientSession
    issuer: str
    client_id: str
    client_secret: str
    _about: dict[str, Any] = field(default_factory=dict)
    _about_at: float = -FRESH
    _keys: KeySet | None = None
    _keys_at: float = -FRESH

    async def address(self, pending: Pending, *, return_to: str) -> str:
        """Where the browser goes to sign in.

        Raises:
            ProviderUnavailableError: the provider does not answer.
        """
        query = {
            "response_type": "code",
            "scope": "openid profile",
            "client_id": self.client_id,
            "redirect_uri": return_to,
            "state": pending.state,
            "nonce": pending.nonce,
            "code_challenge": pending.challenge,
            "code_challenge_method": "S256",
        }
        endpoint = str((await self._describe())["authorization_endpoint"])
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    async def claims(self, query: Mapping[str, str], pending: Pending, *, return_to: str) -> dict[str, Any]:
        """The checked claims of the ID token for the query with which the browser came back.

        Raises:
            ProviderUnavailableError: the provider does not answer.
            RefusedError: the query is not that of this sign-in, or the token does not hold.
        """
        if not hmac.compare_digest(query.get("state", "").encode(), pending.state.encode()):
            raise RefusedError("another state")
        if query.get("iss", self.issuer) != self.issuer:
            raise RefusedError("another issuer")
        form = {
            "grant_type": "authorization_code",
            "code": query.get("code", ""),
            "redirect_uri": return_to,
            "code_verifier": pending.verifier,
        }
        headers = {}
        if self.client_secret:
            both = f"{quote_plus(self.client_id)}:{quote_plus(self.client_secret)}"
            headers[hdrs.AUTHORIZATION] = f"Basic {base64.b64encode(both.encode()).decode()}"
        else:
            form["client_id"] = self.client_id
        endpoint = str((await self._describe())["token_endpoint"])
        answer = await self._ask("POST", endpoint, data=form, headers=headers)
        return await self._check(answer.get("id_token"), pending)

    async def _check(self, token: object, pending: Pending) -> dict[str, Any]:
        if not isinstance(token, str):
            raise RefusedError("no ID token")
        checks = jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": pending.nonce},
        )
        try:
            claims = (await self._decode(token)).claims
            checks.validate(claims)
        except (JoseError, ValueError) as error:
            raise RefusedError("the ID token does not hold") from error
        if claims.get("azp", self.client_id) != self.client_id:
            raise RefusedError("an ID token for another client")
        return claims

    async def _decode(self, token: str) -> jwt.Token:
        """The token, if one of the provider's keys signed it; new keys are asked for where none of the known did."""
        try:
            return jwt.decode(token, await self._read_keys(), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            if time.monotonic() - self._keys_at < RETRY:
                raise
            self._keys = None
            return jwt.decode(token, await self._read_keys(), algorithms=ALGORITHMS)

    async def _describe(self) -> dict[str, Any]:
        if time.monotonic() - self._about_at < FRESH:
            return self._about
        about = await self._ask("GET", f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if about.get("issuer") != self.issuer or not all(isinstance(about.get(name), str) for name in needed):
            raise ProviderUnavailableError(f"{self.issuer} describes another provider, or none")
        self._about, self._about_at = about, time.monotonic()
        return about

    async def _read_keys(self) -> KeySet:
        if self._keys is None or time.monotonic() - self._keys_at >= FRESH:
            answer = await self._ask("GET", str((await self._describe())["jwks_uri"]))
            try:
                self._keys = KeySet.import_key_set(answer)  # type: ignore[arg-type]
            except (JoseError, ValueError, KeyError, TypeError) as error:
                raise ProviderUnavailableError("the provider's keys cannot be read") from error
            self._keys_at = time.monotonic()
        return self._keys

    async def _ask(self, method: str, address: str, **options: Any) -> dict[str, Any]:
        try:
            async with self.session.request(
                method, address, timeout=TIMEOUT, allow_redirects=False, **options
            ) as response:
                if 400 <= response.status < 500 and method == "POST":
                    raise RefusedError(f"the provider refuses the code ({response.status})")
                if response.status != 200:
                    raise ProviderUnavailableError(f"{address} answers {response.status}")
                answer = await response.json(content_type=None)
        except (ClientError, TimeoutError, OSError, ValueError) as error:
            raise ProviderUnavailableError(f"{address} does not answer") from error
        if not isinstance(answer, dict):
            raise ProviderUnavailableError(f"{address} answers something else")
        return answer


def make_provider(session: ClientSession, settings: Settings) -> Provider | None:
    """The provider of the settings, None where there is none."""
    if not settings.oidc_issuer:
        return None
    return Provider(
        session=session,
        issuer=settings.oidc_issuer,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
    )
