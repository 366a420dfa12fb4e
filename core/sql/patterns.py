"""Patterns that take a server exponential time: regular expressions that can match one text in many ways, and LIKE with
many wildcards. Only patterns written in the query are looked at; what the data holds is left to the time limit.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from sqlglot import exp

from core.sql.nodes import text_of
from core.sql.policies import Policy
from core.sql.refusal import Refusal

MAX_WILDCARDS = 12
"""Signs in a LIKE or GLOB that stand for any text: some servers try every way to spread the text over them."""

MAX_LENGTH = 2_000
"""The longest regular expression, in characters."""

MAX_COUNT = 10
"""From this upper bound on a counted repetition is taken for an unbounded one."""

_REGEXP = (
    exp.RegexpLike,
    exp.RegexpILike,
    exp.RegexpReplace,
    exp.RegexpSubstr,
    exp.RegexpExtract,
    exp.RegexpInstr,
    exp.RegexpCount,
    exp.SimilarTo,
    exp.Substring,
)
# PostgreSQL's SUBSTRING reads a pattern where others have a position.
_LIKE = (exp.Like, exp.ILike, exp.Glob)
_TOKEN = re.compile(r"\((?:\?(?:[:=!>]|<[=!]|[a-z]+:))?|\\.|\[\^?\]?[^\]]*\]|\{(\d*)(,?)(\d*)\}|.", re.DOTALL)
# What opens a group, an escape, a class, a count, or any other single sign: linear, since no two of them begin alike.


def check_patterns(tree: exp.Expr, policy: Policy) -> None:
    """Raises `Refusal`."""
    for node in tree.walk():
        if isinstance(node, _LIKE):
            pattern = node.expression
            if isinstance(pattern, exp.Literal) and sum(map(pattern.name.count, "%*")) > MAX_WILDCARDS:
                raise Refusal("too_large", text_of(node, policy))
        elif _is_regexp(node) and any(map(explodes, _texts(node))):
            raise Refusal("too_large", text_of(node, policy))


def _is_regexp(node: exp.Expr) -> bool:
    return isinstance(node, _REGEXP) or (isinstance(node, exp.Anonymous) and node.name.upper().startswith("REGEXP"))


def _texts(node: exp.Expr) -> Iterator[str]:
    """The text of each argument; of one that is put together, what is written out of it."""
    for child in node.iter_expressions():
        yield "".join(part.name for part in child.find_all(exp.Literal, bfs=False) if part.is_string)


@dataclass(slots=True)
class _Group:
    """What was read of a group so far."""

    start: int
    fixed: bool = False
    """True when the current choice has a part that must match once: it tells the repetitions from each other."""
    repeats: bool = False
    """True when the current choice has a part that repeats."""
    loose: bool = False
    """True when some choice has only parts that repeat or may be left out."""
    choices: list[str] = field(default_factory=list)
    nested: bool = False

    def end_choice(self, text: str) -> None:
        self.loose = self.loose or (self.repeats and not self.fixed)
        self.choices.append(text)
        self.fixed = self.repeats = False


def explodes(pattern: str) -> bool:
    """True for `(a+)+`, `(a|aa)*` and the like: a repetition of what repeats, with nothing between that must match."""
    if len(pattern) > MAX_LENGTH:
        return True
    tokens = list(_TOKEN.finditer(pattern))
    groups = [_Group(0)]
    for token, after in pairwise([*tokens, None]):
        assert token is not None
        sign = token.group()
        repeated, optional = _repeats(after), after is not None and after.group() == "?"
        if sign[0] == "(":
            groups[-1].nested = True
            groups.append(_Group(token.end()))
        elif sign == ")" and len(groups) > 1:
            group = groups.pop()
            group.end_choice(pattern[group.start : token.start()])
            if repeated and (group.loose or (not group.nested and _alike(group.choices))):
                return True
            _add(groups[-1], repeated or group.loose, optional)
        elif sign == "|":
            groups[-1].end_choice(pattern[groups[-1].start : token.start()])
            groups[-1].start = token.end()
        elif sign not in {"*", "+", "?", "^", "$"} and (len(sign) == 1 or sign[0] != "{"):
            _add(groups[-1], repeated, optional or sign == ".")
    return False


def _repeats(token: re.Match[str] | None) -> bool:
    if token is None:
        return False
    if token.group() in {"*", "+"}:
        return True
    least, comma, most = token.groups()
    if comma is None:
        return False
    count = most or ("" if comma else least)
    return not count or int(count[:9]) >= (MAX_COUNT if comma else MAX_COUNT**2)


def _add(group: _Group, repeated: bool, optional: bool) -> None:
    group.repeats = group.repeats or repeated
    group.fixed = group.fixed or not (repeated or optional)


def _alike(choices: list[str]) -> bool:
    """True when one choice begins like another, so that a text can be split over them in many ways."""
    return any(before and after.startswith(before) for before, after in pairwise(sorted(choices)))
