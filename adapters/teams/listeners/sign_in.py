"""Coming in at the page without a password: a link for one person, in a dialog that nobody else sees and none keeps."""

from adapters.teams import cards
from adapters.teams.dialogs import Dialog, Open, Told, as_message
from adapters.teams.door import Door
from adapters.teams.press import Press
from core.chat import Actor, Place
from core.locale import format_date, say


async def open_link(door: Door, press: Press) -> Dialog | Told:
    """A fresh link in a dialog: a message would stay in the history."""
    return await link(door, press.actor)


async def link(door: Door, actor: Actor) -> Dialog | Told:
    """The link, or that it is not known where the page is."""
    locale = actor.locale
    if not door.service.sign_in_url(""):
        return Told(say(locale, "teams.page.no_page"))
    made = await door.service.people.link(actor)
    until = format_date(locale, made.until, actor.timezone)
    text = cards.paragraphs(say(locale, "chat.sign_in.text", until=until), locale)
    follow = cards.link(say(locale, "chat.sign_in.open"), door.service.sign_in_url(made.token))
    return Dialog(say(locale, "chat.sign_in.title"), cards.card(text, [follow]), "small")


async def obey(door: Door, actor: Actor, place: Place) -> None:
    """The word for it, for clients without dialogs: in the personal chat, where nobody else reads."""
    found = await link(door, actor)
    if isinstance(found, Told):
        await door.tell_privately(actor, place, found.text)
    elif place.readers == "alone":
        await door.show_privately(actor, place, as_message(found))
    else:
        await door.delivery.show(await door.addresses.direct(actor), as_message(found))
        await door.tell_privately(actor, place, say(actor.locale, "teams.page.alone"))


OPENS: dict[str, Open] = {"sign_in": open_link}
"""What each button opens, by its name."""
