"""Steps 3 to 6: SQL for the question, from whoever knows it at the least cost.

SQL that the asker typed and templates cost nothing; a model's tokens are reserved before each call.
"""

from dataclasses import dataclass, replace

from core.ask.known import Known, today_of
from core.ask.linking import Linker
from core.ask.present.facts import WrittenBy
from core.ask.present.steps import step
from core.ask.prompt import Example, build, read_sql, repair
from core.ask.road import Walk
from core.errors import BeyondWriter, ColloqueryError, QueryRefused, QuotaExceeded
from core.locale import error_words
from core.model.base import Request, Written
from core.sql.guard import check
from core.storage.session import persistently
from core.templates.checking import problem_of
from core.templates.kept import Match

WIDE_BUDGET = 2_000
"""Tokens of schema that the built-in writer gets: nobody pays for them, but of a huge schema it needs no more."""


@dataclass(frozen=True, slots=True)
class Draft:
    """SQL for the question, before it is checked, and who wrote it."""

    sql: str
    written_by: WrittenBy
    writer: str = ""
    """The model's name or the template's."""
    request: Request | None = None
    """What a model was given, for a repair; None where nothing can be repaired."""
    template: Match | None = None
    """The template that it is from."""


async def draft(walk: Walk, known: Known) -> Draft:
    """The first draft. Raises `BeyondWriter`, `ModelFailed`, `QuotaExceeded`."""
    road, text = walk.road, walk.asked.question.text
    if known.is_sql:
        return Draft(text, "asker")
    if known.template is not None and await _may_answer(walk, known, known.template):
        template = known.template.template
        walk.ledger.model, walk.ledger.template = "template", template.id
        return Draft(
            known.template.sql,
            "earlier" if template.is_example else "template",
            template.name,
            template=known.template,
        )
    linker = await road.linkers.of(known.connection.id, known.entry)
    request = request_for(walk, known, linker)
    walk.tell(step("writing", walk.asked.person.locale))
    try:
        written = await write(walk, request)
    except QuotaExceeded as refusal:
        wider = replace(request, linked=linker.link(text, WIDE_BUDGET, private=known.left_out), prompt=None)
        written = await _write_for_nothing(walk, wider, refusal)
        return Draft(written.sql, "built_in", written.model)
    if request.prompt is None:
        return Draft(written.sql, "built_in", written.model)
    return Draft(read_sql(written.sql), "model", written.model, request)


async def redraft(walk: Walk, known: Known, refused: Draft, error: ColloqueryError) -> Draft:
    """The one further call, only after a refusal by the check or the database."""
    assert refused.request is not None, "only what a model wrote is repaired"
    request = refused.request
    problem, _ = error_words("en", error)
    prompt = repair(
        request.question, refused.sql, problem, request.linked.tables, known.schema.dialect, private=known.private
    )
    written = await write(walk, replace(request, prompt=prompt))
    return Draft(read_sql(written.sql), "model", written.model)


def request_for(walk: Walk, known: Known, linker: Linker) -> Request:
    """Link the question; build the prompt if the writer wants one. Pure but for the clock."""
    question, before = walk.asked.question.text, known.previous
    boost: tuple[str, ...] = ()
    if before is not None:
        verdict = check(before.sql, known.schema.dialect, known.schema, private=known.private)
        boost = verdict.tables
        if not verdict.allowed:
            before = None  # it was about another connection, a table that is gone, or what may not be seen
    today = today_of(walk)
    if not walk.road.writer.wants_prompt:
        return Request(question, linker.link(question, WIDE_BUDGET, boost, known.left_out), today, before)
    built = build(
        question, linker, today, previous=before, boost=boost, private=known.left_out, examples=_examples(known)
    )
    return Request(question, built.linked, today, before, built.prompt)


async def write(walk: Walk, request: Request) -> Written:
    """One call of the writer; for a model, with its tokens reserved before."""
    if request.prompt is not None:
        # What earlier calls of this question used is not in the analytics yet: it stays reserved with the new call.
        tokens = walk.ledger.usage.total_tokens + request.prompt.tokens + request.prompt.max_output
        # Before: what the store has done is not known when the line to it breaks.
        walk.ledger.reserved = True
        await persistently(lambda: walk.road.usage.reserve(walk.asked.person.id, walk.asked.id, tokens))
    written = await walk.road.writer.write(request)
    walk.ledger.spend(written.usage, written.model)
    return written


async def _write_for_nothing(walk: Walk, request: Request, refusal: QuotaExceeded) -> Written:
    """What the fallback can answer is answered; the rest is refused for the limit."""
    if walk.road.fallback is None:
        raise refusal
    try:
        written = await walk.road.fallback.write(request)
    except BeyondWriter:
        raise refusal from None
    walk.ledger.spend(written.usage, written.model)
    return written


async def _may_answer(walk: Walk, known: Known, match: Match) -> bool:
    """Whether the guard lets a template's SQL pass for this asker.

    One that the asker took from the list is refused to them: raises `QueryRefused`. Any other is left to a writer, and
    out of use from then on when the schema is what it does not fit.
    """
    verdict = check(match.sql, known.schema.dialect, known.schema, private=known.private)
    if verdict.allowed:
        return True
    if match.pinned:
        raise QueryRefused(f"guard.{verdict.reason}", place=verdict.place)
    one = match.template
    problem = problem_of(one.sql, one.question, one.parameters, known.schema, today_of(walk))
    if problem and one.recorded:
        await persistently(lambda: walk.road.templates.flag(one, problem))
    return False


def _examples(known: Known) -> tuple[Example, ...]:
    """Verified questions whose SQL this database understands and that names nothing private to the asker."""
    verdicts = (check(one.sql, known.schema.dialect, known.schema, private=known.private) for one in known.near)
    return tuple(
        Example(one.question, one.sql)
        for one, verdict in zip(known.near, verdicts, strict=True)
        if verdict.allowed and not verdict.hidden
    )
