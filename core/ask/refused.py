"""Who was refused what is in the audit, whichever desk refused it."""

import logging
from collections.abc import Awaitable, Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, TypeVar

from core.ask.road import Road
from core.audit.refusals import Refusal
from core.chat import Actor, Question
from core.errors import NotAllowed, StoreFailed

log = logging.getLogger(__name__)

Desk = TypeVar("Desk", bound=type)

_NOTED = "_is_in_the_audit"


def notes_refusals(desk: Desk) -> Desk:
    """A desk (a class with a `road`) of which every public coroutine that takes an actor writes down its refusals.

    However many of them call each other, a refusal is written down once. A generator does it by itself: wrapped in
    another, it would not end when that one is left.
    """
    name = {"Service": "question", "TemplateDesk": "template"}.get(desk.__name__, desk.__name__)
    name = name.removesuffix("Desk").lower()
    for attribute, method in list(vars(desk).items()):
        if iscoroutinefunction(method) and not attribute.startswith("_"):
            setattr(desk, attribute, _noting(f"{name}.{attribute}", method))
    return desk


async def note_refusal(road: Road, actor: Actor, error: NotAllowed, **what: str) -> None:
    """Write down that somebody was refused something, once for an error. `what`: see `Refusal`."""
    if getattr(error, _NOTED, False):
        return
    setattr(error, _NOTED, True)
    try:
        person = await road.people.find(actor)
        await road.refusals.note(Refusal(person.id if person else None, error.code, **what))
    except StoreFailed as failure:
        # Nothing was done, and they are to hear why, not that we cannot write it down.
        log.warning("a refusal is not in the audit", extra={"code": failure.code})


def _noting(asked: str, method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    @wraps(method)
    async def noting(self: Any, *given: Any, **named: Any) -> Any:
        try:
            return await method(self, *given, **named)
        except NotAllowed as error:
            await _note(self, asked, error, (*given, *named.values()))
            raise

    return noting


async def _note(desk: Any, asked: str, error: NotAllowed, given: tuple[Any, ...]) -> None:
    actors = (one.actor if isinstance(one, Question) else one for one in given)
    actor = next((one for one in actors if isinstance(one, Actor)), None)
    if actor is not None:
        road: Road = getattr(desk, "road", None) or desk._road
        await note_refusal(road, actor, error, asked=asked)
