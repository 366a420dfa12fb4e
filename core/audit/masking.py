"""Secrets by their looks: tokens, keys and passwords in a text that is about to be written down.

What a secret looks like is known here; what the configured ones are, only by whoever reads the settings.
"""

import re
from typing import Final

MASK: Final = "***"
"""Stands for what was taken out."""

_NAMED = r"(?:[A-Za-z0-9]{1,40}[_-]){0,3}(?:password|passwd|pwd|passphrase|secret|secret[_-]?key|token|api[_-]?key)"
_QUOTE = r"""\\?["']?"""
"""Of JSON within JSON, too."""

_PATTERNS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    # https://docs.slack.dev/authentication/tokens: xoxb-, xoxp-, xoxe.xoxp-, xapp- …
    (re.compile(r"\b(?:xox[a-z]|xapp)[-.][A-Za-z0-9.-]{6,}"), MASK),
    (re.compile(r"\b(?:sk|pk|rk)-[A-Za-z0-9_-]{8,}"), MASK),
    (re.compile(r"\bcqr?_[A-Za-z0-9_-]{8,}"), MASK),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?"), MASK),
    (re.compile(r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[^-]*(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?"), MASK),
    (
        re.compile(
            rf"(?i)\b((?:proxy-)?authorization|cookie|set-cookie|x-api-key){_QUOTE}\s?[,:=]\s?b?{_QUOTE}[^\"'\r\n]+"
        ),
        rf"\1: {MASK}",
    ),
    (re.compile(r"(?i)\b(bearer)\s+[A-Za-z0-9._~+/=-]{6,}"), rf"\1 {MASK}"),
    # Whatever stands between the scheme's user and the last @ of the authority.
    (re.compile(r"\b([A-Za-z][A-Za-z0-9+.-]{0,30}://[^\s/@:\"']{0,200}):[^\s/\"']{1,500}@"), rf"\1:{MASK}@"),
    (
        re.compile(rf"(?i)\b({_NAMED}{_QUOTE})\s?([=:])\s?b?(?:\\?\"[^\"]*\"|\\?'[^']*'|[^\s\"',;&)\]}}]+)"),
        rf"\1\2{MASK}",
    ),
)

_SECRET_NAME: Final = re.compile(
    r"(?i)(?:^|[_-])(?:password|passwd|pwd|passphrase|secret|token|api[_-]?key|secret[_-]?key|private[_-]?key|"
    r"authorization|cookie|credential|credentials)$"
)


def masked(text: str) -> str:
    """`text` with everything that looks like a secret taken out, whatever is around it."""
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text


def names_a_secret(name: str) -> bool:
    """Whether a value of this name is one that nobody writes down: "password", "access_token"; not "tokens"."""
    return _SECRET_NAME.search(name) is not None
