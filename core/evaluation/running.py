"""Asks the questions of a golden set, each by the real road, and holds the answers against what is right."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from time import perf_counter

from sqlalchemy import select

from core.ask.road import Road
from core.ask.service import Service
from core.chat import Actor, Place, Question, Reply, Sql, Table
from core.errors import ColloqueryError, StoreFailed
from core.evaluation.comparing import by_names, compare
from core.evaluation.figures import Outcome
from core.evaluation.gold import GoldenResult, Golds
from core.evaluation.golden import Golden, asked
from core.ids import new_id, query_id
from core.storage.models import QueryAnalytics

PLATFORM = "evaluation"
"""The door that the questions come in by; nothing is posted there."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How they are asked and compared."""

    concurrency: int = 4
    """Questions under way at the same time."""
    seconds: float = 180.0
    """A question that has no answer by then is stopped and counts as not answered."""
    fresh: bool = False
    """No template may answer."""
    evidence: bool = True
    """Hints are given with the questions."""
    any_column_order: bool = False
    guarded: bool = True
    """The golden SQL must pass the guard, too; see `Golds`."""


@dataclass(frozen=True, slots=True)
class _Answer:
    question_id: str
    reply: Reply
    seconds: float
    late: bool


@dataclass(frozen=True)
class Evaluation:
    """One run, as `actor`."""

    service: Service
    road: Road
    actor: Actor
    manner: Manner

    async def run(self, questions: Iterable[Golden], done: Callable[[Outcome], None]) -> None:
        """Ask them all; `done` is told of each as it is known.

        Cancelling it stops the questions that are under way. Raises `NotAllowed`, `StoreFailed`.
        """
        await self.service.require_asking(self.actor, self._place())
        waiting = iter(questions)
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self.manner.concurrency):
                    group.create_task(self._work(waiting, done))
        except ExceptionGroup as failed:
            raise failed.exceptions[0] from None  # the first ends them all, and is what happened

    async def _work(self, waiting: Iterator[Golden], done: Callable[[Outcome], None]) -> None:
        golds = Golds(self.road, self.actor, self._place(), guarded=self.manner.guarded)
        for golden in waiting:
            done(await self._outcome(golden, golds))

    async def _outcome(self, golden: Golden, golds: Golds) -> Outcome:
        blank = Outcome(golden.id, "error", connection=golden.connection or "", difficulty=golden.difficulty)
        try:
            gold = await golds.result(golden)
        except StoreFailed:
            raise
        except ColloqueryError as error:
            return replace(blank, verdict="gold_failed", code=error.code)
        try:
            answer = await self._ask(golden)
        except StoreFailed:
            raise
        except ColloqueryError as error:
            return replace(blank, code=error.code)  # not even accepted: too long, for one
        told = replace(blank, sql=_sql(answer.reply), seconds=answer.seconds)
        outcome = await self._spent(told, answer.question_id)
        return replace(outcome, verdict="late", code="") if answer.late else self._judged(outcome, gold, answer.reply)

    def _judged(self, outcome: Outcome, gold: GoldenResult, reply: Reply) -> Outcome:
        table = next((part for part in reply.parts if isinstance(part, Table)), None)
        if table is None:
            return outcome
        answer = by_names(gold.table, table) if gold.named else table
        compared = compare(gold.table, answer, ordered=gold.ordered, any_column_order=self.manner.any_column_order)
        return replace(outcome, verdict=compared.verdict, code="", same_set=compared.same_set)

    async def _ask(self, golden: Golden) -> _Answer:
        """Ask it; when its time is up it is stopped, and that is its reply."""
        began, late = perf_counter(), False
        question = Question(
            self.actor,
            self._place(),
            new_id(),
            asked(golden, evidence=self.manner.evidence),
            self.road.clock(),
            golden.connection,
            without=golden.without,
            fresh=self.manner.fresh,
        )
        accepted = await self.service.accept(question)
        try:
            async with asyncio.timeout(self.manner.seconds):
                reply = await self._follow(accepted.question_id)
        except TimeoutError:
            late = True
            await self.service.stop(accepted.question_id, self.actor)
            reply = await self._follow(accepted.question_id)
        except asyncio.CancelledError:
            await self.service.stop(accepted.question_id, self.actor)
            raise
        return _Answer(accepted.question_id, reply, perf_counter() - began, late)

    async def _follow(self, question_id: str) -> Reply:
        async for item in self.service.follow(question_id, self.actor):
            if isinstance(item, Reply):
                return item
        raise AssertionError("a question that is followed ends in a reply")

    async def _spent(self, outcome: Outcome, question_id: str) -> Outcome:
        """With what the question's own line of the analytics has of it."""
        async with self.road.store.reading() as session:
            row = (
                await session.execute(
                    select(
                        QueryAnalytics.error_message,
                        QueryAnalytics.llm_model,
                        QueryAnalytics.prompt_tokens,
                        QueryAnalytics.completion_tokens,
                        QueryAnalytics.llm_cost_estimate,
                    ).where(QueryAnalytics.query_id == query_id(question_id))
                )
            ).one()
        return replace(
            outcome,
            code=row.error_message or "",
            model=row.llm_model or "",
            prompt_tokens=row.prompt_tokens or 0,
            completion_tokens=row.completion_tokens or 0,
            cost=Decimal(repr(row.llm_cost_estimate or 0.0)),
        )

    def _place(self) -> Place:
        """A thread of its own for each question: none follows on from another, and nobody else reads there."""
        return Place(PLATFORM, self.actor.workspace, PLATFORM, new_id())


def _sql(reply: Reply) -> str:
    return next((part.text for part in reply.parts if isinstance(part, Sql)), "")
