"""Questions and their answers. Each route asks the core and renders; none decides anything."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from adapters.api import render
from adapters.api.described import FILE_CSV, FILE_EXCEL, STREAM
from adapters.api.door import Door, Json, Made, Repeatable, place_of
from adapters.api.reply_shapes import ShownReply, ShownStep
from adapters.api.shapes import Body, ClientId, Name, Shape, shape_of
from adapters.api.stream import events
from adapters.http.answers import JsonResponse, attachment
from core.chat import Actor, Question, Reply, Step
from core.export.csv_file import csv_chunks
from core.export.excel import workbook
from core.ids import new_id
from core.saved import TemplateEdit

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Where(Body):
    """Where a question is asked. Without a session it begins one; the same `message` again is the same question."""

    session: ClientId | None = None
    message: ClientId | None = None

    def question(self, actor: Actor, text: str = "", connection: str | None = None) -> Question:
        """The question that somebody asks there."""
        place = place_of(actor, self.session or new_id())
        return Question(actor, place, self.message or new_id(), text, datetime.now(UTC), connection)


class Asked(Where):
    """A question in plain words, or SQL."""

    text: str = Field(examples=["Top 5 products by sales amount"])
    connection: Name | None = Field(default=None, description="The name of a connection; else the usual one.")


class Chosen(Where):
    """What somebody answers when they are asked back: one of the `choices` of the reply."""

    choice: Annotated[str, Field(max_length=1_000)]


class EditedSql(Where):
    """The SQL of an answer as somebody changed it."""

    sql: str = Field(examples=["SELECT name FROM cities LIMIT 5"])


class Verdict(Body):
    """Whether an answer is right, and why. The last one of a person counts."""

    good: bool
    reason: str = ""


class Taken(Shape):
    """A question that is stored, and will be answered whatever happens."""

    question_id: str
    session: str
    text: str


class ShownQuestion(Shape):
    """A question: its reply, or what is being done for it now."""

    question_id: str
    session: str
    text: str
    asked_at: str
    state: Literal["working", "answered"]
    step: ShownStep | None  # type: ignore[valid-type]
    reply: ShownReply | None


class Stopped(Shape):
    """Whether it was stopped; false when it had already ended."""

    stopped: bool


class Kept(Shape):
    """It is kept."""

    kept: bool


class Offered(Shape):
    """Questions to begin with."""

    examples: list[str]


def taken(question_id: str, question: Question, text: str = "") -> Made:
    """The answer to whoever asked."""
    body = {"question_id": question_id, "session": question.place.thread, "text": text or question.text}
    return Made(body, 202, f"/questions/{question_id}")


def router(door: Door, examples: Callable[[str], tuple[str, ...]]) -> APIRouter:
    """The routes."""
    routes, service = APIRouter(tags=["questions"]), door.service
    Reader = Annotated[Actor, Depends(door.reader)]

    async def accept(question: Question) -> Made:
        return taken((await service.accept(question)).question_id, question)

    @routes.post("/questions", status_code=202, response_model=Taken, summary="Ask a question")
    async def ask(request: Request, asked: Asked, actor: Reader, key: Repeatable = None) -> Response:
        """It is answered in the background: follow its events, or fetch it until its state is `answered`."""
        question = asked.question(actor, asked.text, asked.connection)
        return await door.once(request, actor, key, lambda: accept(question))

    @routes.get("/questions/{question_id}", response_model=ShownQuestion, summary="Fetch a question and its answer")
    async def one(question_id: UUID, actor: Reader) -> Response:
        """Returns at once, answered or not."""
        question = await service.question(str(question_id), actor)
        found = await service.progress(str(question_id), actor)
        return JsonResponse(_shown(str(question_id), question, found))

    @routes.get("/questions/{question_id}/events", responses=STREAM, summary="Follow a question until its answer")
    async def follow(request: Request, question_id: UUID, actor: Reader) -> Response:
        """Server-sent events: `step` while it is worked on; then `reply`, or `problem` when there will be none."""
        await service.progress(str(question_id), actor)  # a refusal is told with its status, before anything streams
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        stream = events(service, str(question_id), actor, request.scope)
        return StreamingResponse(stream, media_type="text/event-stream", headers=headers)

    @routes.post("/questions/{question_id}/stop", response_model=Stopped, summary="Stop a question and its query")
    async def stop(question_id: UUID, actor: Reader) -> Response:
        """Its answer says then that it was stopped."""
        return JsonResponse({"stopped": await service.stop(str(question_id), actor)})

    @routes.post(
        "/questions/{question_id}/choice", status_code=202, response_model=Taken, summary="Answer when asked back"
    )
    async def choose(
        request: Request, question_id: UUID, chosen: Chosen, actor: Reader, key: Repeatable = None
    ) -> Response:
        """Asks the same question again with what was chosen."""

        async def work() -> Made:
            where = chosen.question(actor)
            before = await service.chosen(str(question_id), actor, chosen.choice)
            return await accept(replace(before, place=where.place, message=where.message, asked_at=where.asked_at))

        return await door.once(request, actor, key, work)

    @routes.post(
        "/questions/{question_id}/rerun", status_code=202, response_model=Taken, summary="Run edited SQL of an answer"
    )
    async def rerun(
        request: Request, question_id: UUID, edited: EditedSql, actor: Reader, key: Repeatable = None
    ) -> Response:
        """Asks the same connection; the SQL is checked like any other."""

        async def work() -> Made:
            question = edited.question(actor, edited.sql)
            return taken((await service.rerun(str(question_id), question)).question_id, question)

        return await door.once(request, actor, key, work)

    @routes.post(
        "/questions/{question_id}/fresh", status_code=202, response_model=Taken, summary="Ask again without a template"
    )
    async def fresh(
        request: Request, question_id: UUID, where: Where, actor: Reader, key: Repeatable = None
    ) -> Response:
        """For an answer by a template that was not meant."""

        async def work() -> Made:
            return await accept(await service.saved.fresh(actor, str(question_id), where.question(actor)))

        return await door.once(request, actor, key, work)

    @routes.get("/questions/{question_id}/explanation", response_model=ShownReply, summary="The SQL in words")
    async def explanation(question_id: UUID, actor: Reader) -> Response:
        """In the reader's language, at 0 tokens."""
        return JsonResponse(render.reply(await service.explain(str(question_id), actor)))

    @routes.post("/questions/{question_id}/feedback", response_model=Kept, summary="Say whether an answer is right")
    async def feedback(question_id: UUID, verdict: Verdict, actor: Reader) -> Response:
        """What an administrator calls right becomes a verified example."""
        await service.feedback(str(question_id), actor, verdict.good, verdict.reason)
        return JsonResponse({"kept": True})

    @routes.get(
        "/questions/{question_id}/template",
        response_model=shape_of(TemplateEdit),
        tags=["templates"],
        summary="A template out of an answer",
    )
    async def draft(question_id: UUID, actor: Reader) -> Response:
        """Its question and SQL, to be changed, named, and kept with `POST /templates`."""
        return JsonResponse(asdict(await service.saved.draft(actor, str(question_id))))

    @routes.get("/questions/{question_id}/result.csv", responses=FILE_CSV, summary="The table as CSV")
    async def csv(question_id: UUID, actor: Reader) -> Response:
        """What a spreadsheet would run as a formula is text. No query is run."""
        _, table, _, _ = await service.table_of(str(question_id), actor)
        headers = attachment(f"answer-{str(question_id)[:8]}.csv")
        return StreamingResponse(csv_chunks(table), media_type="text/csv; charset=utf-8", headers=headers)

    @routes.get("/questions/{question_id}/result.xlsx", responses=FILE_EXCEL, summary="The table as a workbook")
    async def excel(question_id: UUID, actor: Reader) -> Response:
        """With a sheet that tells the question, the SQL and what the answer rests on. No query is run."""
        text, table, sql, facts = await service.table_of(str(question_id), actor)
        file = await asyncio.to_thread(workbook, table, sql.text, facts, actor.locale, question=text)
        return Response(file, media_type=_EXCEL, headers=attachment(f"answer-{str(question_id)[:8]}.xlsx"))

    @routes.get("/examples", response_model=Offered, summary="Questions to begin with")
    async def offered(actor: Reader) -> Response:
        """In the reader's language; empty without the demo."""
        return JsonResponse({"examples": list(examples(actor.locale))})

    return routes


def _shown(question_id: str, question: Question, found: Step | Reply | None) -> Json:
    reply = render.reply(found) if isinstance(found, Reply) else None
    return {
        "question_id": question_id,
        "session": question.place.thread,
        "text": question.text,
        "asked_at": question.asked_at.isoformat(),
        "state": "answered" if reply else "working",
        "step": render.step(found) if isinstance(found, Step) else None,
        "reply": reply,
    }
