"""The routes of the chat. Each one asks the core and renders; none decides anything."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from adapters.web import render
from adapters.web.problem import JsonResponse, problem
from adapters.web.reader import actor_of, place_of
from adapters.web.stream import events
from core.ask.service import Service
from core.chat import Actor, Question, Reply, Table
from core.export.csv_file import csv_chunks
from core.export.excel import workbook
from core.locale.words import catalogue

_PAGE_WORDS = "web.page."

_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

ClientId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
"""An id made in the browser: of a thread, of a message. A UUID as the page makes it, a name if a program likes one."""

_UUID = r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"

QuestionId = Annotated[UUID, Path()]


class Asked(BaseModel):
    """A question as the page sends it. The same `message` again is the same question."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    thread: ClientId
    message: ClientId
    text: str
    connection: str | None = Field(default=None, max_length=255, pattern=r"^[^\x00-\x1f\x7f]*$")
    answers: str | None = Field(default=None, pattern=_UUID)
    """The question that was asked back about; then `text` is not read, but asked as it was with this `choice`."""
    choice: str = Field(default="", max_length=1_000)


class Verdict(BaseModel):
    """Whether an answer is right, and why. The last one of a person counts."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    good: bool
    reason: str = ""


def router(service: Service, person: Actor, examples: Callable[[str], tuple[str, ...]]) -> APIRouter:
    """The routes under `/chat`, for everybody who passes the gate as `person`."""
    routes = APIRouter(prefix="/chat")

    def reader(request: Request) -> Actor:
        return actor_of(person, request.query_params, request.headers)

    Reader = Annotated[Actor, Depends(reader)]

    @routes.post("/questions")
    async def ask(asked: Asked, actor: Reader) -> Response:
        question = Question(
            actor=actor,
            place=place_of(actor, asked.thread),
            message=asked.message,
            text=asked.text,
            asked_at=datetime.now(UTC),
            connection=asked.connection,
        )
        if asked.answers is not None:
            before = await service.chosen(asked.answers, actor, asked.choice)
            question = replace(before, place=question.place, message=asked.message, asked_at=question.asked_at)
        accepted = await service.accept(question)
        return JsonResponse({"question_id": accepted.question_id}, status_code=202)

    @routes.get("/questions/{question_id}/events")
    async def follow(question_id: QuestionId, actor: Reader) -> Response:
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        stream = events(service, str(question_id), actor)
        return StreamingResponse(stream, media_type="text/event-stream", headers=headers)

    @routes.post("/questions/{question_id}/stop")
    async def stop(question_id: QuestionId, actor: Reader) -> Response:
        return JsonResponse({"stopped": await service.stop(str(question_id), actor)})

    @routes.get("/questions/{question_id}/result.csv")
    async def result(question_id: QuestionId, actor: Reader) -> Response:
        reply = await _finished(service, str(question_id), actor)
        if reply is None:
            return problem(actor.locale, 409, "not_ready")
        table = next((part for part in reply.parts if isinstance(part, Table)), None)
        if table is None:
            return problem(actor.locale, 404, "no_table")
        name = f"answer-{str(question_id)[:8]}.csv"
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return StreamingResponse(csv_chunks(table), media_type="text/csv; charset=utf-8", headers=headers)

    @routes.get("/questions/{question_id}/result.xlsx")
    async def excel(question_id: QuestionId, actor: Reader) -> Response:
        text, table, sql, facts = await service.table_of(str(question_id), actor)
        file = await asyncio.to_thread(workbook, table, sql.text, facts, actor.locale, question=text)
        headers = {"content-disposition": f'attachment; filename="answer-{str(question_id)[:8]}.xlsx"'}
        return Response(file, media_type=_EXCEL, headers=headers)

    @routes.get("/questions/{question_id}/explanation")
    async def explanation(question_id: QuestionId, actor: Reader) -> Response:
        return JsonResponse(render.reply(await service.explain(str(question_id), actor)))

    @routes.post("/questions/{question_id}/feedback")
    async def feedback(question_id: QuestionId, verdict: Verdict, actor: Reader) -> Response:
        await service.feedback(str(question_id), actor, verdict.good, verdict.reason)
        return JsonResponse({"kept": True})

    @routes.get("/threads")
    async def threads(actor: Reader) -> Response:
        return JsonResponse({"threads": [render.thread(thread) for thread in await service.threads(actor)]})

    @routes.get("/threads/{thread}")
    async def history(thread: ClientId, actor: Reader) -> Response:
        exchanges = await service.history(actor, place_of(actor, thread))
        return JsonResponse({"thread": thread, "exchanges": [render.exchange(exchange) for exchange in exchanges]})

    @routes.get("/connections")
    async def connections(actor: Reader) -> Response:
        choices = await service.connections(actor, place_of(actor, "new"))
        return JsonResponse({"connections": [render.connection(choice) for choice in choices]})

    @routes.get("/examples")
    async def offered(actor: Reader) -> Response:
        return JsonResponse({"examples": list(examples(actor.locale))})

    @routes.get("/words")
    async def words(actor: Reader) -> Response:
        sentences = catalogue(actor.locale).items()
        page = {key.removeprefix(_PAGE_WORDS): text for key, text in sentences if key.startswith(_PAGE_WORDS)}
        return JsonResponse({"lang": actor.locale, "words": page})

    return routes


async def _finished(service: Service, question_id: str, actor: Actor) -> Reply | None:
    """The stored reply of a question; None while it is still being made."""
    async for item in service.follow(question_id, actor):
        return item if isinstance(item, Reply) else None
    return None
