"""What is taken out of every line of the log, whoever wrote it: secrets by their value and by their looks."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, quote_plus

from pydantic import SecretStr
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from bot.settings import Settings
from core.audit.masking import MASK, masked

_SHORTEST: Final = 6
"""Characters. A shorter secret stands in half of all words; its looks must do."""

_LONGEST_LINE: Final = 20_000

_SHORT: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_CONTROLS: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(slots=True)
class Redactor:
    """The secrets that are known by their value, and what a text is without them."""

    _values: set[str] = field(default_factory=set, repr=False)
    _known: re.Pattern[str] | None = field(default=None, repr=False)

    def learn(self, secrets: Iterable[str]) -> None:
        """Take these out from now on, as they are and as addresses and JSON write them."""
        for secret in secrets:
            if len(secret) >= _SHORTEST:
                self._values |= {secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]}
                self._values.add(repr(secret)[1:-1])
        if self._values:
            # The longest first: one secret may be the beginning of another.
            by_length = sorted(self._values, key=len, reverse=True)
            self._known = re.compile("|".join(map(re.escape, by_length)))

    def clean(self, text: str) -> str:
        """The text without secrets, and not longer than a log can bear."""
        if self._known is not None:
            text = self._known.sub(MASK, text)
        text = masked(text)
        return text if len(text) <= _LONGEST_LINE else f"{text[:_LONGEST_LINE]}… ({len(text):,} characters)"


def one_line(text: str) -> str:
    """Control characters escaped, so that a line stays a line and a terminal does not obey it."""
    return _CONTROLS.sub(lambda found: _SHORT.get(found[0]) or f"\\u{ord(found[0]):04x}", text)


def secrets_of(settings: Settings) -> Iterable[str]:
    """Every secret of the settings."""
    for name in type(settings).model_fields:
        value: Any = getattr(settings, name)
        if isinstance(value, SecretStr):
            secret = value.get_secret_value()
            yield secret
            # Several keys under one name, each with its id.
            yield from (part.rpartition(":")[2].strip() for part in secret.split(",") if name == "secret_key")
    try:
        password = make_url(settings.database_url).password
    except ArgumentError:
        yield settings.database_url  # not an address: whatever it is, it is not for the log
    else:
        if password:
            yield str(password)
