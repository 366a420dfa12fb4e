"""Sessions: what was asked and answered, thread by thread."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from adapters.api import render
from adapters.api.cursor import moment, read, written
from adapters.api.door import Cursor, Door, Limit, place_of
from adapters.api.reply_shapes import ShownExchange
from adapters.api.shapes import ClientId, Shape
from adapters.http.answers import JsonResponse
from core.ask.session_desk import SessionMark
from core.chat import Actor


class ShownSession(Shape):
    """A line of the list of sessions."""

    session: str
    title: str
    last_message_at: str


class Sessions(Shape):
    """Sessions, the last used first."""

    items: list[ShownSession]
    next: str | None


class Messages(Shape):
    """What was asked and answered, the oldest first."""

    session: str
    items: list[ShownExchange]
    next: str | None


def router(door: Door) -> APIRouter:
    """The routes."""
    routes, service = APIRouter(tags=["sessions"]), door.service
    Reader = Annotated[Actor, Depends(door.reader)]

    @routes.get("/sessions", response_model=Sessions, summary="List one's own sessions")
    async def sessions(actor: Reader, limit: Limit = 50, cursor: Cursor = None) -> Response:
        """Of this account or key: what was begun elsewhere is listed there."""
        after = None
        if cursor is not None:
            at, last = read(cursor, str, str)
            after = SessionMark(moment(str(at)), str(last)[:36])
        found, mark = await service.sessions.all(actor, limit, after)
        following = None if mark is None else written(mark.at.isoformat(), mark.id)
        return JsonResponse({"items": [render.session(one) for one in found], "next": following})

    @routes.get("/sessions/{session}/messages", response_model=Messages, summary="Read a session")
    async def messages(session: ClientId, actor: Reader, limit: Limit = 50, cursor: Cursor = None) -> Response:
        """Empty for one that was never begun."""
        after = int(read(cursor, int)[0]) if cursor is not None else 0
        found, mark = await service.sessions.exchanges(actor, place_of(actor, session), limit, after)
        items = [render.exchange(one) for one in found]
        return JsonResponse({"session": session, "items": items, "next": None if mark is None else written(mark)})

    return routes
