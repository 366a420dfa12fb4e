"""Messages: with a mention of us, in a thread that we already answer in, in a personal chat."""

from adapters.chat.text import Json
from adapters.chat.words import command
from adapters.teams.addresses import PLATFORM
from adapters.teams.door import Door
from adapters.teams.inbound import Said, said
from adapters.teams.listeners.commands import WORDS, obey
from core.chat import Place

_SPELLINGS = {"sign in": "signin", "log in": "login"}


async def hear(door: Door, activity: Json) -> None:
    """A message. Teams is answered after this returns: by then a question is stored, or its refusal said."""
    app_id, tenants = door.settings.app_id, door.settings.tenants
    heard = said(activity, app_id, tenants)
    if heard is None or (heard.kind == "thread" and not await door.answers_in(heard)):
        return
    if heard.unknown:
        heard = said(activity, app_id, tenants, await _ids(door, heard)) or heard
    word = command(_SPELLINGS.get(heard.text.lower().rstrip("?!.:"), heard.text), also=WORDS)
    if word is not None and not (word[0] == "ask" and word[1]):
        actor, place = await door.whereabouts(heard)
        await obey(door, word[0], actor, place, word[1])
        return
    await door.hear(heard, text=word[1] if word else heard.text)


async def _ids(door: Door, heard: Said) -> dict[str, str]:
    """The ids in Entra of accounts that a command names."""
    place = Place(PLATFORM, heard.tenant, heard.channel, heard.thread)
    return {account: (await door.directory.person(place, account)).id for account in heard.unknown}
