"""A button that was pressed, or a form that was sent: out of an activity.

What it carries is data that anybody can write. The core looks up what a value names with the rights of whoever
pressed; nothing here believes any of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from adapters.chat.text import Json, cut
from adapters.teams import limits
from adapters.teams.activity import LANGUAGE, NAME, SENT, VALUE, data_of
from adapters.teams.door import Door
from core.chat import Actor, Place

_OURS = frozenset({NAME, VALUE, SENT, LANGUAGE, "msteams", "type"})
_MOST_FIELDS = 50


@dataclass(frozen=True, slots=True)
class Press:
    """A button that was pressed: by whom, where, and what it carried."""

    actor: Actor
    place: Place
    value: str
    key: str
    """The id of the activity that brought it: the same at every delivery of the same press."""
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What stood in the fields of a form, by their ids: a password among them."""
    message: str = ""
    """The activity id of the message it stands in; empty when Teams does not say."""

    def about(self, value: str) -> "Press":
        """The same, of a button that carries something else."""
        return replace(self, value=value)


async def read(door: Door, activity: Json) -> Press:
    """A press out of the activity that brought it. Raises as `Door.actor_of` does."""
    data = data_of(activity)
    value = data.get(VALUE)
    return Press(
        actor=await door.actor_of(activity),
        place=await door.place_of(activity),
        value=value if isinstance(value, str) else "",
        key=str(activity.get("id") or ""),
        fields=_fields(data),
        message=str(activity.get("replyToId") or ""),
    )


def name_of(activity: Json) -> str:
    """The name of the button or the form."""
    return str(data_of(activity).get(NAME) or "")


def is_form(activity: Json) -> bool:
    """Whether it is a form that was sent."""
    return SENT in data_of(activity)


def _fields(data: Json) -> dict[str, str]:
    # Longer than what a field takes is cut one sign later, so that the core still sees that it is too long.
    found = [(name, cut(_text(typed), limits.INPUT + 1)) for name, typed in data.items() if name not in _OURS]
    return dict(found[:_MOST_FIELDS])


def _text(typed: object) -> str:
    if isinstance(typed, bool):
        return "true" if typed else "false"
    return str(typed) if isinstance(typed, str | int | float) else ""
