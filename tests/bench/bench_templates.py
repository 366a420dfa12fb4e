"""Measures matching with saved templates, and fails when it falls below what it must hold.

    python -m tests.bench.bench_templates

Every question of `tests/templates/paraphrases.toml` is held against all of its templates and 2,000 made-up ones at
once: precision, recall and time, beside two naive ways in the same run, each a scan over all questions with the
threshold that serves it best on the development part.
"""

import sys
import tracemalloc
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from gc import collect
from statistics import median
from time import perf_counter, thread_time

from core.templates.matching import Candidate, TemplateIndex
from tests.templates import paraphrases
from tests.templates.crowd import crowd
from tests.templates.paraphrases import PARTS, TODAY, Asked

Answer = tuple[str, tuple[tuple[str, str], ...]] | None

failed: list[str] = []


def must(what: str, holds: bool) -> None:
    """Print one requirement with its verdict and remember a failure."""
    print(f"  {'holds ' if holds else 'FAILS '} {what}")
    if not holds:
        failed.append(what)


def _scores(asked: Sequence[Asked], answers: Sequence[Answer]) -> None:
    for part in PARTS:
        pairs = [(one, answer) for one, answer in zip(asked, answers, strict=True) if one.part == part]
        if pairs:
            told = paraphrases.score([one for one, _ in pairs], [answer for _, answer in pairs])
            print(f"  {part:12} {told}")


def _timed(ask: Callable[[str], object], questions: Sequence[str]) -> tuple[list[float], list[float]]:
    """Milliseconds of each question: of this thread alone, and by the clock."""
    own, clock = [], []
    for question in questions:
        start, own_start = perf_counter(), thread_time()
        ask(question)
        own.append(1_000 * (thread_time() - own_start))
        clock.append(1_000 * (perf_counter() - start))
    return own, clock


def _told(what: str, own: Sequence[float], clock: Sequence[float]) -> str:
    last = int(0.95 * len(own))
    return (
        f"  {what}: median {median(own):.2f} ms, p95 {sorted(own)[last]:.2f} ms, most {max(own):.2f} ms "
        f"(by the clock {median(clock):.2f}, {sorted(clock)[last]:.2f}, {max(clock):.2f})"
    )


def _jaccard(one: str, other: str) -> float:
    left, right = set(one.lower().rstrip("?!.").split()), set(other.lower().rstrip("?!.").split())
    return len(left & right) / max(1, len(left | right))


def _difflib(one: str, other: str) -> float:
    matcher = SequenceMatcher(None, one.lower(), other.lower(), autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() > 0.6 and matcher.quick_ratio() > 0.6 else 0.0


def naive(
    name: str, alike: Callable[[str, str], float], candidates: Sequence[Candidate], asked: Sequence[Asked]
) -> None:
    """A scan for the question that is most alike.

    It reads no values: it is given them, and judged by the template alone.
    """
    best: list[tuple[float, str]] = []
    own, clock = _timed(
        lambda question: best.append(max((alike(question, one.question), one.id) for one in candidates)),
        [one.question for one in asked],
    )

    def answers(threshold: float) -> list[Answer]:
        return [
            (found, one.values) if score >= threshold else None for one, (score, found) in zip(asked, best, strict=True)
        ]

    def quality(threshold: float) -> float:
        told = answers(threshold)
        tuned = [(one, answer) for one, answer in zip(asked, told, strict=True) if one.part == "development"]
        score = paraphrases.score([one for one, _ in tuned], [answer for _, answer in tuned])
        return 2 * score.precision * score.recall / max(1e-9, score.precision + score.recall)

    threshold = max((step / 20 for step in range(6, 21)), key=quality)
    print(f"naive, {name}, alike from {threshold:.2f}; values given:")
    _scores(asked, answers(threshold))
    print(_told("one question", own, clock))


def main() -> int:
    """Run all of it."""
    own_templates, asked = paraphrases.load()
    candidates = (*own_templates, *crowd())
    everybody = {one.id for one in candidates}
    TemplateIndex(candidates[:10]).fits("a first question", everybody, TODAY)
    collect()
    start = perf_counter()
    index = TemplateIndex(candidates)
    built = perf_counter() - start
    tracemalloc.start()
    TemplateIndex(candidates)
    memory = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    print(f"{len(candidates):,} templates, {len(asked)} questions; built in {built:.2f} s, at most {memory:.1f} MB")

    questions = [one.question for one in asked]
    fits = [index.fits(question, everybody, TODAY) for question in questions]
    answers: list[Answer] = [(fit.id, fit.values) if fit else None for fit in fits]
    print("by meaning:")
    _scores(asked, answers)
    whole = paraphrases.score(asked, answers)
    must("precision at least 0.98", whole.precision >= 0.98)
    must("recall at least 0.8", whole.recall >= 0.8)
    fresh = TemplateIndex(candidates)  # nothing of the questions kept from before
    own, clock = _timed(lambda question: fresh.fits(question, everybody, TODAY), questions)
    print(_told("fits", own, clock))
    must("95 of 100 questions in 3 ms of the thread's own time", sorted(own)[int(0.95 * len(own))] <= 3)
    own, clock = _timed(lambda question: fresh.near(question, everybody), questions)
    print(_told("near", own, clock))
    must("95 of 100 examples in 3 ms of the thread's own time", sorted(own)[int(0.95 * len(own))] <= 3)

    naive("words in common", _jaccard, candidates, asked)
    naive("difflib", _difflib, candidates, asked)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
