"""Signed tokens: JWTs of ours, HS256 and nothing else, each purpose with a key, a type and an audience of its own."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

from core.storage.crypto import Keyring

_ALGORITHM = "HS256"
_ISSUER = "colloquery"
_LONGEST = 4_096
"""Characters: several times what ours have."""
_SKEW = timedelta(seconds=30)
"""Two replicas' clocks may differ by this much."""


@dataclass(frozen=True)
class Signer:
    """Signs tokens of one kind and reads them again. `kind` is in their `typ` and `aud`."""

    kind: str
    lasts: timedelta
    active: str
    keys: Mapping[str, bytes] = field(repr=False)

    @classmethod
    def of(cls, keyring: Keyring, kind: str, purpose: str, lasts: timedelta) -> "Signer":
        """A signer whose keys are the keyring's for this purpose."""
        return cls(kind, lasts, keyring.active, keyring.derived(purpose))

    def sign(self, now: datetime, **claims: str) -> tuple[str, datetime]:
        """A token with these claims and a `jti`, and when it ends."""
        until = now + self.lasts
        stated = {
            "iss": _ISSUER,
            "aud": self._audience,
            "iat": now.timestamp(),
            "exp": until.timestamp(),
            "jti": str(uuid.uuid4()),
        }
        token = jwt.encode(
            stated | claims,
            self.keys[self.active],
            algorithm=_ALGORITHM,
            headers={"typ": self._type, "kid": self.active},
        )
        return token, until

    def read(self, token: str, now: datetime, *required: str) -> dict[str, Any] | None:
        """The claims of a token of this kind that holds now, all of `required` texts; None for anything else."""
        if len(token) > _LONGEST:
            return None
        try:
            header = jwt.get_unverified_header(token)
            key = self.keys.get(str(header.get("kid")))
            if key is None or header.get("typ") != self._type:
                return None
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[_ALGORITHM],
                audience=self._audience,
                issuer=_ISSUER,
                # Its times are compared below, with the clock of whoever asks.
                options={"require": ["iat", "exp", "jti", *required], "verify_exp": False, "verify_iat": False},
            )
        except (jwt.PyJWTError, ValueError, TypeError):
            return None
        texts = all(isinstance(claims[name], str) for name in ("jti", *required))
        times = all(isinstance(claims[name], int | float) for name in ("iat", "exp"))
        if not texts or not times or not claims["iat"] - _SKEW.total_seconds() <= now.timestamp() < claims["exp"]:
            return None
        return claims

    def until(self, claims: Mapping[str, Any]) -> datetime:
        """When a token that was read ends."""
        return datetime.fromtimestamp(claims["exp"], UTC)

    @property
    def _type(self) -> str:
        return f"{self.kind}+jwt"

    @property
    def _audience(self) -> str:
        return f"{_ISSUER} {self.kind}"
