"""Passwords at rest: AES-256-GCM under a key that is kept beside the store, never in it.

The text form is `v1:<key id>:<nonce>:<ciphertext>`, the last two in base64. What it belongs to (table, row, field) is
authenticated with it, so that a password moved to another row cannot be read there.
"""

import base64
import binascii
import hashlib
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.errors import BadConnection, BadSetting

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
"""NIST SP 800-38D, 8.2: 96 bits. Random ones are safe for 2^32 messages under one key."""

MOST_BYTES: Final = 255
"""UTF-8 bytes of the longest text: 340 characters of base64 and the rest fit VARCHAR(512)."""

_LONGEST_FILE: Final = 64 * 1024
_VERSION: Final = "v1"
_KEY_ID: Final = re.compile(r"[A-Za-z0-9_.-]{1,32}")
_HEX_KEY: Final = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True, slots=True)
class Keyring:
    """Keys by their ids. The active one encrypts; all of them decrypt."""

    active: str
    _keys: Mapping[str, bytes] = field(repr=False)

    @classmethod
    def parse(cls, written: str) -> Self:
        """From a key of 32 bytes in base64 or hex, or a list `id:key,id:key` whose first is active.

        A key without an id is named by its fingerprint. Raises `BadSetting("setting.secret_key")`.
        """
        keys: dict[str, bytes] = {}
        for entry in written.split(","):
            key_id, key = _parse_entry(entry.strip())
            if keys.setdefault(key_id, key) != key:
                raise _bad_key()
        return cls(next(iter(keys)), keys)

    def encrypt(self, text: str, *belongs_to: str) -> str:
        """`text`, readable again only with the same `belongs_to` (table, row id, field).

        Raises `BadConnection("connection.password_too_long")` over `MOST_BYTES`.
        """
        plain = text.encode()
        if len(plain) > MOST_BYTES:
            raise BadConnection("connection.password_too_long", most=MOST_BYTES)
        nonce = secrets.token_bytes(NONCE_BYTES)
        sealed = AESGCM(self._keys[self.active]).encrypt(nonce, plain, _context(self.active, belongs_to))
        return ":".join((_VERSION, self.active, _base64(nonce), _base64(sealed)))

    def decrypt(self, stored: str, *belongs_to: str) -> str:
        """The text again.

        Raises `BadConnection`: connection.key_missing (`key`: the id of the key it needs), or
        connection.password_unreadable when it was changed or belongs elsewhere.
        """
        try:
            version, key_id, nonce, sealed = stored.split(":")
        except ValueError:
            raise BadConnection("connection.password_unreadable") from None
        if version != _VERSION:
            raise BadConnection("connection.password_unreadable")
        if key_id not in self._keys:
            raise BadConnection("connection.key_missing", key=key_id)
        try:
            plain = AESGCM(self._keys[key_id]).decrypt(
                _from_base64(nonce),
                _from_base64(sealed),
                _context(key_id, belongs_to),
            )
        except (InvalidTag, ValueError):
            raise BadConnection("connection.password_unreadable") from None
        return plain.decode()

    def derived(self, purpose: str) -> Mapping[str, bytes]:
        """Keys of 32 bytes for something else than encrypting, by the ids of the keys they are derived from (HKDF)."""
        return {
            key_id: HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=f"colloquery {purpose}".encode()).derive(key)
            for key_id, key in self._keys.items()
        }

    def key_of(self, stored: object) -> str:
        """The id of the key that encrypted it; "?" for what is no encrypted text."""
        parts = stored.split(":") if isinstance(stored, str) else []
        return parts[1] if len(parts) == 4 and parts[0] == _VERSION else "?"

    def is_current(self, stored: str) -> bool:
        """Whether the active key encrypted it: if not, encrypt it anew, so that the old key can go."""
        return stored.startswith(f"{_VERSION}:{self.active}:")


def new_key() -> str:
    """A fresh key, as COLLOQUERY_SECRET_KEY takes it."""
    return _base64(secrets.token_bytes(KEY_BYTES))


def load_file(path: Path) -> Keyring:
    """The keyring of the file that COLLOQUERY_SECRET_KEY_FILE names, such as a mounted secret; as the setting it has.

    Lines count as commas. Raises `BadSetting`: setting.key_file when it cannot be read or understood,
    setting.key_file_open when others may change it, or read it although it is ours to close.
    """
    name = "COLLOQUERY_SECRET_KEY_FILE"
    try:
        with path.open(encoding="ascii") as file:
            if is_too_open(os.fstat(file.fileno()), os.geteuid()):
                raise BadSetting("setting.key_file_open", name=name)
            written = file.read(_LONGEST_FILE)
        return _parse_lines(written)
    except BadSetting as wrong:
        raise BadSetting(
            wrong.code if wrong.code == "setting.key_file_open" else "setting.key_file", name=name
        ) from None
    except (OSError, ValueError):
        raise BadSetting("setting.key_file", name=name) from None


def _parse_lines(written: str) -> Keyring:
    return Keyring.parse(",".join(line.strip() for line in written.splitlines() if line.strip()))


def is_too_open(file: os.stat_result, user: int) -> bool:
    """Whether others may change a file, or read it although it belongs to `user`.

    A secret that is mounted into a container belongs to root and is readable by all that runs in there: as it should.
    """
    return bool(file.st_mode & 0o022) or (user != 0 and file.st_uid == user and bool(file.st_mode & 0o044))


def load_or_make(secret: str | None, path: Path) -> Keyring:
    """The keyring of the setting COLLOQUERY_SECRET_KEY, or of the file at `path`, made on the first run.

    Of processes that start at once, one makes the key and all use it. Raises `BadSetting("setting.secret_key")` for a
    wrong setting and `BadSetting("setting.key_file")` for a file that cannot be read, made, or understood.
    """
    if secret is not None and secret.strip():
        return Keyring.parse(secret)
    try:
        if not path.exists():
            _make(path)
        return _parse_lines(path.read_text(encoding="ascii"))
    except (OSError, ValueError, BadSetting):
        raise BadSetting("setting.key_file", name="COLLOQUERY_SECRET_KEY") from None


def _make(path: Path) -> None:
    # Written whole under another name, then linked: linking fails when another process was first, and its key stays.
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(new_key() + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            return
    finally:
        draft.unlink(missing_ok=True)


def _parse_entry(entry: str) -> tuple[str, bytes]:
    key_id, colon, written = entry.rpartition(":")
    try:
        key = bytes.fromhex(written) if _HEX_KEY.fullmatch(written) else base64.b64decode(written, validate=True)
    except (binascii.Error, ValueError):
        raise _bad_key() from None
    if len(key) != KEY_BYTES or (colon and not _KEY_ID.fullmatch(key_id)):
        raise _bad_key()
    return key_id or hashlib.sha256(b"colloquery key id" + key).hexdigest()[:8], key


def _bad_key() -> BadSetting:
    return BadSetting("setting.secret_key", name="COLLOQUERY_SECRET_KEY")


def _context(key_id: str, belongs_to: tuple[str, ...]) -> bytes:
    # With their lengths, so that ("ab", "c") and ("a", "bc") are two things.
    return "".join(f"{len(part)}:{part}|" for part in (_VERSION, key_id, *belongs_to)).encode()


def _from_base64(text: str) -> bytes:
    data = base64.b64decode(text, validate=True)
    if _base64(data) != text:  # the last character has bits to spare: only one way of writing is ours
        raise ValueError
    return data


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
