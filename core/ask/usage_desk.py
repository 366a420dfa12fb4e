"""What a door may ask about tokens, money and limits: `Service.usage`.

Here it is decided who may; what is counted and kept is in `core.usage`.
"""

from dataclasses import dataclass

from core.ask.announce import limits_changed
from core.ask.done import note_done
from core.ask.present.use_tables import days_table, limits_table, listing
from core.ask.refused import notes_refusals
from core.ask.road import Road
from core.chat import Actor, Table, UsageWindow
from core.errors import BadEdit
from core.figures import AlertRules, Dashboard, LimitChange, LimitLine, Listing, PersonUsage, Span
from core.people.by_email import named
from core.people.permission import Resource, may, require
from core.people.person import Person
from core.storage.session import persistently
from core.usage import alerts, limits
from core.usage.analytics_service import MOST_IN_A_FILE


@notes_refusals
@dataclass(frozen=True)
class UsageDesk:
    """Use and limits, for whoever may see and change them. Every method raises `NotAllowed` where `may` says no."""

    road: Road

    async def is_administrator(self, actor: Actor) -> bool:
        """Whether the actor may see everybody's use and change limits. A first administrator may before they ask."""
        person = await self.road.people.meet(actor)
        return may(person, "administer", Resource("system")).allowed

    async def windows(self, actor: Actor) -> tuple[UsageWindow, ...]:
        """The actor's three windows: hour, day, month. Of somebody who never asked, they are unused."""
        person = await self.road.people.find(actor)
        if person is not None:
            require(person, "see_usage", Resource("usage", person.id))
        return (await self.road.usage.check_rate_limit(person.id if person else ""))["windows"]

    async def mine(self, actor: Actor) -> PersonUsage:
        """What the actor has used, whichever of their accounts they used it from."""
        person = await self.road.people.meet(actor)
        require(person, "see_usage", Resource("usage", person.id))
        return await self.road.analytics.person(person.id)

    async def my_table(self, actor: Actor) -> Table:
        """The actor's own days."""
        return days_table((await self.mine(actor)).days, actor.locale)

    async def of(self, actor: Actor, who: str) -> PersonUsage:
        """What somebody has used, by e-mail address or id. Administrators. Raises `BadEdit`."""
        return await self.road.analytics.person(await self.who(actor, who))

    async def dashboard(self, actor: Actor, span: Span = "month") -> Dashboard:
        """Everybody's use. Administrators."""
        await self._administrator(actor)
        return await self.road.analytics.dashboard(span)

    async def table(self, actor: Actor, what: Listing, span: Span = "month") -> Table:
        """A list of the dashboard, or the limits, whole, with headings in the actor's language. Administrators."""
        person = await self._administrator(actor)
        await note_done(self.road, person, "usage.exported", "usage", what=what, span=span)
        if what == "limits":
            return limits_table(await self.limits(actor), actor.locale)
        return listing(await self.road.analytics.dashboard(span, MOST_IN_A_FILE), what, actor.locale)

    async def who(self, actor: Actor, whom: Actor | str) -> str:
        """The id of the person behind an account, an e-mail address or an id. Administrators. Raises `BadEdit`."""
        await self._administrator(actor)
        if isinstance(whom, Actor):
            person = await self.road.people.find(whom)
            if person is None:
                raise BadEdit("people.never_spoken", name=whom.name)
            return person.id
        async with self.road.store.reading() as session:
            return (await named(session, whom))[0]

    async def limits(self, actor: Actor) -> tuple[LimitLine, ...]:
        """The limits as they are set: everyone's, each role's, and of the people who have their own. Administrators."""
        await self._administrator(actor)
        async with self.road.store.reading() as session:
            return await limits.listed(session)

    async def set_limits(self, actor: Actor, change: LimitChange) -> LimitLine:
        """Set the limits of everyone, a role or a person, all three at once. Administrators. Raises `BadEdit`."""
        administrator = await self._administrator(actor)
        return await persistently(lambda: self._set_limits(change, administrator))

    async def _set_limits(self, change: LimitChange, administrator: Person) -> LimitLine:
        now = self.road.clock()
        async with self.road.store.writing() as session:
            line = await limits.change(session, change, by=administrator.id, now=now)
            await limits_changed(session, now, line.id if line.subject == "person" else None)
        return line

    async def alerts(self, actor: Actor) -> AlertRules:
        """When administrators are told, and where. Administrators."""
        await self._administrator(actor)
        async with self.road.store.reading() as session:
            return await alerts.rules(session)

    async def set_alerts(self, actor: Actor, rules: AlertRules) -> AlertRules:
        """Let these rules hold; returned as they are kept. Administrators. Raises `BadEdit`."""
        administrator = await self._administrator(actor)
        return await persistently(lambda: self._set_alerts(rules, administrator))

    async def _set_alerts(self, rules: AlertRules, administrator: Person) -> AlertRules:
        road = self.road
        async with road.store.writing() as session:
            return await alerts.set_rules(session, rules, road.announcing, by=administrator.id, now=road.clock())

    async def _administrator(self, actor: Actor) -> Person:
        person = await self.road.people.meet(actor)
        require(person, "administer", Resource("system"))
        return person
