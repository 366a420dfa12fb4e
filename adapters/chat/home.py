"""What somebody has used, asked and may ask: the same on Slack's Home tab and on Teams' home card."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.ask.present.use import dashboard_reply, usage_reply
from core.ask.service import Service
from core.chat import Actor, ConnectionChoice, Exchange, Place, Reply
from core.saved import SavedTemplate

RECENT = 10
"""Questions that are listed."""
QUESTION_SHOWN = 150
"""Characters of a question in the list."""
_FAVORITES = 10
"""Templates that are offered."""


@dataclass(frozen=True, slots=True)
class HomePage:
    """What is shown. `templates` are somebody's favorites; `overview` is for administrators."""

    usage: Reply | None = None
    recent: tuple[Exchange, ...] = ()
    templates: tuple[SavedTemplate, ...] = ()
    connections: tuple[ConnectionChoice, ...] = ()
    overview: Reply | None = None
    has_page: bool = False
    """Whether it is known where the page is, so that there can be a link to it."""


async def home_of(service: Service, actor: Actor) -> HomePage:
    """The page of somebody, as of now. Raises `NotAllowed` to whoever may see none of it."""
    nowhere = Place(actor.platform, actor.workspace, channel=actor.id, thread="")
    return HomePage(
        usage=usage_reply(await service.usage.mine(actor), actor.locale, actor.timezone),
        recent=await service.recent(actor),
        templates=favorites(await service.saved.all(actor, place=nowhere)),
        connections=await service.sources.choices(actor, nowhere),
        overview=await _overview(service, actor),
        has_page=bool(service.sign_in_url("")),
    )


def favorites(templates: Sequence[SavedTemplate]) -> tuple[SavedTemplate, ...]:
    """A person's own and the verified ones, the most used first, without those that do not work at the moment."""
    chosen = [one for one in templates if (one.is_mine or one.is_verified) and not one.problem]
    return tuple(sorted(chosen, key=lambda one: -one.usage_count)[:_FAVORITES])


async def _overview(service: Service, actor: Actor) -> Reply | None:
    """Everybody's use, for administrators."""
    if not await service.usage.is_administrator(actor):
        return None
    return dashboard_reply(await service.usage.dashboard(actor), actor.locale)
