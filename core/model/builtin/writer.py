"""The built-in writer: simple questions become SQL by rules, without a model. It says what it does not understand."""

import re

from core.lexicon.korean import is_hangul
from core.model.base import Request, Usage, Written
from core.model.builtin import refusals
from core.model.builtin.assemble import assemble
from core.model.builtin.dialect import DIALECTS
from core.model.builtin.english import EnglishReader
from core.model.builtin.followup import follow_up, is_follow_up
from core.model.builtin.grounding import ground
from core.model.builtin.joins import graph
from core.model.builtin.korean import KoreanReader
from core.model.builtin.sql import tree
from core.model.builtin.units import Piece
from core.sql.generators import sql_of

MODEL = "built-in"
"""The name it goes by where a model's name is shown."""

_BOTH_NAMES = re.compile(r"\b(first|last) and (first|last) names?\b", re.IGNORECASE)
_NOT_ONCE = re.compile(r"한 ?번도 (?=\S+ (?:않|없|안 ))")
"""한 번도 only stresses the negation that follows."""


def understand(request: Request) -> tuple[Piece, ...]:
    """The units of the question. Raises `BeyondWriter` for words that nothing explains."""
    question = _NOT_ONCE.sub("", _BOTH_NAMES.sub(r"\1 name and \2 name", request.question))
    phrases = ground(question, request.linked, request.today)
    return KoreanReader(phrases).read() if is_hangul(question) else EnglishReader(phrases).read()


class BuiltinWriter:
    """Writes SQL by rules. Costs no tokens and never guesses."""

    wants_prompt = False

    async def write(self, request: Request) -> Written:
        """Write the SQL. Raises `BeyondWriter` when the question is beyond it."""
        return Written(self.sql(request), Usage(), MODEL)

    async def aclose(self) -> None:
        """It holds nothing open."""

    def sql(self, request: Request) -> str:
        """The SQL of a question, as text."""
        dialect = request.linked.dialect
        if dialect not in DIALECTS:
            raise refusals.beyond()
        linked = request.linked
        units = understand(request)
        if request.previous is not None and is_follow_up(units):
            return sql_of(follow_up(request.previous.sql, units, linked), dialect)
        links = graph(linked.tables)
        return sql_of(tree(assemble(units, linked, links), links, dialect), dialect)
