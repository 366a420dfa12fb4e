"""The templates of one connection, made ready in memory for the questions it is asked."""

import logging
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from core.errors import ColloqueryError
from core.people.person import Person
from core.saved import Parameter
from core.schema import Schema
from core.templates.binding import read_template
from core.templates.filling import filled, known_values, read_values, sample
from core.templates.matching import Candidate, Fit, TemplateIndex
from core.templates.template import Template, sees
from core.templates.values import written_value

log = logging.getLogger(__name__)

_MOST_FRESH = 50
"""Templates of the small index beside the large one."""

_MOST_NEAR = 4


@dataclass(frozen=True, slots=True)
class Match:
    """A template that answers a question. Its SQL goes through the same guard as everybody's."""

    template: Template
    values: tuple[tuple[str, str], ...]
    """What its placeholders were read as, in the order of its parameters, defaults among them."""
    sql: str
    """With the values in it."""
    pinned: bool = False
    """The asker took it from the list."""


@dataclass(frozen=True, slots=True)
class Near:
    """A verified question like the one that was asked, and its SQL."""

    question: str
    sql: str


class _Allowed:
    """The ids of the templates that may answer somebody: asked one by one, since few of many come into question."""

    def __init__(self, ids: Container[str], templates: Mapping[str, Template], person: Person, usable: str) -> None:
        self._ids, self._templates, self._person, self._usable = ids, templates, person, (usable,)

    def __contains__(self, template_id: object) -> bool:
        template = self._templates.get(str(template_id))
        if template is None or template.id not in self._ids:
            return False
        return _answers(template, self._person) and sees(self._person, template, self._usable)


@dataclass(frozen=True, slots=True)
class _Part:
    """Templates in an index, and of each what the index was built of."""

    index: TemplateIndex
    asks: Mapping[str, tuple[str, tuple[Parameter, ...]]]


class Kept:
    """Nothing in it changes: another is made when a template or the schema has changed.

    An index of thousands takes a second to build, and somebody waits for it. So what `before` was built for the same
    schema is taken over, and what is new or asks something else since is a small index beside it, while that is small.
    """

    def __init__(
        self, connection_id: str, templates: Sequence[Template], schema: Schema, before: "Kept | None" = None
    ) -> None:
        self._connection_id = connection_id
        self._schema = schema
        self._templates = {one.id: one for one in templates if not one.problem}
        self._nears: dict[tuple[str, date], Near | None] = {}
        self._parts: tuple[_Part, ...]
        self._ids: tuple[Container[str], ...]
        if before is not None and before._schema is schema:
            base = before._parts[0]
            fresh = [one for one in self._templates.values() if base.asks.get(one.id) != _asks(one)]
            if len(fresh) <= _MOST_FRESH:
                self._parts = (base, _part(fresh, schema))
                self._ids = (self._templates.keys() - {one.id for one in fresh}, {one.id for one in fresh})
                return
        self._parts = (_part([*self._templates.values()], schema),)
        self._ids = (self._templates.keys(),)

    def match(self, person: Person, question: str, today: date) -> Match | None:
        """The template that this question means and may answer it for this person; None when none does.

        Of several that fit alike a verified one, then their own, then another.
        """
        fit = self._fit(person, question, today)
        if fit is None:
            return None
        best = self._templates[fit.id]
        if not best.is_verified and not best.belongs_to(person):
            own = self._fit(person, question, today, own=True)
            if own is not None and (own.exact, own.score) >= (fit.exact, fit.score):
                fit, best = own, self._templates[own.id]
        try:
            return bound(best, dict(fit.values), self._schema, today)
        except ColloqueryError as error:
            # What was read out of the question is no value after all: somebody else answers it.
            log.info("a template was not filled in: %s", error.code, extra={"template": best.id})
            return None

    def near(self, person: Person, question: str, today: date, but: str = "") -> tuple[Near, ...]:
        """Verified ones that are like the question, nearest first, at most four: examples for a writer."""
        verified = {one.id: one for one in self._templates.values() if one.is_verified}
        found: list[str] = []
        for part, ids in zip(reversed(self._parts), reversed(self._ids), strict=True):
            found += part.index.near(question, _Allowed(ids, verified, person, self._connection_id), _MOST_NEAR)
        nears = (self._near(self._templates[one], today) for one in found if one != but)
        return tuple(dict.fromkeys(near for near in nears if near is not None))[:_MOST_NEAR]

    def _fit(self, person: Person, question: str, today: date, *, own: bool = False) -> Fit | None:
        known = self._templates
        if own:
            known = {one.id: one for one in known.values() if one.belongs_to(person)}
        fits = (
            part.index.fits(question, _Allowed(ids, known, person, self._connection_id), today)
            for part, ids in zip(self._parts, self._ids, strict=True)
        )
        found = [fit for fit in fits if fit is not None]
        return max(found, key=lambda fit: (fit.exact, fit.score, known[fit.id].is_verified), default=None)

    def _near(self, template: Template, today: date) -> Near | None:
        key = template.id, today
        if key not in self._nears:
            self._nears[key] = _near(template, self._schema, today)
        return self._nears[key]


def bound(template: Template, given: Mapping[str, str], schema: Schema, today: date, *, pinned: bool = False) -> Match:
    """A template with values, its defaults where none is given.

    Raises `BadEdit` as `core.templates.filling.read_values` does, `QueryRefused`.
    """
    values = read_values(template.parameters, given, schema, today)
    sql = read_template(template.sql, schema.dialect).bind(values)
    written = tuple((name, written_value(value)) for name, value in values.items())
    return Match(template, written, sql, pinned)


def _answers(template: Template, person: Person) -> bool:
    """An administrator sees what others keep to themselves, but is not answered from it."""
    return template.is_shared or template.belongs_to(person)


def _part(templates: Sequence[Template], schema: Schema) -> _Part:
    first = sorted(templates, key=lambda one: not one.is_verified)
    index = TemplateIndex([_candidate(one, schema) for one in first])
    return _Part(index, {one.id: _asks(one) for one in templates})


def _asks(template: Template) -> tuple[str, tuple[Parameter, ...]]:
    return template.question, template.parameters


def _candidate(template: Template, schema: Schema) -> Candidate:
    choices = {one.name: values for one in template.parameters if (values := known_values(one, schema))}
    return Candidate(template.id, template.question, template.parameters, choices)


def _near(template: Template, schema: Schema, today: date) -> Near | None:
    """The template with sample values: a prompt shows SQL as it runs."""
    try:
        values = sample(template.parameters, schema, today)
        sql = read_template(template.sql, schema.dialect).bind(values)
    except (ColloqueryError, KeyError):
        return None  # of another dialect: no example for this one
    return Near(filled(template.question, {name: written_value(value) for name, value in values.items()}), sql)
