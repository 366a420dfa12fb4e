"""What is refused on the tokens of a query, before the parser sees it.

sqlglot's compiled parser recurses in C without a limit of its own: deep nesting would end the whole process, and some
repetitions take exponential time. So nesting and repetition are counted here.
"""

import re
import unicodedata
from itertools import pairwise

from sqlglot.tokenizer_core import Token, TokenType

from core.sql.policies import Policy
from core.sql.policies.common import words
from core.sql.refusal import Refusal

MAX_TOKENS = 3_000

MAX_DEPTH = 32
"""Brackets and CASEs within each other. 64 fit in a thread's stack of 512 kB; 300 end the process."""

MAX_WAITING = 32
"""Words and signs that wait for an operand at one place: NOT NOT NOT, a.b.c.d, x::t::u. Each takes a level of stack."""

MAX_SQUARE_DEPTH = 4
"""Square brackets within each other: each level doubles the parser's time."""

MAX_JOINS = 40
MAX_OPEN_JOINS = 6
"""JOINs in a row without ON or USING: each doubles the parser's time."""

MAX_SET_OPERATIONS = 64

_EXECUTABLE = re.compile(r"/\*M?!")
_COMMENT = re.compile(r"--[^\n\r]*|#[^\n\r]*|/\*.*?(?:\*/|\Z)", re.DOTALL)


def _kinds(names: str) -> frozenset[TokenType]:
    return frozenset(TokenType[name] for name in names.split())


_LITERALS = _kinds(
    "STRING NATIONAL_STRING RAW_STRING HEREDOC_STRING BYTE_STRING HEX_STRING BIT_STRING NUMBER IDENTIFIER"
)
_OPERANDS = _LITERALS | _kinds("VAR NULL TRUE FALSE STAR R_PAREN R_BRACKET END")
_BREAKS = _kinds(
    "AND OR EQ NEQ GT GTE LT LTE PLUS DASH STAR SLASH DPIPE SELECT FROM WHERE ON GROUP_BY ORDER_BY HAVING LIMIT"
    " UNION EXCEPT INTERSECT LEFT RIGHT FULL INNER CROSS NATURAL JOIN WHEN THEN ELSE"
)
# After an operand these end the expression before them, or join it without recursion.
_CLOSED_BY = {
    TokenType.L_PAREN: TokenType.R_PAREN,
    TokenType.L_BRACKET: TokenType.R_BRACKET,
    TokenType.L_BRACE: TokenType.R_BRACE,
    TokenType.CASE: TokenType.END,
}
_CLOSING = _kinds("R_PAREN R_BRACKET R_BRACE")
_PREFIX_WORDS = words("PRIOR CONNECT_BY_ROOT")
# Operators in front of a value that the tokenizer takes for names.
_JOINS = _kinds("JOIN STRAIGHT_JOIN APPLY")
_JOINED = _kinds("ON USING CROSS NATURAL")
_SET_OPERATIONS = _kinds("UNION EXCEPT INTERSECT")

_WRITES = words(
    """
    INSERT UPDATE DELETE MERGE REPLACE UPSERT CREATE ALTER DROP TRUNCATE RENAME COMMENT GRANT REVOKE COPY LOAD IMPORT
    VACUUM REINDEX ANALYZE OPTIMIZE REPAIR CLUSTER REFRESH PURGE FLASHBACK BULK ATTACH DETACH
    """
)
# First words of a statement that changes data, structure or rights.


def check_tokens(sql: str, tokens: list[Token], policy: Policy) -> None:
    """Raises `Refusal` for everything but one statement that begins like a query and that the parser can take."""
    end = len(tokens)
    while end and tokens[end - 1].token_type is TokenType.SEMICOLON:
        end -= 1
    start = 0
    while start < end and tokens[start].token_type is TokenType.SEMICOLON:
        # `;WITH` is how many write a CTE for SQL Server.
        start += 1
    statement = tokens[start:end]
    if statement:
        # First, since the tokenizer takes all that follows some words as one piece of text.
        _check_first_word(statement, policy)
    _check_gaps(sql, tokens)
    if not statement:
        raise Refusal("empty")
    if len(statement) > MAX_TOKENS:
        raise Refusal("too_complex")
    _check_words(statement, policy)
    _check_depth(statement)
    _check_repetition(statement)


def _check_gaps(sql: str, tokens: list[Token]) -> None:
    """What lies between the tokens is white space and comments only, and no comment that a server would run."""
    at = 0
    for token in tokens:
        if token.start > at:
            _check_gap(sql[at : token.start])
        at = max(at, token.end + 1)
        if token.token_type not in _LITERALS and not token.text.isascii() and (odd := _odd(token.text)):
            raise Refusal("character", odd)
    _check_gap(sql[at:])


def _odd(name: str) -> str:
    """A sign in a name without quotes that some server may take for a space: it would end the name there."""
    return next((sign for sign in name if unicodedata.category(sign)[0] in "ZC"), "")


def _check_gap(gap: str) -> None:
    if not gap or gap.isspace():
        return
    if _EXECUTABLE.search(gap):
        raise Refusal("executable_comment", gap.strip())
    if "/*+" in gap or "--+" in gap:
        raise Refusal("hint", gap.strip())
    if left := _COMMENT.sub("", gap).strip():
        # Also of a comment within a comment: not every server reads it as one.
        raise Refusal("unreadable", left)


def _check_first_word(tokens: list[Token], policy: Policy) -> None:
    first = next((token for token in tokens if token.token_type is not TokenType.L_PAREN), tokens[0])
    word = first.text.upper()
    if word in {"SELECT", "WITH", "VALUES"} and first.token_type not in _LITERALS:
        return
    if word in _WRITES or (policy.name == "tsql" and word in policy.refused_words):
        raise Refusal("writes", word)
    raise Refusal("not_a_query", first.text)


def _check_words(tokens: list[Token], policy: Policy) -> None:
    for token, after in pairwise([*tokens, tokens[-1]]):
        kind = token.token_type
        if kind is TokenType.SEMICOLON:
            raise Refusal("many_statements", after.text)
        if kind is TokenType.HINT:
            raise Refusal("hint", "/*+")
        if kind is TokenType.UNICODE_STRING or _is_unicode_name(token, after):
            raise Refusal("unreadable", "U&")
        if kind is TokenType.ARROW and not policy.has_json_arrows:
            raise Refusal("unreadable", "->")
        if kind not in _LITERALS and token.text.upper() in policy.refused_words:
            raise Refusal("second_statement", token.text)


def _is_unicode_name(token: Token, after: Token) -> bool:
    # U&"…" is one name with escapes to PostgreSQL and Oracle, and an expression to the parser.
    return token.text in {"U", "u"} and after.token_type is TokenType.AMP and after.start == token.end + 1


def _check_depth(tokens: list[Token]) -> None:
    """How deep the parser may recurse: brackets, and words and signs that wait for what follows them."""
    waiting = square = 0
    outside: list[tuple[TokenType, int]] = []
    # For each open bracket what closes it, and what was waiting in front of it.
    before: TokenType | None = None
    for token in tokens:
        kind = token.token_type
        if kind is TokenType.VAR and token.text.upper() in _PREFIX_WORDS:
            kind = TokenType.NOT
        if kind in _CLOSED_BY:
            outside.append((_CLOSED_BY[kind], waiting))
            square += kind is TokenType.L_BRACKET
        elif outside and kind is outside[-1][0]:
            waiting = outside.pop()[1]
            square -= kind is TokenType.R_BRACKET
        elif kind in _CLOSING:
            raise Refusal("unreadable", token.text)
        elif kind is TokenType.COMMA or (kind in _BREAKS and before in _OPERANDS):
            # What was begun before is complete here: the parser has come back up to this bracket.
            waiting = outside[-1][1] if outside else 0
        elif kind not in _OPERANDS or before in _OPERANDS:
            waiting += 1
        if len(outside) > MAX_DEPTH or waiting > MAX_WAITING or square > MAX_SQUARE_DEPTH:
            raise Refusal("too_deep", token.text)
        before = kind


def _check_repetition(tokens: list[Token]) -> None:
    joins = open_joins = operations = 0
    for token in tokens:
        kind = token.token_type
        if kind in _JOINS:
            joins += 1
            open_joins += 1
        elif kind in _JOINED:
            open_joins = 0
        elif kind in _SET_OPERATIONS:
            operations += 1
        if joins > MAX_JOINS or open_joins > MAX_OPEN_JOINS or operations > MAX_SET_OPERATIONS:
            raise Refusal("too_complex", token.text)
