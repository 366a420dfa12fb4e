"""Scheduled questions for a chat: what its buttons do, and making one of an answer. What every platform shares."""

from core.ask.present.schedule_words import lines_of, title_of
from core.ask.service import Service
from core.chat import Actor, Place
from core.locale import say

MOST = 15
"""Schedules of a list in a chat."""


async def do(service: Service, actor: Actor, act: str, schedule_id: str) -> str:
    """Do one of `ACTS`, and what is said of it. Raises as `core.ask.schedule_desk` does."""
    desk = service.schedules
    if act == "delete":
        return say(actor.locale, "schedule.deleted", title=await desk.delete(actor, schedule_id))
    work = {"pause": desk.pause, "resume": desk.resume, "run": desk.run}[act]
    one = await work(actor, schedule_id)
    return f"{say(actor.locale, f'schedule.done.{act}')} {title_of(one)}\n{lines_of(one, actor)[1]}"


async def schedule_answer(
    service: Service, actor: Actor, question_id: str, place: Place, words: tuple[str, str]
) -> str:
    """Schedule the SQL of an answer at a place; `words` are when, and on which condition. What is said of it.

    Raises as `core.ask.schedule_desk` does.
    """
    one = await service.schedules.from_answer(actor, question_id, place, *words)
    told = "\n".join((title_of(one), *lines_of(one, actor)))
    return f"{say(actor.locale, 'schedule.done.made')}\n{told}"
