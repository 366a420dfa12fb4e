"""A template as the store holds it, and who may see it."""

from collections.abc import Container
from dataclasses import dataclass

from core.people.permission import Resource, may
from core.people.person import Person
from core.saved import Parameter

EXAMPLE = "example"
"""The category of answers that an administrator called right: nobody wrote them, so no list has them by itself."""


@dataclass(frozen=True, slots=True)
class Template:
    """A row of query_templates with its row of template_details."""

    id: str
    owner_id: str | None
    """None: it belongs to nobody and is public."""
    owner: str
    """The owner's name, or empty."""
    name: str
    question: str
    sql: str
    parameters: tuple[Parameter, ...]
    description: str
    category: str
    connection_id: str | None
    recorded: bool
    """Whether a connection was recorded for it; without one it is of every database whose guard lets it run."""
    dialect: str
    """A sqlglot dialect name; empty when it was not recorded."""
    is_public: bool
    is_verified: bool
    usage_count: int
    checked_hash: str | None
    problem: str

    @property
    def resource(self) -> Resource:
        """What `core.people.permission.may` is asked about."""
        return Resource("template", self.owner_id, connection=self.connection_id)

    @property
    def is_shared(self) -> bool:
        """Everybody who may ask its database uses it."""
        return self.is_public or self.is_verified or self.owner_id is None

    @property
    def is_example(self) -> bool:
        """An answer that an administrator called right."""
        return self.category == EXAMPLE

    def belongs_to(self, person: Person) -> bool:
        """Whether it is their own."""
        return self.owner_id == person.id


def sees(person: Person, template: Template, usable: Container[str]) -> bool:
    """Whether somebody sees a template. `usable`: the ids of the connections that they may ask.

    Of a database that they may not ask nobody sees a template, be it their own. Of one whose connection is gone only
    its owner and administrators do, to give it another or to delete it.
    """
    theirs = template.belongs_to(person) or may(person, "administer", Resource("template")).allowed
    if not template.recorded:
        return theirs or template.is_shared
    if template.connection_id is None:
        return theirs
    return template.connection_id in usable and (theirs or template.is_shared)
