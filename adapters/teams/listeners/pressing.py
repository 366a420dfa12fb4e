"""Buttons and forms: looked up by their names, done for whoever pressed, once however often Teams delivers a press.

A dialog is answered within seconds or not at all: what takes longer goes on, the dialog says so, and its outcome is
told to whoever pressed.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from weakref import WeakKeyDictionary

from adapters.chat.kept import Kept
from adapters.chat.refusals import refusal_words
from adapters.chat.text import Json
from adapters.teams.activity import conversation, locale_of
from adapters.teams.calls import NotReached, Refused, Unclear
from adapters.teams.dialogs import Dialog, Told, as_message, shown, told
from adapters.teams.door import Door
from adapters.teams.listeners.rooms import ACTS, OPENS, SENT
from adapters.teams.press import Press, is_form, name_of, read
from core.errors import ColloqueryError
from core.locale import error_words, say

PATIENCE = 3.0
"""Seconds until a dialog is answered: Teams waits about five, then asks again, and shows an error at last."""

_DELIVERIES = 600.0
"""Seconds within which a press that comes again is the same press: ours; Teams repeats within one minute."""

_MESSAGE = "application/vnd.microsoft.activity.message"
_ERROR = "application/vnd.microsoft.error"

log = logging.getLogger(__name__)

Result = Dialog | Told | None

_pressed: WeakKeyDictionary[Door, Kept[Json]] = WeakKeyDictionary()
"""What each press of a door came to. What it stores is idempotent by the press's id beyond this process, too."""


async def pressed(door: Door, activity: Json) -> None:
    """A button of a card, or a form that stands in a message."""
    await _once(door, activity, lambda: _press(door, activity))


async def opened(door: Door, activity: Json) -> Json:
    """A button that opens a dialog: the dialog."""
    return await _in_time(door, activity, _open)


async def sent(door: Door, activity: Json) -> Json:
    """The form of a dialog that was sent: what the dialog shows now; nothing closes it."""
    return await _once(door, activity, lambda: _in_time(door, activity, _work))


async def executed(door: Door, activity: Json) -> Json:
    """A universal action: done as a button is, and answered at once."""
    name, locale = name_of(activity), locale_of(activity)
    if not any(name in table for table in (ACTS, OPENS, SENT)):
        words = {"code": "BadRequest", "message": say(locale, "teams.page.unknown")}
        return {"statusCode": 400, "type": _ERROR, "value": words}
    door.spawn(pressed(door, activity))
    return {"statusCode": 200, "type": _MESSAGE, "value": say(locale, "chat.working")}


async def _once(door: Door, activity: Json, work: Callable[[], Awaitable[Json]]) -> Json:
    channel, _ = conversation(activity)
    kept = _pressed.setdefault(door, Kept(_DELIVERIES))
    return await kept.get(f"{channel}|{activity.get('id')}", work)


async def _press(door: Door, activity: Json) -> Json:
    press, name = await read(door, activity), name_of(activity)
    act = None if is_form(activity) else ACTS.get(name)
    try:
        if act is not None:
            await act(door, press)
            return {}
        result = await (_work if is_form(activity) else _open)(door, press, name)
    except ColloqueryError as error:
        await door.tell_privately(press.actor, press.place, *error_words(press.actor.locale, error))
    else:
        await _show(door, press, result)
    return {}


async def _open(door: Door, press: Press, name: str) -> Result:
    """Also a button that is no longer one, under a card of an older version."""
    found = OPENS.get(name)
    return Told(say(press.actor.locale, "teams.page.unknown")) if found is None else await found(door, press)


async def _work(door: Door, press: Press, name: str) -> Result:
    found = SENT.get(name)
    return Told(say(press.actor.locale, "teams.page.unknown")) if found is None else await found(door, press)


async def _in_time(door: Door, activity: Json, work: Callable[[Door, Press, str], Awaitable[Result]]) -> Json:
    """What a dialog is answered: what came of it, or that it takes a moment."""
    locale = locale_of(activity)
    task = asyncio.create_task(_outcome(door, activity, work))
    done, _ = await asyncio.wait({task}, timeout=PATIENCE)
    if not done:
        door.spawn(_later(door, task))
        return shown(told(say(locale, "chat.loading.text"), locale))
    try:
        _, result = task.result()
    except (Refused, Unclear, NotReached) as error:
        log.warning("a dialog was not shown: %s", error)
        result = Told(refusal_words(locale, ColloqueryError("unexpected")))
    if result is None:
        return {}
    return shown(result if isinstance(result, Dialog) else told(result.text, locale))


async def _outcome(
    door: Door, activity: Json, work: Callable[[Door, Press, str], Awaitable[Result]]
) -> tuple[Press, Result]:
    press = await read(door, activity)
    try:
        return press, await work(door, press, name_of(activity))
    except ColloqueryError as error:
        return press, Told(refusal_words(press.actor.locale, error))


async def _later(door: Door, task: asyncio.Task[tuple[Press, Result]]) -> None:
    press, result = await task
    await _show(door, press, result)


async def _show(door: Door, press: Press, result: Result) -> None:
    """Outside of a dialog: a sentence, or a form as a card, to whoever pressed."""
    if isinstance(result, Dialog):
        await door.show_privately(press.actor, press.place, as_message(result))
    elif result is not None:
        await door.tell_privately(press.actor, press.place, result.text)
