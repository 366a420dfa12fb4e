"""Templates in a list: what is shown of one, and what a search finds."""

import unicodedata
from collections.abc import Mapping

from core.connections.connection import Connection
from core.people.permission import may
from core.people.person import Person
from core.saved import SavedTemplate
from core.templates.template import Template


def shown(template: Template, person: Person, usable: Mapping[str, Connection]) -> SavedTemplate:
    """A template as this person sees it; `usable`: the connections that they may ask, by id."""
    connection = usable.get(template.connection_id or "")
    return SavedTemplate(
        id=template.id,
        name=template.name,
        question=template.question,
        sql=template.sql,
        parameters=template.parameters,
        description=template.description,
        category=template.category,
        connection=connection.name if connection else "",
        owner=template.owner,
        is_mine=template.belongs_to(person),
        may_change=may(person, "manage", template.resource).allowed,
        is_public=template.is_public or template.owner_id is None,
        is_verified=template.is_verified,
        usage_count=template.usage_count,
        problem=template.problem,
    )


def fits_search(template: Template, search: str) -> bool:
    """Whether every word of a search stands in its name, question, description or category, whatever case and width."""
    text = _plain(" ".join((template.name, template.question, template.description, template.category)))
    return all(word in text or word in text.replace(" ", "") for word in _plain(search).split())


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
