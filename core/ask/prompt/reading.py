"""Reads the SQL out of a model's answer. Nothing is run here, and what is read is still to be checked by the guard."""

import re
import unicodedata

from core.errors import BeyondWriter, ModelFailed

_LONGEST = 20_000
"""Characters of the longest answer that is read."""

_REASON = 200
"""Characters of a reason that are passed on."""

_FENCE = re.compile(r"^[ \t]*```[ \t]*(?:\w*sql\w*|oracle)?\s(.*?)(?:```|\Z)", re.DOTALL | re.IGNORECASE | re.MULTILINE)
_REFUSAL = re.compile(r"\s*(?:--|#|/\*)?\s*NO\s*:(?P<reason>[^\n]*)", re.IGNORECASE)
_QUERY = re.compile(
    r"^[ \t(]*(?:SELECT\b|WITH\s+(?:RECURSIVE\s+)?\S+(?:\s*\([^)]*\))?\s+AS\b)", re.IGNORECASE | re.MULTILINE
)
_CHANGE = re.compile(
    r"^[ \t]*(?:INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|MERGE\s+INTO|REPLACE\s+INTO|TRUNCATE\s|GRANT\s|REVOKE\s|"
    r"(?:CREATE|ALTER|DROP)\s+\w+\s|EXEC(?:UTE)?\s|CALL\s|PRAGMA\s|ATTACH\s|COPY\s)",
    re.IGNORECASE | re.MULTILINE,
)
_PIECE = re.compile(r"""'[^']*'|"[^"]*"|`[^`]*`|--[^\n]*|/\*.*?\*/|(?P<end>;)|.""", re.DOTALL)
_PROSE = re.compile(r"[.!?:]\s*\Z")
"""How prose ends, and a query never does."""


def read_sql(answer: str) -> str:
    """The one statement of a model's answer, without fence, prose and closing semicolon.

    A statement that is no query comes back too: the guard refuses it and says why.

    Raises `BeyondWriter` ("writer.model_declined", with its `reason`) when the model says that it cannot, and
    `ModelFailed` ("model.nonsense") when the answer is empty, prose, too long or several statements.
    """
    if len(answer) > _LONGEST:
        raise ModelFailed("model.nonsense")
    text = _unfenced(answer)
    if refusal := _REFUSAL.match(text):
        raise BeyondWriter("writer.model_declined", reason=_said(refusal["reason"]))
    begins = _CHANGE.match(text) or _QUERY.search(text)
    if begins is None:
        raise ModelFailed("model.nonsense")
    first, rest = _first_statement(text[begins.start() :])
    if _QUERY.search(rest) or _CHANGE.search(rest):
        raise ModelFailed("model.nonsense")
    return first


def _unfenced(answer: str) -> str:
    """What stands in the answer's one markdown fence, or the whole answer when it has none."""
    blocks = [block for block in _FENCE.findall(answer) if block.strip()]
    if len(blocks) > 1:
        raise ModelFailed("model.nonsense")
    return blocks[0].strip() if blocks else answer.strip().strip("`").strip()


def _first_statement(text: str) -> tuple[str, str]:
    """What stands before the first semicolon that is no part of a string or comment, and what comes after it.

    Without a semicolon, paragraphs of prose at the end are taken off: models like to explain.
    """
    for piece in _PIECE.finditer(text):
        if piece["end"]:
            return text[: piece.start()].strip(), text[piece.end() :]
    paragraphs = text.strip().split("\n\n")
    while len(paragraphs) > 1 and _PROSE.search(paragraphs[-1]):
        paragraphs.pop()
    return "\n\n".join(paragraphs).strip(), ""


def _said(reason: str) -> str:
    """A reason on one line, without invisible signs, at most 200 characters."""
    visible = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in reason.replace("*/", " "))
    return " ".join(visible.split())[:_REASON]
