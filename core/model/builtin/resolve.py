"""Which table or column a mention is, given what else the question speaks of."""

from collections.abc import Callable, Iterable

from core.errors import BeyondWriter
from core.lexicon import split_identifier, stem
from core.model.builtin import refusals
from core.model.builtin.intent import Operand, Product, Ref
from core.model.builtin.joins import Graph
from core.model.builtin.naming import human_columns, is_dated, is_key, is_numeric, is_textual
from core.model.builtin.phrases import Candidate
from core.model.builtin.units import Mention, Special
from core.model.builtin.vocabulary import PART, SUFFIX, TRANSLATED, comment_phrases
from core.schema import Column, Linked, Table, ValueMatch

_SENSES: dict[Special, tuple[str, ...]] = {
    "price": ("price", "cost", "가격", "단가", "fee", "비용", "요금"),
    "age": ("age", "나이", "연령"),
    "length": ("length", "duration", "길이", "기간", "hours", "runtime"),
    "height": ("height", "키", "높이"),
    "weight": ("weight", "무게", "체중", "중량"),
}
_SALES = (
    "order",
    "sale",
    "payment",
    "invoice",
    "transaction",
    "purchase",
    "bill",
    "receipt",
    "주문",
    "결제",
    "판매",
    "매출",
    "거래",
)
_AMOUNTS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("sales", "revenue", "sales amount", "total sales", "total revenue", "매출", "매출액"), ()),
    (("total", "total amount", "grand total", "order total", "order amount", "net amount", "amount", "total price",
      "total paid", "paid amount", "amount paid", "총액", "금액", "결제금액", "결제 금액", "합계",
      "주문금액", "주문 금액", "총 금액"), _SALES),
)  # fmt: skip
"""Columns that hold what was sold for, and the tables they must be in: an amount of a refund is no sale."""
_QUANTITIES = ("quantity", "qty", "units", "unit sold", "quantity sold", "amount sold", "수량")
_PRICES = ("unit price", "price", "단가", "가격", "sale price", "selling price", "판매가")
_HOUSEKEEPING = frozenset({"created", "updated", "modified", "deleted", "birth", "dob", "생일", "수정일"})

Wanted = Callable[[Table, Column], bool]


def any_column(_: Table, __: Column) -> bool:
    """Every column will do."""
    return True


def numbers(table: Table, column: Column) -> bool:
    """Columns that can be added up or compared by size."""
    return is_numeric(column) and not is_key(table, column)


def _said(name: str) -> str:
    return " ".join(stem(part) for part in split_identifier(name))


class Resolver:
    """Resolves mentions over a schema. `subject` and `mentioned` tables come first, nearest next."""

    def __init__(self, linked: Linked, graph: Graph) -> None:
        self.linked = linked
        self.graph = graph
        self.subject = ""
        self.mentioned: list[str] = []

    def table(self, mention: Mention) -> str:
        """The one table a mention names. Raises `BeyondWriter` when none or several do."""
        if not mention.tables:
            raise refusals.unknown_words([mention.text])
        best = max(candidate.level for candidate in mention.tables)
        tables = [candidate.ref.table for candidate in mention.tables if candidate.level == best]
        known = [table for table in tables if table in self.mentioned or table == self.subject]
        if len(known) == 1:
            return known[0]
        if len(tables) > 1:
            raise refusals.ambiguous(tables[0], tables[1])
        return tables[0]

    def column_of(self, ref: Ref) -> Column:
        """What the schema says of a column."""
        return next(column for column in self.graph.tables[ref.table].columns if column.name == ref.column)

    def _tiers(self, mention: Mention) -> Iterable[Callable[[str], bool]]:
        if mention.owner:
            parents = {step.end for step in self.graph.steps(mention.owner) if step.up}
            yield lambda table: table == mention.owner
            yield lambda table: table in parents
            return
        yield lambda table: table == self.subject
        yield lambda table: table in self.mentioned
        if self.subject:
            near = {step.end for step in self.graph.steps(self.subject)}
            yield lambda table: table in near
        yield lambda _: True

    def column(self, mention: Mention, wanted: Wanted = any_column) -> Ref:
        """The one column a mention names. Raises `BeyondWriter` when none or several do."""
        if mention.special and not mention.columns:
            found = self.sense(mention)
            if isinstance(found, Product):
                raise refusals.beyond()
            return found
        fitting = [c for c in mention.columns if wanted(self.graph.tables[c.ref.table], self.column_of(c.ref))]
        if not fitting:
            raise refusals.beyond() if mention.columns else refusals.unknown_words([mention.text])
        for place, belongs in enumerate(self._tiers(mention)):
            pool = [candidate for candidate in fitting if belongs(candidate.ref.table)]
            if place == bool(mention.owner) and pool and max(c.level for c in pool) <= SUFFIX:
                nearer = [c for c in fitting if c.ref.table in self.mentioned and c.level > SUFFIX]
                pool = nearer or pool
            if pool and not (self._far(place, mention) and max(c.level for c in pool) == PART):
                return self._best(pool)
        raise refusals.unknown_words([mention.text])

    def _far(self, place: int, mention: Mention) -> bool:
        """Whether a tier holds tables the question does not speak of."""
        return bool(self.subject) and place > (2 if mention.owner else 1)

    def _best(self, pool: list[Candidate]) -> Ref:
        level = max(candidate.level for candidate in pool)
        best = [candidate.ref for candidate in pool if candidate.level == level]
        if len(best) > 1:
            own = [ref for ref in best if ref.column in self.graph.tables[ref.table].primary_key]
            linked = [
                ref for ref in best if ref not in own and is_key(self.graph.tables[ref.table], self.column_of(ref))
            ]
            if len(own) == 1 and len(own) + len(linked) == len(best):
                return own[0]
            plain = [ref for ref in best if ref not in own and ref not in linked]
            if len(plain) == 1 and level <= TRANSLATED:
                return plain[0]
        if len(best) > 1:
            raise refusals.ambiguous(*(f"{ref.table}.{ref.column}" for ref in best[:2]))
        return best[0]

    def names(self, mention: Mention) -> tuple[Ref, ...]:
        """The columns a mention shows: the one it names, or first and last name for a name that is in two."""
        tables = [mention.owner] if mention.owner else [self.subject] if self.subject else []
        if mention.is_name and tables and not any(c.ref.table in tables for c in mention.columns):
            if shown := human_columns(self.graph.tables[tables[0]]):
                return tuple(Ref(tables[0], name) for name in shown)
            raise refusals.beyond()
        if _said(mention.text).split()[-1:] == ["name"] or mention.text.endswith("이름"):
            for table in tables:
                shown = human_columns(self.graph.tables[table])
                whole = any(c.level > 2 and c.ref.table == table for c in mention.columns)
                if len(shown) == 2 and not whole and any(c.ref.table == table for c in mention.columns):
                    return tuple(Ref(table, name) for name in shown)
        return (self.column(mention),)

    # Things named by their sense

    def sense(self, mention: Mention) -> Operand:
        """The column or amount that a word such as "sales" or "cheapest" speaks of."""
        if mention.columns:
            try:
                return self.column(mention, numbers)
            except BeyondWriter:
                if not mention.special:
                    raise
        if mention.special == "money":
            return self._money(mention)
        if mention.special == "sold":
            return self._one(mention, lambda said: said in _QUANTITIES, numbers)
        if mention.special == "date":
            return self.date_column()
        words = _SENSES[mention.special or "price"]
        return self._one(mention, lambda said: any(word in said.split() or word == said for word in words), numbers)

    def _money(self, mention: Mention) -> Operand:
        """What was sold for: a column that says so, a total of orders or payments, or quantity times price.

        Of several the first from which everything the question names is reached without counting twice.
        """
        found = [*self._amount_columns(), *self._products()]
        if not found:
            raise refusals.unknown_words([mention.text])
        named = {table for table in (self.subject, *self.mentioned) if table}
        for operand in found:
            if all(self.graph.goes_up(operand.table, table) for table in named):
                return self._without_rival(operand, found)
        return self._without_rival(found[0], found)

    def _without_rival(self, operand: Operand, found: list[Operand]) -> Operand:
        """The operand, unless another column of its table could be meant as well."""
        for other in found:
            if (
                isinstance(operand, Ref)
                and isinstance(other, Ref)
                and other != operand
                and other.table == operand.table
            ):
                raise refusals.ambiguous(f"{operand.table}.{operand.column}", f"{other.table}.{other.column}")
        if isinstance(operand, Product):
            for column in self.graph.tables[operand.table].columns:
                if "discount" in column.name.lower() or "할인" in column.name:
                    raise refusals.unclear(
                        f"{operand.quantity.column} * {operand.price.column}", f"{operand.table}.{column.name}"
                    )
        return operand

    def _amount_columns(self) -> list[Operand]:
        found: list[Operand] = []
        for names, tables in _AMOUNTS:
            wanted = {_said(name) for name in names}
            here: list[Operand] = []
            for table in self.linked.tables:
                sells = not tables or set(_said(table.name).split()) & set(tables)
                for column in table.columns:
                    said = {_said(column.name), *_comment_words(column)}
                    if sells and numbers(table, column) and said & wanted:
                        here.append(Ref(table.id, column.name))
            found += here
            if here:
                return found
        return found

    def _products(self) -> list[Operand]:
        found: list[Operand] = []
        for table in self.linked.tables:
            usable = [column for column in table.columns if numbers(table, column)]
            quantities = [c for c in usable if {_said(c.name), *_comment_words(c)} & set(_QUANTITIES)]
            prices = [c for c in usable if {_said(c.name), *_comment_words(c)} & {_said(name) for name in _PRICES}]
            if len(quantities) == len(prices) == 1:
                found.append(Product(Ref(table.id, quantities[0].name), Ref(table.id, prices[0].name)))
        return found

    def _one(self, mention: Mention, fits: Callable[[str], bool], wanted: Wanted) -> Ref:
        found = [
            Candidate(Ref(table.id, column.name), 3)
            for table in self.linked.tables
            for column in table.columns
            if wanted(table, column) and (fits(_said(column.name)) or any(fits(p) for p in _comment_words(column)))
        ]
        if not found:
            raise refusals.unknown_words([mention.text])
        return self.column(Mention(mention.text, columns=tuple(found), owner=mention.owner))

    def _date_tiers(self, start: str) -> list[list[str]]:
        """The tables to look for a date in: the one that is spoken of, then those it points to, the nearest first."""
        if not start:
            raise refusals.beyond()
        tiers = [[start]]
        seen = {start}
        while tiers[-1]:
            further = [step.end for table in tiers[-1] for step in self.graph.steps(table) if step.up]
            tiers.append([table for table in dict.fromkeys(further) if table not in seen])
            seen.update(further)
        return tiers

    def date_column(self, hint: Mention | None = None, event: str = "") -> Ref:
        """The date a span of days speaks of: the one named, else the only or own one of the rows spoken of.

        `event` is the table of what happened then ("who ordered in 2024"), when it is not the subject.
        """
        if hint is not None:
            return self.column(hint, lambda _, column: self.is_date(column))
        for tables in self._date_tiers(event or self.subject):
            found = [ref for table in dict.fromkeys(tables) if table for ref in self._dates(table)]
            found = self._of_header(event or self.subject, found)
            if len(found) > 1:
                raise refusals.ambiguous(*(f"{ref.table}.{ref.column}" for ref in found[:2]))
            if found:
                return found[0]
        raise refusals.beyond()

    def _of_header(self, start: str, found: list[Ref]) -> list[Ref]:
        """Of dates in several tables those of the one whose part this is: orders for order_items, not products."""
        words = set(_said(self.graph.tables[start].name).split())
        own = [
            ref for ref in found if ref.table != start and _said(self.graph.tables[ref.table].name).split()[-1] in words
        ]
        return own if len(found) > 1 and own else found

    def is_date(self, column: Column) -> bool:
        """Whether a column holds dates: by its type, or in SQLite by its name where the type is text."""
        if is_dated(column):
            return True
        words = split_identifier(column.name)
        dated = {"date", "datetime", "at", "on", "day", "timestamp", "일", "일자", "날짜", "일시"} & set(
            words[-1:] + words[:1]
        )
        return self.linked.dialect == "sqlite" and is_textual(column) and bool(dated)

    def _dates(self, table_id: str) -> list[Ref]:
        table = self.graph.tables[table_id]
        dated = [column for column in table.columns if self.is_date(column)]
        own = [column for column in dated if not _HOUSEKEEPING & set(split_identifier(column.name))]
        created = [column for column in dated if "created" in split_identifier(column.name)]
        chosen = own or created or dated
        last = _said(table.name).split()[-1:]
        named = [
            c for c in chosen if _said(c.name) in ("date", " ".join((*last, "date"))) or c.name.startswith("주문일")
        ]
        return [Ref(table_id, column.name) for column in (named if len(named) == 1 else chosen)]

    def year_column(self, event: str = "") -> Ref | None:
        """The column of years of the rows spoken of, when they have one and no date."""
        for table in dict.fromkeys((event or self.subject, *self.mentioned)):
            if not table:
                continue
            columns = [
                c for c in self.graph.tables[table].columns if split_identifier(c.name)[-1:] in (("year",), ("연도",))
            ]
            if len(columns) == 1 and not self._dates(table):
                return Ref(table, columns[0].name)
        return None

    def values(self, choices: tuple[tuple[ValueMatch, ...], ...], hint: Mention | None) -> tuple[Ref, tuple[str, ...]]:
        """The one column that holds all the values, and the values as stored."""
        columns = [{Ref(match.table, match.column) for match in choice} for choice in choices]
        shared = set.intersection(*columns)
        shared = {ref for ref in shared if ref.table in self.graph.tables}
        if hint is not None:
            named = {candidate.ref for candidate in hint.columns}
            tables = {candidate.ref.table for candidate in hint.tables}
            shared = {ref for ref in shared if ref in named} or {ref for ref in shared if ref.table in tables}
        if not shared:
            raise refusals.beyond()
        ref = self._nearest(shared)
        stored = [
            _as_written([match for match in choice if Ref(match.table, match.column) == ref]) for choice in choices
        ]
        return ref, tuple(dict.fromkeys(value for values in stored for value in values))

    def _nearest(self, refs: set[Ref]) -> Ref:
        if len(refs) == 1:
            return next(iter(refs))
        ranked = sorted(refs, key=lambda ref: (self._closeness(ref), ref.table, ref.column))
        first, second = ranked[:2]
        if self._closeness(first) == self._closeness(second):
            raise refusals.ambiguous(f"{first.table}.{first.column}", f"{second.table}.{second.column}")
        return first

    def _closeness(self, ref: Ref) -> int:
        if ref.table == self.subject:
            return 0
        if ref.table in self.mentioned:
            return 1
        distance = self.graph.distance(self.subject, ref.table) if self.subject else None
        return 99 if distance is None else 1 + distance


def _as_written(matches: list[ValueMatch]) -> list[str]:
    """The stored values of one phrase; when one is spelled exactly as asked, that one alone."""
    exact = [match.value for match in matches if match.value == match.phrase]
    return exact or [match.value for match in matches]


def _comment_words(column: Column) -> tuple[str, ...]:
    return tuple(map(_said, comment_phrases(column.comment)))
