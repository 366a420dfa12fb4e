"""The subject of a question, and mentions as measures and dimensions."""

from dataclasses import dataclass, field

from core.lexicon import split_identifier
from core.model.builtin import refusals
from core.model.builtin.intent import (
    Dimension,
    Entity,
    Filter,
    Having,
    Measure,
    Operand,
    Order,
    Ref,
    Related,
)
from core.model.builtin.joins import Graph
from core.model.builtin.naming import human_columns, is_numeric, is_textual
from core.model.builtin.resolve import Resolver, any_column, numbers
from core.model.builtin.units import (
    Among,
    Amount,
    Figure,
    Group,
    Listing,
    Mention,
    Noun,
    Piece,
    Take,
    Top,
    When,
)
from core.model.builtin.vocabulary import PART
from core.schema import Linked

ADDITIVE = frozenset({"quantity", "qty", "amount", "total", "sales", "revenue", "sum", "수량", "금액", "매출", "합계"})
"""Words in the names of columns whose values are added up when there are many for one thing."""

_VAGUE = frozenset({"amount", "amounts", "total", "value", "values", "number", "금액", "합계", "값", "총액"})
"""Words that many tables could use: a table that the question does not name is not meant by them alone."""


@dataclass(slots=True)
class Subject:
    """Settles what the question is about. Later parts of the assembler build on it."""

    units: tuple[Piece, ...]
    linked: Linked
    graph: Graph
    resolver: Resolver
    columns: list[Ref | Entity] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    dimensions: list[Dimension] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    related: list[Related] = field(default_factory=list)
    having: list[Having] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    limit: int | None = None
    distinct: bool = False

    def of(self, kind: type[Noun]) -> list[Noun]:
        """The units of a kind."""
        return [unit for unit in self.units if isinstance(unit, kind)]

    def settle(self) -> None:
        """Find the table the question is about, and all tables it names."""
        mentions = [mention for unit in self.units for mention in _mentions(unit)]
        for mention in mentions:
            if mention.owner:
                self.resolver.mentioned.append(mention.owner)
            elif mention.rather_table:
                best = max(c.level for c in mention.tables)
                named = [c.ref.table for c in mention.tables if c.level == best]
                if len(named) == 1:
                    self.resolver.mentioned.append(named[0])
        self.resolver.subject = self._subject()

    def _subject(self) -> str:
        counts = [u for u in self.units if isinstance(u, Figure) and u.fn == "count" and u.mention.tables]
        if counts:
            return self.resolver.table(counts[0].mention)
        nouns = [u for u in self.units if isinstance(u, Noun)]
        owners = [u.mention.owner for u in self.units if isinstance(u, Noun | Figure) and u.mention.owner]
        named = [noun for noun in nouns if noun.mention.rather_table]
        if owners:
            return owners[0]
        groups = [u.mention for u in self.units if isinstance(u, Group) and u.mention and u.mention.rather_table]
        first = [noun.mention for noun in named if not noun.linked] + groups + [noun.mention for noun in named]
        if named:
            return self.resolver.table(first[0])
        shown = [u.mention for u in self.units if isinstance(u, Noun | Figure)]
        for group in (shown, [mention for unit in self.units for mention in _mentions(unit)]):
            found = self._table_of_all(group)
            if found:
                return found
        for unit in self.units:
            if isinstance(unit, Figure | Top) and unit.mention and unit.mention.special:
                return self.resolver.sense(unit.mention).table
        raise refusals.beyond()

    def _table_of_all(self, mentions: list[Mention]) -> str:
        """The one table that has a column for every mention; of several the one whose wording is nearest."""
        named = [mention for mention in mentions if mention.columns]
        if not named:
            return ""
        scores: dict[str, int] = {}
        for table in self.graph.tables:
            levels = [max((c.level for c in m.columns if c.ref.table == table), default=0) for m in named]
            if all(levels):
                scores[table] = sum(levels)
        if not scores:
            return ""
        ranked = sorted(scores, key=lambda table: -scores[table])
        for other in self.resolver.mentioned:
            if other in scores:
                return other
        if len(ranked) > 1 and scores[ranked[0]] == scores[ranked[1]]:
            raise refusals.ambiguous(ranked[0], ranked[1])
        return ranked[0]

    def measure(self, figure: Figure) -> Measure:
        """A figure over a resolved column or table."""
        mention = figure.mention
        if figure.fn == "count" and mention.tables:
            return Measure("count", self.resolver.table(mention))
        if figure.fn in ("count", "count_distinct"):
            if max(c.level for c in mention.columns) == PART:
                raise refusals.beyond()
            ref = self.resolver.column(mention)
            if figure.fn == "count" and numbers(self.graph.tables[ref.table], self.resolver.column_of(ref)):
                raise refusals.beyond()
            return Measure("count_distinct", ref.table, ref)
        operand = self._operand(mention, figure.fn)
        return Measure(figure.fn, operand.table, operand)

    def _operand(self, mention: Mention, fn: str) -> Operand:
        if mention.special:
            return self.resolver.sense(mention)
        ref = self.resolver.column(mention, numbers if fn in ("sum", "avg") else any_column)
        elsewhere = bool(self.resolver.mentioned) and ref.table not in self.resolver.mentioned
        if elsewhere and len(mention.text.split()) == 1 and mention.text.lower() in _VAGUE:
            raise refusals.unknown_words([mention.text])
        if fn in ("min", "max") and "rank" in split_identifier(ref.column):
            raise refusals.beyond()
        column = self.resolver.column_of(ref)
        if fn in ("min", "max") and is_textual(column) and not is_numeric(column):
            raise refusals.beyond()
        return ref

    def dimension(self, mention: Mention) -> Dimension:
        """What to group by: a column of the subject, else the table of that name, else a column elsewhere."""
        own = [c for c in mention.columns if c.ref.table == self.resolver.subject]
        parents = {
            (step.link.child, column): step.link.parent
            for table in self.graph.tables
            for step in self.graph.steps(table)
            if step.up
            for column in step.link.columns
            if len(step.link.columns) == 1
        }
        if mention.tables and own and max(c.level for c in own) >= 4:
            ref = self.resolver.column(Mention(mention.text, columns=tuple(own)))
        elif mention.rather_table:
            return Entity(self.resolver.table(mention))
        else:
            ref = self.resolver.column(mention)
        # A key that points to a table stands for that table's rows, which have a name to show.
        parent = parents.get((ref.table, ref.column))
        return Entity(parent) if parent and human_columns(self.graph.tables[parent]) else ref


def _mentions(unit: Piece) -> list[Mention]:
    match unit:
        case Amount(figure):
            return [figure.mention]
        case Among(_, _, hint) | When(hint=hint):
            return [hint] if hint else []
        case Take() | Listing():
            return []
        case _:
            return [unit.mention] if unit.mention else []
