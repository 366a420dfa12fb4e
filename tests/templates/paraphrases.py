"""Questions that mean a saved template, and questions that only look like one: `paraphrases.toml`, read."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from core.lexicon.korean import is_hangul
from core.saved import Parameter
from core.templates.matching import Candidate

TODAY = date(2026, 3, 6)
"""The Friday on which the questions are asked."""
PARTS = ("development", "held_out", "fresh")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and what must come of it."""

    part: str
    domain: str
    question: str
    template: str
    """The id of the template it is held against."""
    fits: bool
    """Whether that template must answer it; else none may."""
    values: tuple[tuple[str, str], ...] = ()

    @property
    def language(self) -> str:
        """The language of the question: ko or en."""
        return "ko" if is_hangul(self.question) else "en"


@cache
def load() -> tuple[tuple[Candidate, ...], tuple[Asked, ...]]:
    """All templates and all questions."""
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    candidates: list[Candidate] = []
    asked: list[Asked] = []
    for at, one in enumerate(data["template"]):
        parameters = tuple(Parameter(**parameter) for parameter in one.get("parameters", ()))
        choices = {name: tuple(values) for name, values in one.get("choices", {}).items()}
        name = f"{one['domain']}-{at}"
        candidates.append(Candidate(name, one["question"], parameters, choices))
        for question, *values in one["like"]:
            said = values[0] if values else {}
            wanted = tuple((p.name, said.get(p.name, p.default or "")) for p in parameters)
            asked.append(Asked(one["part"], one["domain"], question, name, True, wanted))
        asked += [Asked(one["part"], one["domain"], question, name, False) for question in one["unlike"]]
    return tuple(candidates), tuple(asked)


@dataclass(frozen=True, slots=True)
class Score:
    """How many of the questions were answered, and how well."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """The share of answers that are right."""
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """The share of questions with a template that were answered by it, values and all."""
        return self.right / max(1, self.right + self.missed)

    def __str__(self) -> str:
        return f"precision {self.precision:.3f}, recall {self.recall:.3f} ({self.right} right, {self.wrong} wrong)"


def score(asked: Sequence[Asked], answers: Sequence[tuple[str, tuple[tuple[str, str], ...]] | None]) -> Score:
    """Judge answers, each the id of a template and its values.

    Right: the template it means, with its values. Anything else that is an answer is wrong, and where a template was
    meant it is missed as well.
    """
    right = wrong = missed = 0
    for one, answer in zip(asked, answers, strict=True):
        good = answer is not None and one.fits and answer == (one.template, one.values)
        right += good
        wrong += answer is not None and not good
        missed += one.fits and not good
    return Score(right, wrong, missed)
