"""One question from a shell: asked, followed, printed."""

import asyncio
import getpass
import json
import sys
from contextlib import nullcontext
from datetime import UTC, datetime
from io import TextIOWrapper
from typing import Any
from zoneinfo import ZoneInfoNotFoundError

from rich.console import Console
from rich.status import Status
from tzlocal import get_localzone_name

from adapters.terminal.render import draw
from adapters.terminal.why import draw_why, why_to_json
from core.ask.codec import reply_to_json
from core.ask.present.visible import one_line
from core.ask.service import Service
from core.ask.why import Why
from core.chat import Actor, Place, Question, Reply
from core.ids import new_id
from core.locale import say
from core.people.people import LOCAL_WORKSPACE

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
    """Ask, wait, print, and give the exit code.

    The answer goes to `out` (standard output), the steps to `progress` (standard error; nothing where that is not a
    terminal). `thread` is any name: questions of one name follow on from each other. `explain` adds what was linked,
    the prompt and the guard's verdict. Raises `BadQuestion`, `NotAllowed`, `StoreFailed` before anything is printed.
    Cancelling it stops the question, too.
    """
    out = out or _console(sys.stdout)
    progress = progress or Console(stderr=True)
    actor = _actor(language)
    place = Place(actor.platform, actor.workspace, channel=actor.id, thread=thread or new_id())
    question = Question(actor, place, new_id(), text, datetime.now(UTC), connection)
    accepted = await service.accept(question)
    reply = await _wait(service, accepted.question_id, actor, None if as_json else progress)
    why = await service.why(accepted.question_id, actor) if explain else None
    if as_json:
        _print_json(out, reply_to_json(reply), why)
    else:
        out.print(draw(reply, out.width))
        if why is not None:
            out.print(draw_why(why, language), soft_wrap=True)
    await service.delivered(accepted.question_id)
    return ANSWERED if reply.ok else FAILED


def _actor(language: str) -> Actor:
    """Whoever runs the command. A container's account without a name in the system's list is "operator"."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "operator"
    return Actor("terminal", LOCAL_WORKSPACE, name[:100], name[:100], locale=language, timezone=_timezone())


def _timezone() -> str:
    """The machine's time zone by its IANA name; UTC where the machine does not name one."""
    try:
        return get_localzone_name()
    except (ZoneInfoNotFoundError, LookupError, ValueError):
        return "UTC"


def _console(stream: object) -> Console:
    """A console that prints a question mark for what an old terminal's encoding lacks, rather than fail."""
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="replace")
    return Console(highlight=False)


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
