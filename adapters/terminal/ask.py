"""One question from a shell: asked, followed, printed."""

import asyncio
import json
import sys
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.status import Status

from adapters.terminal.here import console, whoever
from adapters.terminal.render import draw
from adapters.terminal.why import draw_why, why_to_json
from core.ask.codec import reply_to_json
from core.ask.present.visible import one_line
from core.ask.service import Service
from core.ask.why import Why
from core.chat import Actor, Place, Question, Reply
from core.ids import new_id
from core.locale import say

ANSWERED, FAILED = 0, 1
"""Exit codes: an answer, or a question back, was printed; a refusal or an error was printed."""


async def ask(
    service: Service,
    text: str,
    *,
    connection: str | None = None,
    thread: str | None = None,
    language: str = "en",
    as_json: bool = False,
    explain: bool = False,
    out: Console | None = None,
    progress: Console | None = None,
) -> int:
    """Ask in words, wait, print, and give the exit code: `put` of `question_here`."""
    question = question_here(text, connection=connection, thread=thread, language=language)
    return await put(service, question, as_json=as_json, explain=explain, out=out, progress=progress)


def question_here(
    text: str, *, connection: str | None = None, thread: str | None = None, language: str = "en"
) -> Question:
    """A question of whoever runs the command. `thread` is any name: questions of one name follow on from each other."""
    actor = whoever(language)
    place = Place(actor.platform, actor.workspace, channel=actor.id, thread=thread or new_id())
    return Question(actor, place, new_id(), text, datetime.now(UTC), connection)


async def put(
    service: Service,
    question: Question,
    *,
    as_json: bool = False,
    explain: bool = False,
    out: Console | None = None,
    progress: Console | None = None,
) -> int:
    """Put a question, wait, print, and give the exit code.

    The answer goes to `out` (standard output), the steps to `progress` (standard error; nothing where that is not a
    terminal). `explain` adds what was linked, the prompt and the guard's verdict. Raises `BadQuestion`, `NotAllowed`,
    `StoreFailed` before anything is printed. Cancelling it stops the question, too.
    """
    out = out or console(sys.stdout)
    progress = progress or Console(stderr=True)
    actor = question.actor
    accepted = await service.accept(question)
    reply = await _wait(service, accepted.question_id, actor, None if as_json else progress)
    why = await service.why(accepted.question_id, actor) if explain else None
    if as_json:
        _print_json(out, reply_to_json(reply), why)
    else:
        out.print(draw(reply, out.width))
        if why is not None:
            out.print(draw_why(why, actor.locale), soft_wrap=True)
    await service.delivered(accepted.question_id)
    return ANSWERED if reply.ok else FAILED


async def _wait(service: Service, question_id: str, actor: Actor, progress: Console | None) -> Reply:
    """Follow the question to its reply, its step on the last line of the screen."""
    shows = progress is not None and progress.is_terminal
    waiting = say(actor.locale, "terminal.waiting")
    with Status(waiting, console=progress, spinner="dots") if shows else nullcontext() as status:
        try:
            async for item in service.follow(question_id, actor):
                if isinstance(item, Reply):
                    return item
                if status is not None:
                    status.update(one_line(item.text))
        except asyncio.CancelledError:
            await service.stop(question_id, actor)
            raise
    raise AssertionError("a question that is followed ends in a reply")


def _print_json(out: Console, reply: Any, why: Why | None) -> None:
    """One object on one line, and nothing else."""
    whole = {**reply, "why": why_to_json(why)} if why else reply
    text = json.dumps(whole, ensure_ascii=False, allow_nan=False)
    out.file.write(text.encode("utf-8", "replace").decode() + "\n")
    out.file.flush()
