"""A cursor over English phrases: looking around, and naming tables and columns."""

from dataclasses import dataclass, field, replace

from core.model.builtin import refusals
from core.model.builtin.intent import Operator
from core.model.builtin.phrases import Phrase
from core.model.builtin.units import (
    Mention,
    Noun,
    Piece,
)
from core.schema import ValueMatch

_OPPOSITE: dict[Operator, Operator] = {"=": "<>", "<>": "=", ">": "<=", "<=": ">", "<": ">=", ">=": "<"}
_GLUE = frozenset({"filler", "be", "in", "of", "from", "which"})


@dataclass(slots=True)
class Cursor:
    """A cursor over phrases, and the units read so far."""

    phrases: tuple[Phrase, ...]
    at: int = 0
    units: list[Piece] = field(default_factory=list)
    condition: bool = False
    """After "who", "with" and the like: what is named is a condition, not shown."""
    negated: bool = False
    joined: bool = False
    """The word before was "and"."""
    barrier: int = 0
    """Units before "with", "who" and the like: a comparison after those words does not reach back over them."""
    asked: bool = False
    """A "which" or "who" has been read: superlatives then choose among rows."""
    best: bool = False
    """ "top 5" has been read: it must be said of what."""

    def _peek(self, ahead: int = 0) -> Phrase | None:
        place = self.at + ahead
        return self.phrases[place] if place < len(self.phrases) else None

    def _key(self, ahead: int = 0) -> str:
        phrase = self._peek(ahead)
        return phrase.key if phrase else ""

    def _skip(self, roles: frozenset[str] = _GLUE) -> None:
        while (phrase := self._peek()) and phrase.key in roles and not phrase.named and phrase.span is None:
            self.at += 1

    def _ahead(self, roles: frozenset[str] = _GLUE) -> int:
        """How far the next phrase is that is no glue."""
        ahead = 0
        while (phrase := self._peek(ahead)) and phrase.key in roles and not phrase.named:
            ahead += 1
        return ahead

    def _named_ahead(self, ahead: int) -> bool:
        phrase = self._peek(ahead)
        return phrase is not None and phrase.named

    def _last_noun(self) -> Noun | None:
        """The noun just read, when nothing but glue came after it."""
        last = self.units[-1] if self.units else None
        return last if isinstance(last, Noun) else None

    def _take_hint(self, matches: tuple[ValueMatch, ...] = ()) -> Mention | None:
        """The column just named, taken back from what is shown; with values only one that holds them."""
        noun = self._last_noun()
        if noun is None or not noun.mention.columns:
            return None
        if matches:
            holding = {(match.table, match.column) for match in matches}
            if not any((c.ref.table, c.ref.column) in holding for c in noun.mention.columns):
                return None
        elif len(self.units) <= self.barrier or noun.mention.rather_table:
            return None
        self.units.pop()
        return noun.mention

    def _mention(self) -> Mention | None:
        """The table, column or sense named under the cursor."""
        self._skip()
        if self._key() == "distinct":
            self.at += 1
            self._skip()
        phrase = self._peek()
        if phrase is None:
            return None
        if phrase.key in ("money", "sold") and not phrase.named:
            self.at += 1
            return Mention(phrase.text, special="money" if phrase.key == "money" else "sold")
        if not phrase.named:
            return None
        self.at += 1
        mention = Mention(phrase.text, phrase.tables, phrase.columns)
        holders = {candidate.ref.table for candidate in phrase.columns}
        if " of " in phrase.text.lower() and not phrase.tables and len(holders) == 1:
            mention = replace(mention, owner=next(iter(holders)))
        if phrase.key in ("money", "sold"):
            mention = replace(mention, special="money" if phrase.key == "money" else "sold")
        return self._owned(mention)

    def _owned(self, mention: Mention) -> Mention:
        """A table directly followed by one of its columns is that column: "customer names", "the singer's age"."""
        if not mention.tables:
            return mention
        ahead = 0
        while (phrase := self._peek(ahead)) and phrase.text in ("'s", "'", "’s", "’"):
            ahead += 1
        if phrase and phrase.text.lower().endswith("ed"):
            return mention
        if not phrase or not phrase.columns or (phrase.key and phrase.key not in ("count", "agg.sum")):
            return mention
        tables = {candidate.ref.table for candidate in mention.tables}
        own = tuple(candidate for candidate in phrase.columns if candidate.ref.table in tables)
        if not own or (phrase.tables and max(c.level for c in phrase.tables) >= max(c.level for c in own)):
            return mention
        self.at += ahead + 1
        owners = {candidate.ref.table for candidate in own}
        owner = next(iter(owners)) if len(owners) == 1 else ""
        return Mention(f"{mention.text} {phrase.text}", (), own, owner)

    def _number(self) -> int | float:
        self._skip()
        phrase = self._peek()
        if phrase is None or phrase.number is None:
            raise refusals.beyond()
        self.at += 1
        return phrase.number

    def _settled(self, op: Operator) -> Operator:
        """The operator, turned round after "not", widened by "or more" after the number."""
        if self.negated:
            self.negated = False
            op = _OPPOSITE[op]
        return op

    def _ahead_from(self, offset: int) -> int:
        ahead = 0
        while (phrase := self._peek(offset + ahead)) and phrase.key in _GLUE and not phrase.named:
            ahead += 1
        return ahead

    def _plural(self) -> bool:
        """Whether a table in the plural follows: "best selling products"."""
        phrase = self._peek()
        return bool(phrase and phrase.tables and phrase.text.lower().endswith("s"))
