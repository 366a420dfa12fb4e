"""Refresh tokens as text: the row they renew, a random secret of 256 bits, and our mark.

The secret after a used one is computed from it and a random number that the row keeps, so that two tabs at once get the
same; without the used one nobody can compute it, whoever reads the store.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from core.storage.crypto import Keyring

_PREFIX = "cqr_"
_ID, _SECRET, _MARK = 16, 32, 16


@dataclass(frozen=True, slots=True)
class Refresh:
    """A refresh token that was read. `is_ours`: it bears our mark, so it was good once."""

    row: UUID
    secret: bytes = field(repr=False)
    is_ours: bool = True

    @classmethod
    def first(cls, row: UUID) -> "Refresh":
        """The first of a sign-in."""
        return cls(row, secrets.token_bytes(_SECRET))

    def next(self, nonce: str) -> "Refresh":
        """The one after it."""
        return Refresh(self.row, hmac.digest(self.secret, bytes.fromhex(nonce), "sha256"))

    @property
    def hash(self) -> str:
        """What the store keeps of it: the SHA-256."""
        return hashlib.sha256(self.row.bytes + self.secret).hexdigest()

    def has(self, kept: object) -> bool:
        """Whether this is what the store keeps the hash of."""
        return isinstance(kept, str) and hmac.compare_digest(self.hash, kept)


def new_nonce() -> str:
    """A number for `Refresh.next`."""
    return secrets.token_hex(_SECRET)


@dataclass(frozen=True)
class RefreshText:
    """Writes and reads them. The mark is made with the active key and known by any of the keys."""

    active: str
    keys: Mapping[str, bytes] = field(repr=False)

    @classmethod
    def of(cls, keyring: Keyring) -> "RefreshText":
        """With the keys of this keyring."""
        return cls(keyring.active, keyring.derived("sign-in renewal"))

    def written(self, token: Refresh) -> str:
        """The text that a device keeps."""
        raw = token.row.bytes + token.secret
        return _PREFIX + base64.urlsafe_b64encode(raw + _mark(self.keys[self.active], raw)).rstrip(b"=").decode()

    def read(self, text: str) -> Refresh | None:
        """The token; None for what is none."""
        try:
            raw = base64.b64decode(text.removeprefix(_PREFIX) + "==", altchars=b"-_", validate=True)
        except ValueError:
            return None
        if not text.startswith(_PREFIX) or len(raw) != _ID + _SECRET + _MARK:
            return None
        said, mark = raw[:-_MARK], raw[-_MARK:]
        is_ours = any(hmac.compare_digest(mark, _mark(key, said)) for key in self.keys.values())
        return Refresh(UUID(bytes=said[:_ID]), said[_ID:], is_ours)


def _mark(key: bytes, raw: bytes) -> bytes:
    return hmac.digest(key, raw, "sha256")[:_MARK]
