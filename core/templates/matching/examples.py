"""Which templates' questions are like another question: examples for whoever writes the SQL."""

from collections import defaultdict
from collections.abc import Sequence
from math import log

from core.templates.matching.lexemes import Lexeme

_ALIKE = 0.25
"""Share of their words, weighted by how rare they are, that a question and its example have in common at least."""


class Examples:
    """Texts by their words, the rare ones weighing more."""

    def __init__(self, texts: Sequence[Sequence[Lexeme]]) -> None:
        self._with_word: dict[str, list[int]] = defaultdict(list)
        words = [_words(text) for text in texts]
        for place, one in enumerate(words):
            for word in one:
                self._with_word[word].append(place)
        self._rarest = log(1 + len(texts))
        self._weight = {word: log(1 + len(texts) / len(places)) for word, places in self._with_word.items()}
        self._heavy = [self._weigh(one) for one in words]

    def near(self, text: Sequence[Lexeme]) -> list[int]:
        """The places of texts like this one, nearest first."""
        asked = _words(text)
        weight = self._weigh(asked)
        shared: dict[int, float] = defaultdict(float)
        for word in asked:
            for place in self._with_word.get(word, ()):
                shared[place] += self._weight[word]
        alike = {place: common / (weight + self._heavy[place] - common) for place, common in shared.items()}
        return sorted((place for place in alike if alike[place] >= _ALIKE), key=lambda place: (-alike[place], place))

    def _weigh(self, words: frozenset[str]) -> float:
        return sum(self._weight.get(word, self._rarest) for word in words)


def _words(lexemes: Sequence[Lexeme]) -> frozenset[str]:
    """What a text is about: its words, operators and times; no numbers, for examples show the shape."""
    return frozenset(f"{one.kind[0]}:{one.id}" for one in lexemes if one.kind in ("word", "operator", "time"))
