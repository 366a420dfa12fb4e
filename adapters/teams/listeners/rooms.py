"""All buttons and forms by their names, from the listeners that know what they do."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from adapters.teams.dialogs import Open, Work
from adapters.teams.listeners import actions, connections, feedback, home, schedules, sign_in, templates, usage
from adapters.teams.listeners.actions import Act

Does = TypeVar("Does")


def merged(tables: Iterable[Mapping[str, Does]]) -> dict[str, Does]:
    """One table of several. Raises `ValueError` for a name that is in two of them."""
    made: dict[str, Does] = {}
    for table in tables:
        if twice := made.keys() & table.keys():
            raise ValueError(f"two listeners of one name: {sorted(twice)}")
        made |= table
    return made


ACTS: dict[str, Act] = merged(
    (actions.ACTS, feedback.ACTS, home.ACTS, templates.ACTS, usage.ACTS, connections.ACTS, schedules.ACTS)
)
"""What each button does."""

OPENS: dict[str, Open] = merged(
    (actions.OPENS, feedback.OPENS, sign_in.OPENS, templates.OPENS, usage.OPENS, connections.OPENS, schedules.OPENS)
)
"""What each button opens."""

SENT: dict[str, Work] = merged(
    (actions.SENT, feedback.SENT, templates.SENT, usage.SENT, connections.SENT, schedules.SENT)
)
"""What each form does when it is sent."""
