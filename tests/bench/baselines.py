"""What linking is compared with: BM25 of stemmed words and character n-grams, each alone, over names of tables and
columns."""

import re
from collections import Counter, defaultdict
from math import log, sqrt

from core.lexicon import STOPWORDS, stem
from core.schema import Schema, Table


def _bag(text: str) -> list[str]:
    words = re.findall(r"[a-z]+|[가-힣]+|\d+", re.sub(r"([a-z])([A-Z])", r"\1 \2", text).lower())
    return [stem(word) for word in words if word not in STOPWORDS]


def _texts(table: Table) -> str:
    return " ".join((table.name, *(column.name for column in table.columns)))


class PlainBm25:
    """BM25 (k1 1.2, b 0.75) of the words of names."""

    def __init__(self, schema: Schema) -> None:
        bags = [Counter(_bag(_texts(table))) for table in schema.tables]
        average = sum(bag.total() for bag in bags) / len(bags)
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for position, bag in enumerate(bags):
            for word, often in bag.items():
                weight = often * 2.2 / (often + 1.2 * (0.25 + 0.75 * bag.total() / average))
                self._postings[word].append((position, weight))
        self._size = len(bags)

    def first(self, question: str, many: int) -> list[int]:
        """The positions of the best tables."""
        scores: dict[int, float] = defaultdict(float)
        for word in set(_bag(question)):
            postings = self._postings.get(word, [])
            weight = log(1 + (self._size - len(postings) + 0.5) / (len(postings) + 0.5))
            for position, score in postings:
                scores[position] += weight * score
        return sorted(scores, key=lambda position: (-scores[position], position))[:many]


def _grams(text: str) -> Counter[str]:
    joined = f" {' '.join(_bag(text))} "
    return Counter(joined[at : at + size] for size in (3, 4, 5) for at in range(len(joined) - size + 1))


class PlainGrams:
    """Cosine of TF-IDF vectors of runs of 3 to 5 characters."""

    def __init__(self, schema: Schema) -> None:
        bags = [_grams(_texts(table)) for table in schema.tables]
        often = Counter(gram for bag in bags for gram in bag)
        self._weights = {gram: log(1 + len(bags) / many) for gram, many in often.items()}
        self._postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for position, bag in enumerate(bags):
            length = sqrt(sum((many * self._weights[gram]) ** 2 for gram, many in bag.items())) or 1.0
            for gram, many in bag.items():
                self._postings[gram].append((position, many * self._weights[gram] / length))

    def first(self, question: str, many: int) -> list[int]:
        """The positions of the best tables."""
        scores: dict[int, float] = defaultdict(float)
        for gram, often in _grams(question).items():
            for position, score in self._postings.get(gram, ()):
                scores[position] += often * self._weights[gram] * score
        return sorted(scores, key=lambda position: (-scores[position], position))[:many]
