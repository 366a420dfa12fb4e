"""A cursor over Korean phrases: looking around, naming, and taking back."""

from dataclasses import dataclass, field, replace

from core.model.builtin import refusals
from core.model.builtin.intent import Aggregate
from core.model.builtin.phrases import Phrase
from core.model.builtin.units import (
    Figure,
    Mention,
    Noun,
    Piece,
    Sort,
    Special,
)


@dataclass(slots=True)
class Cursor:
    """A cursor over phrases, and the units read so far."""

    phrases: tuple[Phrase, ...]
    at: int = 0
    units: list[Piece] = field(default_factory=list)
    most: bool = False
    """가장 or 제일 has been read and waits for its adjective."""
    each: bool = False
    distinct: bool = False
    fn: Aggregate | None = None
    """An aggregate that was said before its column: 평균 가격."""

    def _peek(self, ahead: int = 0) -> Phrase | None:
        place = self.at + ahead
        return self.phrases[place] if 0 <= place < len(self.phrases) else None

    def _key(self, ahead: int = 0) -> str:
        phrase = self._peek(ahead)
        return phrase.key if phrase else ""

    def _take_back(self) -> Noun | Figure | None:
        """What was named just before, no longer shown for itself."""
        last = self.units[-1] if self.units else None
        if isinstance(last, Noun | Figure):
            self.units.pop()
            return last
        return None

    def _mention(self) -> tuple[Mention, str] | None:
        """What is named under the cursor, and the particles after it."""
        while self._key() in ("filler", "distinct") and not self._named():
            self.distinct = self.distinct or self._key() == "distinct"
            self.at += 1
        phrase = self._peek()
        if phrase is None or not self._named():
            return None
        self.at += 1
        special: Special = "money" if phrase.key == "money" else "sold" if phrase.key == "sold" else ""
        mention = Mention(phrase.text, phrase.tables, phrase.columns, special=special)
        following = self._peek()
        if mention.rather_table and phrase.tail in ("", "의", "들의") and following and following.columns:
            tables = {candidate.ref.table for candidate in mention.tables}
            own = tuple(c for c in following.columns if c.ref.table in tables)
            if own and not _rather_table(following) and following.key not in ("count", "sold"):
                self.at += 1
                owners = {c.ref.table for c in own}
                owner = next(iter(owners)) if len(owners) == 1 else ""
                name = f"{mention.text} {following.text[: len(following.text) - len(following.tail)]}"
                return Mention(name, (), own, owner), following.tail
        return replace(mention, text=phrase.text.removesuffix(phrase.tail) or phrase.text), phrase.tail

    def _named(self, ahead: int = 0) -> bool:
        phrase = self._peek(ahead)
        return phrase is not None and (phrase.named or phrase.key in ("money", "sold"))

    def _fillers(self) -> int:
        ahead = 0
        while self._key(ahead) in ("filler", "distinct") and not self._named(ahead):
            ahead += 1
        return ahead

    def _sort_of(self, last: Noun | Figure, descending: bool) -> None:
        if isinstance(last, Figure):
            self.units += [last, Sort(last.mention, descending, last.fn)]
        elif last.mention.rather_table:
            self.units += [Sort(last.mention, descending, "count")]
        else:
            self.units.append(Sort(last.mention, descending))

    def _sorted(self, mention_descending: bool) -> None:
        """가격순 goes up; 매출순 goes by the figure, the most first."""
        last = self._take_back()
        if last is None:
            raise refusals.beyond()
        self._sort_of(last, mention_descending or isinstance(last, Figure))

    def _text(self, ahead: int) -> str:
        phrase = self._peek(ahead)
        return phrase.text.removesuffix(phrase.tail) if phrase else ""


def _rather_table(phrase: Phrase) -> bool:
    return Mention(phrase.text, phrase.tables, phrase.columns).rather_table
