"""Words that are spelled alike, by the runs of 3 to 5 characters they share: "airlines" and "airlinecode"."""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from core.ask.linking.terms import is_hangul
from core.lexicon import stem, translations

_CLOSE = 0.34
"""Least share of common runs (Dice) that makes two words alike."""
_WORTH = 0.8
"""Closeness of two words that share all runs but are not the same."""
_MOST = 12
"""Alike words looked at for one word of a question, closest first."""
_SHORT = 0.5
"""Closeness of what may be a short form that no dictionary knows: diag for diagnosis, prchs for purchase."""
_SHORTEST = 3
_VOWELS = re.compile("[aeiou]")


@lru_cache(maxsize=65_536)
def runs(word: str) -> frozenset[str]:
    """The runs of 3 to 5 characters of a word with its borders marked; of 2 and 3 for Korean, which is denser."""
    marked = f"^{word}$"
    lengths = (2, 3) if is_hangul(word) else (3, 4, 5)
    return frozenset(marked[at : at + length] for length in lengths for at in range(len(marked) - length + 1))


class Spelling:
    """The words of a schema's names by their runs."""

    def __init__(self, terms: Iterable[str]) -> None:
        self._terms = sorted(
            term for term in set(terms) if term.isalpha() and (len(term) > 2 or (is_hangul(term) and len(term) > 1))
        )
        self._known = frozenset(self._terms)
        self._by_run: dict[str, list[int]] = defaultdict(list)
        self._sizes = [len(runs(term)) for term in self._terms]
        for position, term in enumerate(self._terms):
            for run in runs(term):
                self._by_run[run].append(position)
        self._remembered = lru_cache(maxsize=4_096)(self._alike)

    def alike(self, word: str) -> tuple[tuple[str, float], ...]:
        """The schema's words that are spelled like this one, closest first, with their closeness."""
        return self._remembered(word)

    def _alike(self, word: str) -> tuple[tuple[str, float], ...]:
        if len(word) < (2 if is_hangul(word) else 4):
            return ()
        wanted = runs(word)
        shared: dict[int, int] = defaultdict(int)
        for run in wanted:
            for position in self._by_run.get(run, ()):
                shared[position] += 1
        found = [
            (self._terms[position], _WORTH * 2 * both / (len(wanted) + self._sizes[position]))
            for position, both in shared.items()
        ]
        close = [(term, closeness) for term, closeness in found if closeness >= _CLOSE * _WORTH]
        return tuple(sorted(close, key=lambda pair: (-pair[1], pair[0]))[:_MOST])

    def short_forms(self, word: str) -> tuple[tuple[str, float], ...]:
        """The schema's words that may be short for this one, its beginning or its consonants, with their closeness."""
        if not word.isascii():
            return ()
        consonants = stem(word[0] + _VOWELS.sub("", word[1:]))
        shorter = {word[:length] for length in range(_SHORTEST, len(word) - 1)} | {consonants}
        return tuple(
            (term, _SHORT)
            for term in sorted(shorter)
            if term in self._known and term != word and not translations(term)
        )
