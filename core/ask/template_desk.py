"""What a door may ask about templates: `Service.saved`.

Whoever may not ask a template's database does not see the template. Its owner and administrators change it,
administrators verify it, and every change is audited. `place` is where somebody looks from: a connection that was given
to a place is used from there alone. See docs/decisions/0017-templates.md.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from core.ask.answered import Answered, answered_for, stored_for
from core.ask.done import note_done
from core.ask.examples import asked_of, is_leaning
from core.ask.known import connection_of, day_of
from core.ask.refused import notes_refusals
from core.ask.road import Road
from core.ask.template_choices import values_of
from core.ask.template_lists import fits_search, shown
from core.ask.typed import is_sql
from core.catalog.entry import CatalogEntry
from core.chat import Actor, Place, Question
from core.connections.connection import Connection
from core.errors import BadEdit, ColloqueryError, NoTemplate
from core.people.permission import Resource, may, require
from core.people.person import Person
from core.saved import Imported, Refused, SavedTemplate, TemplateEdit
from core.schema import Private, Schema
from core.storage.session import persistently
from core.templates.answers import without_own_limit
from core.templates.checking import check_edit, same_name, tidy_name
from core.templates.exchange import FromFile, read_templates, write_templates
from core.templates.filling import filled, read_values
from core.templates.template import Template, sees
from core.templates.templates import MOST_OF_A_CONNECTION, Entry
from core.templates.values import written_value

MOST_LISTED = 200
"""Templates of a list."""


@notes_refusals
@dataclass(frozen=True)
class TemplateDesk:
    """The templates, as a door sees them."""

    road: Road

    async def all(self, actor: Actor, search: str = "", place: Place | None = None) -> tuple[SavedTemplate, ...]:
        """Those that the person may use: verified ones first, then their own, then the most used; at most 200.

        A search looks at name, question, description and category. It also finds examples and, for administrators,
        what others keep to themselves: without one neither is listed.
        """
        person, usable = await self._person(actor, place)
        await self._recheck(usable)
        wanted = search.strip()
        if wanted:
            every = await self._seen(person, usable, everything=True)
            found = await asyncio.to_thread(lambda: [one for one in every if fits_search(one, wanted)])
        else:
            found = [*await self._seen(person, usable, everything=False, most=MOST_LISTED)]
        return tuple(shown(one, person, usable) for one in found[:MOST_LISTED])

    async def one(self, actor: Actor, template_id: str, place: Place | None = None) -> SavedTemplate:
        """One of them. Raises `NoTemplate`."""
        person, usable = await self._person(actor, place)
        return shown(await self._template(person, usable, template_id), person, usable)

    async def choices(
        self, actor: Actor, template_id: str, parameter: str, place: Place | None = None
    ) -> tuple[str, ...]:
        """The values that a choice may have, in order, at most 100; empty for a parameter of another kind.

        Read from the database where not all of them are known. Raises `NoTemplate`, and as a question does.
        """
        person, usable = await self._person(actor, place)
        template = await self._template(person, usable, template_id)
        wanted = next((one for one in template.parameters if one.name == parameter), None)
        if wanted is None or wanted.kind != "choice":
            return ()
        connection, entry = await self._asked(person, template, place)
        return await values_of(self.road, connection, entry, wanted, self._private(person, connection, entry, place))

    async def question(self, actor: Actor, template_id: str, values: Mapping[str, str], ask: Question) -> Question:
        """`ask` as the question of this template with these values, for `Service.accept`.

        `ask` is made by the door as for any message; its text is replaced. Raises `NoTemplate`, `BadEdit`
        (template.value_missing and what else may be wrong with a value).
        """
        person, usable = await self._person(actor, ask.place)
        template = await self._template(person, usable, template_id)
        connection, entry = await self._asked(person, template, ask.place, ask.connection)
        read = read_values(template.parameters, values, entry.schema, day_of(person, self.road))
        told = {name: written_value(value) for name, value in read.items()}
        return replace(
            ask,
            actor=actor,
            text=filled(template.question, told),
            connection=connection.name,
            without=(),
            template=template.id,
            values=tuple(told.items()),
            fresh=False,
        )

    async def fresh(self, actor: Actor, question_id: str, ask: Question) -> Question:
        """`ask` as the same question again, which no template may answer: they did not mean it."""
        before = (await stored_for(self.road, question_id, actor)).question
        return replace(
            ask,
            actor=actor,
            text=before.text,
            connection=before.connection,
            without=before.without,
            template=None,
            values=(),
            fresh=True,
        )

    async def keep(self, actor: Actor, edit: TemplateEdit, place: Place | None = None) -> SavedTemplate:
        """Keep a new template, private, or change one.

        Raises `BadEdit` (template.*), `QueryRefused`, `UnknownConnection`, `NoTemplate`, `NotAllowed`. Whoever is no
        administrator takes the verification off what they change.
        """
        person, usable = await self._person(actor, place)
        if edit.id is None:
            return await self._add(person, usable, edit, place)
        return await self._change(person, usable, edit, edit.id, place)

    async def draft(self, actor: Actor, question_id: str) -> TemplateEdit:
        """What `from_answer` would keep, to be changed and kept by `keep`; without a name.

        The question is empty where it would be the name. Raises `NoAnswer`, `NotAllowed`, `UnknownConnection`.
        """
        answered = await answered_for(self.road, question_id, actor)
        connection, _ = await asked_of(self.road, answered)
        return await self._draft(answered, connection)

    async def _draft(self, answered: Answered, connection: Connection) -> TemplateEdit:
        sql, _ = answered.sql, answered.table  # SQL that gave no result is not worth keeping
        asked = answered.question.text
        by_name = is_sql(asked) or await is_leaning(self.road, answered)
        return TemplateEdit(
            name="",
            question="" if by_name else _without_braces(asked),
            sql=without_own_limit(sql.text, sql.dialect, self.road.limits.rows),
            connection=connection.name,
        )

    async def from_answer(self, actor: Actor, question_id: str, name: str, public: bool = False) -> SavedTemplate:
        """Keep an answer's question and SQL under a name.

        A question that was SQL itself, or that leans on the one before it, is asked by that name from then on. Raises
        `NoAnswer`, `BadEdit`, `NotAllowed`, `UnknownConnection`.
        """
        answered = await answered_for(self.road, question_id, actor)
        person = answered.person
        connection, entry = await asked_of(self.road, answered)
        _require_own(person, connection)
        draft = await self._draft(answered, connection)
        edit = replace(draft, name=name, question=draft.question or _without_braces(name))
        private = self._private(person, connection, entry, answered.question.place)
        checked = await asyncio.to_thread(check_edit, edit, entry.schema, private, day_of(person, self.road))
        entry_ = Entry(checked.edit, connection.id, entry.schema, checked.problem, is_public=public)
        template_id = await persistently(lambda: self.road.templates.add(person, entry_))
        _, usable = await self._person(actor, answered.question.place)
        return shown(await self._template(person, usable, template_id), person, usable)

    async def delete(self, actor: Actor, template_id: str, place: Place | None = None) -> str:
        """Delete it. Returns the name it had. Raises `NoTemplate`, `NotAllowed`."""
        person, _, template = await self._managed(actor, template_id, place)
        await persistently(lambda: self.road.templates.delete(person, template))
        return template.name

    async def share(self, actor: Actor, template_id: str, public: bool, place: Place | None = None) -> SavedTemplate:
        """Share it with everybody who may ask its database, or no longer. Its owner may, and administrators."""
        person, usable, template = await self._managed(actor, template_id, place)
        await persistently(lambda: self.road.templates.share(person, template, public=public))
        return shown(await self._template(person, usable, template_id), person, usable)

    async def verify(self, actor: Actor, template_id: str, verified: bool, place: Place | None = None) -> SavedTemplate:
        """Say, as an administrator, that its SQL is right, or no longer. A verified one is everybody's to use."""
        person, usable = await self._person(actor, place)
        require(person, "administer", Resource("template"))
        template = await self._template(person, usable, template_id)
        await persistently(lambda: self.road.templates.verify(person, template, verified=verified))
        return shown(await self._template(person, usable, template_id), person, usable)

    async def export(self, actor: Actor, ids: Sequence[str] = (), place: Place | None = None) -> str:
        """Templates as YAML: these, or all of the person's own (of an administrator: everybody's); no examples then."""
        person, usable = await self._person(actor, place)
        if ids:
            chosen = [await self._template(person, usable, one) for one in dict.fromkeys(ids)]
        else:
            every = may(person, "administer", Resource("template")).allowed
            found = await self._seen(person, usable, everything=every, most=MOST_OF_A_CONNECTION)
            chosen = [one for one in found if not one.is_example and (every or one.belongs_to(person))]
        await note_done(self.road, person, "template.exported", "template", templates=len(chosen))
        return await asyncio.to_thread(write_templates, [shown(one, person, usable) for one in chosen])

    async def read(self, actor: Actor, text: str, place: Place | None = None) -> Imported:
        """Keep the templates of a YAML text, each by itself accepted or refused.

        One of the person's own with the same name is changed. Verified become those that an administrator brings.
        Raises `BadEdit` when it is no such file: nothing is kept then.
        """
        person, usable = await self._person(actor, place)
        taken, refused = await asyncio.to_thread(read_templates, text)
        async with self.road.store.reading() as session:
            own = {same_name(one.name): one.id for one in await self.road.templates.owned(session, person)}
        added: list[str] = []
        changed: list[str] = []
        wrong = list(refused)
        seen: set[str] = set()
        for one in taken:
            name = tidy_name(one.edit.name)
            key = same_name(name)
            try:
                if key in seen:
                    raise BadEdit("template.name_twice", name=name)
                seen.add(key)
                await self._take(person, usable, one, own.get(key), place)
                (changed if key in own else added).append(name)
            except ColloqueryError as error:
                wrong.append(Refused(name[:200] or "?", error.code, error.details))
        return Imported(tuple(added), tuple(changed), tuple(wrong))

    async def _take(
        self, person: Person, usable: Mapping[str, Connection], one: FromFile, own: str | None, place: Place | None
    ) -> None:
        verified = one.is_verified and may(person, "administer", Resource("template")).allowed
        if own is None:
            await self._add(person, usable, one.edit, place, public=one.is_public, verified=verified)
        else:
            await self._change(person, usable, one.edit, own, place, public=one.is_public, verified=verified)

    async def _add(
        self,
        person: Person,
        usable: Mapping[str, Connection],
        edit: TemplateEdit,
        place: Place | None,
        *,
        public: bool = False,
        verified: bool = False,
    ) -> SavedTemplate:
        async with self.road.store.reading() as session:
            connection = await self.road.connections.choose(session, person, place, edit.connection or None)
        _require_own(person, connection)
        entry = await self._checked(person, edit, connection, place, public=public, verified=verified)
        template_id = await persistently(lambda: self.road.templates.add(person, entry))
        return shown(await self._template(person, usable, template_id), person, usable)

    async def _change(
        self,
        person: Person,
        usable: Mapping[str, Connection],
        edit: TemplateEdit,
        template_id: str,
        place: Place | None,
        *,
        public: bool | None = None,
        verified: bool | None = None,
    ) -> SavedTemplate:
        before = await self._template(person, usable, template_id)
        require(person, "manage", before.resource)
        recorded = usable.get(before.connection_id or "")
        if recorded is not None and same_name(edit.connection) in ("", same_name(recorded.name)):
            connection = recorded
        else:
            async with self.road.store.reading() as session:
                connection = await self.road.connections.choose(session, person, place, edit.connection or None)
            require(person, "manage", replace(before.resource, connection=connection.id))
        if verified is None:
            same = (edit.sql, edit.question, connection) == (before.sql, before.question, recorded)
            verified = before.is_verified and (same or may(person, "administer", Resource("template")).allowed)
        public = before.is_public if public is None else public
        entry = await self._checked(person, edit, connection, place, public=public, verified=verified)
        await persistently(lambda: self.road.templates.change(person, before, entry))
        return shown(await self._template(person, usable, template_id), person, usable)

    async def _checked(
        self,
        person: Person,
        edit: TemplateEdit,
        connection: Connection,
        place: Place | None,
        *,
        public: bool,
        verified: bool,
    ) -> Entry:
        entry = await self.road.catalog.entry(connection)
        private = self._private(person, connection, entry, place)
        # Reading large SQL and a large schema takes a while: aside, so that other questions go on.
        checked = await asyncio.to_thread(check_edit, edit, entry.schema, private, day_of(person, self.road))
        return Entry(checked.edit, connection.id, entry.schema, checked.problem, public, verified)

    async def _person(self, actor: Actor, place: Place | None) -> tuple[Person, dict[str, Connection]]:
        """Who it is, and the connections that they may ask from there, by id."""
        person = await self.road.people.meet(actor)
        require(person, "ask", Resource("question"), place)
        async with self.road.store.reading() as session:
            usable = await self.road.connections.usable(session, person, place)
        return person, {one.id: one for one in usable}

    async def _template(self, person: Person, usable: Mapping[str, Connection], template_id: str) -> Template:
        async with self.road.store.reading() as session:
            template = await self.road.templates.one(session, template_id)
        if template is None or not sees(person, template, usable):
            raise NoTemplate
        return template

    async def _managed(
        self, actor: Actor, template_id: str, place: Place | None
    ) -> tuple[Person, dict[str, Connection], Template]:
        person, usable = await self._person(actor, place)
        template = await self._template(person, usable, template_id)
        require(person, "manage", template.resource)
        return person, usable, template

    async def _seen(
        self, person: Person, usable: Mapping[str, Connection], *, everything: bool, most: int = MOST_OF_A_CONNECTION
    ) -> tuple[Template, ...]:
        async with self.road.store.reading() as session:
            found = await self.road.templates.seen(session, person, tuple(usable), everything=everything, most=most)
        return tuple(one for one in found if sees(person, one, usable))

    async def _asked(
        self, person: Person, template: Template, place: Place | None, name: str | None = None
    ) -> tuple[Connection, CatalogEntry]:
        async with self.road.store.reading() as session:
            connection = await connection_of(session, self.road, person, template, place=place, name=name)
        return connection, await self.road.catalog.entry(connection)

    async def _recheck(self, usable: Mapping[str, Connection]) -> None:
        """Look again at templates whose schema was read anew since, as far as it is known without asking for it."""
        for connection in usable.values():
            async with self.road.store.reading() as session:
                entry = await self.road.catalog.known(session, connection)
            if entry is not None:
                await self._recheck_one(connection.id, entry.schema)

    async def _recheck_one(self, connection_id: str, schema: Schema) -> None:
        await persistently(lambda: self.road.templates.recheck(connection_id, schema))

    def _private(self, person: Person, connection: Connection, entry: CatalogEntry, place: Place | None) -> Private:
        sees_all = may(person, "see_private", connection.resource, place).allowed
        return frozenset() if sees_all else entry.private


def _require_own(person: Person, connection: Connection) -> None:
    """Whether somebody may have a template of their own of this connection: not every key is for that."""
    require(person, "manage", Resource("template", person.id, connection=connection.id))


def _without_braces(text: str) -> str:
    """Braces of a question that was asked are no placeholders."""
    return text.replace("{", "(").replace("}", ")")
