"""Scheduled questions: asked again and again as their owner, and posted at their place."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from adapters.api.connections import Gone, Spot
from adapters.api.cursor import piece
from adapters.api.door import Cursor, Door, Json, Limit, Made, Repeatable, place_of
from adapters.api.figures import plain
from adapters.api.shapes import Body, ClientId, Name, Shape, Words, widened
from adapters.http.answers import JsonResponse
from core.ask.present.schedule_words import lines_of
from core.chat import Actor, Place, Question
from core.ids import new_id
from core.locale import reason_words
from core.scheduled import ScheduleChange, ScheduleView

When = Annotated[str, Field(max_length=255, examples=["every weekday at 9", "매월 1일 8시"])]
Condition = Annotated[str, Field(max_length=255, examples=["changed", "orders < 100"])]


class NewSchedule(Body):
    """A question, or the answer whose SQL is asked; when, in words; and where its answers go."""

    text: Words = Field(default="", description="In plain words, or SQL; empty with `question_id` or `template_id`.")
    question_id: UUID | None = Field(default=None, strict=False, description="The SQL of this answer is asked.")
    template_id: UUID | None = Field(default=None, strict=False, description="This template is asked with `values`.")
    values: dict[str, str] = Field(default_factory=dict, max_length=50)
    connection: Name | None = None
    when: When
    condition: Condition = Field(default="", description="On which condition it is posted; empty: always.")
    session: ClientId | None = Field(default=None, description="The conversation; a new one without it.")
    place: Spot | None = Field(default=None, description="A channel of a chat instead; administrators.")

    def at(self, actor: Actor) -> Place:
        """Where it is posted."""
        if self.place is None:
            return place_of(actor, self.session or new_id())
        return Place(self.place.platform, self.place.workspace, self.place.channel, thread="", readers="team")


class Changed(Body):
    """What is to change; what is left out stays."""

    text: Words | None = None
    when: When | None = None
    condition: Condition | None = None

    def change(self) -> ScheduleChange:
        """The same as the core takes it."""
        return ScheduleChange(self.text, self.when, self.condition)


ShownSchedule = widened(
    ScheduleView, "ShownSchedule", {"problem_text": str, "about": (list[str], Field(description="The same in words."))}
)


class SchedulePage(Shape):
    """Scheduled questions, those that come next first."""

    items: list[ShownSchedule]  # type: ignore[valid-type]
    next: str | None


def router(door: Door) -> APIRouter:
    """The routes."""
    routes, service = APIRouter(tags=["schedules"]), door.service
    desk = service.schedules
    Reader = Annotated[Actor, Depends(door.reader)]

    @routes.get("/schedules", response_model=SchedulePage, summary="List scheduled questions")
    async def found(
        actor: Reader,
        everybodys: Annotated[bool, Query(description="Everyone's, for administrators.")] = False,
        limit: Limit = 200,
        cursor: Cursor = None,
    ) -> Response:
        """One's own. Not for keys: what is asked for good would outlive them."""
        shown, following = piece(await desk.all(actor, everybodys=everybodys), lambda one: one.id, limit, cursor)
        return JsonResponse({"items": [_shown(one, actor) for one in shown], "next": following})

    @routes.post("/schedules", status_code=201, response_model=ShownSchedule, summary="Schedule a question")
    async def make(request: Request, body: NewSchedule, actor: Reader, key: Repeatable = None) -> Response:
        """It is asked by its owner's clock, as its owner, under their limits and permissions of that moment."""

        async def work() -> Made:
            one = await _make(body, actor)
            return Made(_shown(one, actor), location=f"/schedules/{one.id}")

        return await door.once(request, actor, key, work)

    async def _make(body: NewSchedule, actor: Actor) -> ScheduleView:
        place = body.at(actor)
        if body.question_id is not None:
            return await desk.from_answer(actor, str(body.question_id), place, body.when, body.condition)
        question = Question(actor, place, new_id(), body.text, datetime.now(UTC), body.connection)
        if body.template_id is not None:
            question = await service.saved.question(actor, str(body.template_id), body.values, question)
        return await desk.make(question, body.when, body.condition)

    @routes.get("/schedules/{schedule_id}", response_model=ShownSchedule, summary="Read a scheduled question")
    async def one(schedule_id: UUID, actor: Reader) -> Response:
        """Its last run and its next one, too."""
        return JsonResponse(_shown(await desk.one(actor, str(schedule_id)), actor))

    @routes.patch("/schedules/{schedule_id}", response_model=ShownSchedule, summary="Change a scheduled question")
    async def change(schedule_id: UUID, body: Changed, actor: Reader) -> Response:
        """Its owner alone."""
        return JsonResponse(_shown(await desk.change(actor, str(schedule_id), body.change()), actor))

    @routes.delete("/schedules/{schedule_id}", response_model=Gone, summary="Delete a scheduled question")
    async def delete(schedule_id: UUID, actor: Reader) -> Response:
        """What it has posted stays."""
        return JsonResponse({"name": await desk.delete(actor, str(schedule_id))})

    @routes.post("/schedules/{schedule_id}/pause", response_model=ShownSchedule, summary="Pause a scheduled question")
    async def pause(schedule_id: UUID, actor: Reader) -> Response:
        """Until it is resumed."""
        return JsonResponse(_shown(await desk.pause(actor, str(schedule_id)), actor))

    @routes.post("/schedules/{schedule_id}/resume", response_model=ShownSchedule, summary="Resume a scheduled question")
    async def resume(schedule_id: UUID, actor: Reader) -> Response:
        """From its next moment on."""
        return JsonResponse(_shown(await desk.resume(actor, str(schedule_id)), actor))

    @routes.post("/schedules/{schedule_id}/run", response_model=ShownSchedule, summary="Run a scheduled question now")
    async def run(schedule_id: UUID, actor: Reader) -> Response:
        """It is asked within seconds, as at its usual moment; its condition holds then, too."""
        return JsonResponse(_shown(await desk.run(actor, str(schedule_id)), actor))

    return routes


def _shown(one: ScheduleView, actor: Actor) -> Json:
    code = one.paused_why or one.last_problem
    return {
        **plain(one),
        "problem_text": reason_words(actor.locale, code) if code else "",
        "about": lines_of(one, actor),
    }
