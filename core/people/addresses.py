"""E-mail addresses of people: which are one, and which are only ours for an account that has none."""

import re
import unicodedata

from core.chat import Actor
from core.errors import BadEdit

INTERNAL = ".invalid"
"""Ends the addresses that we make up, because users.email may not be empty. It is reserved (RFC 2606): nobody owns one,
and whoever says they do is not believed.
"""

_FORM = re.compile(r"[^\s@<>\"(),:;\[\]\\]{1,64}@[^\s@<>\"(),:;\[\]\\]+\.[^\s@<>\"(),:;\[\]\\]+")
_LONGEST = 255


def tidy(email: str) -> str:
    """An address as it is kept and compared."""
    return unicodedata.normalize("NFC", email).strip().lower()


def is_internal(email: str) -> bool:
    """Whether it is one of ours."""
    return email.endswith(INTERNAL)


def shown(email: str) -> str | None:
    """An address for people to see; None for one of ours."""
    return None if is_internal(email) else email


def vouched(actor: Actor) -> str | None:
    """The address that the home workspace or tenant vouches for: of full members alone, and never one of ours."""
    if actor.kind != "member" or not actor.email:
        return None
    email = tidy(actor.email)
    return email if _is_good(email) else None


def account(email: str) -> str:
    """The address that somebody signs in with, as it is kept; empty for what nobody can have."""
    tidied = tidy(email[: 4 * _LONGEST])
    return tidied if _is_good(tidied) else ""


def checked(email: str) -> str:
    """An address that somebody typed. Raises `BadEdit` (people.bad_email)."""
    tidied = tidy(email)
    if not _is_good(tidied):
        raise BadEdit("people.bad_email")
    return tidied


def _is_good(email: str) -> bool:
    fits = len(email) <= _LONGEST and email.isprintable() and not is_internal(email)
    return fits and _FORM.fullmatch(email) is not None
