"""Reads the SQL out of a model's answer. Nothing is run here, and what is read is still to be checked by the guard."""

import re
import unicodedata

from core.errors import BeyondWriter, ModelFailed

_LONGEST = 20_000
"""Characters of the longest answer that is read."""

_REASON = 200
"""Characters of a reason that are passed on."""

_THOUGHTS = re.compile(
    r"\A(?:\s*<(think|thinking|thought|reasoning)>.*?(?:</\1>|\Z))+|\A.*^[ \t]*</think(?:ing)?>[ \t]*$",
    re.DOTALL | re.IGNORECASE | re.MULTILINE,
)
"""What reasoning models say first. Some servers keep the tag that opens it to themselves."""

_FENCE = re.compile(
    r"^[ \t]*```[ \t]*(?:(?!SELECT|WITH)[\w./+#-]*[ \t]*\n|(?:\w*sql\w*|oracle)?\s)(.*?)(?:```|\Z)",
    re.DOTALL | re.IGNORECASE | re.MULTILINE,
)
_CODE = re.compile(r"(`+)[^`].*[^`]\1", re.DOTALL)
"""An answer that is one span of code. The last backtick of any other may close a name."""

_REFUSAL = re.compile(r"^[ \t]*(?:(?:--|#|/\*)[ \t]*)?NO[ \t]*:(?P<reason>[^\n]*)", re.IGNORECASE | re.MULTILINE)
_QUERY = re.compile(
    # After "Here is the query: " on one line, then alone.
    r"^(?:(?![ \t(]*(?:SELECT|WITH|--))[^\n:'\"`]{1,60}:[ \t]+(?=(?-i:SELECT|WITH)\b))?"
    r"(?P<query>[ \t(]*(?:SELECT\b|WITH\s+(?:RECURSIVE\s+)?\S+(?:\s*\([^)]*\))?\s+AS\b))",
    re.IGNORECASE | re.MULTILINE,
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
    text = _unfenced(_THOUGHTS.sub("", answer))
    query = _QUERY.search(text)
    if refusal := _REFUSAL.match(text) or (None if query else _REFUSAL.search(text)):
        raise BeyondWriter("writer.model_declined", reason=_said(refusal["reason"]))
    if _CHANGE.match(text):
        begins = 0
    elif query:
        begins = query.start("query")
    else:
        raise ModelFailed("model.nonsense")
    first, rest = _first_statement(text[begins:])
    if _QUERY.search(rest) or _CHANGE.search(rest):
        raise ModelFailed("model.nonsense")
    return first


def _unfenced(answer: str) -> str:
    """What stands in the answer's one markdown fence, or the whole answer when it has none.

    Of several, the one with a statement in it: models like to show a made-up result below.
    """
    blocks: list[str] = list(dict.fromkeys(block.strip() for block in _FENCE.findall(answer) if block.strip()))
    if len(blocks) > 1:
        blocks = [block for block in blocks if _QUERY.search(block) or _CHANGE.search(block)] or blocks
    if len(blocks) > 1:
        raise ModelFailed("model.nonsense")
    if blocks:
        return blocks[0]
    return answer.strip("` \t\r\n") if _CODE.fullmatch(answer.strip()) else answer.strip()


def _first_statement(text: str) -> tuple[str, str]:
    """What stands before the first semicolon that is no part of a string or comment, and what comes after it.

    Without a semicolon, prose at the end is taken off: models like to explain.
    """
    for piece in _PIECE.finditer(text):
        if piece["end"]:
            return text[: piece.start()].strip(), text[piece.end() :]
    for between in ("\n\n", "\n"):
        parts = text.strip().split(between)
        while len(parts) > 1 and _PROSE.search(parts[-1]):
            parts.pop()
        text = between.join(parts)
    return text.strip(), ""


def _said(reason: str) -> str:
    """A reason on one line, without invisible signs, at most 200 characters."""
    visible = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in reason.replace("*/", " "))
    return " ".join(visible.split())[:_REASON]
