"""From where somebody acts: told once by the door that lets them in, read where an action is written down.

It travels beside the call, not through it: between the door and the line of audit lie rooms that have no use for it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """The address (at most 45 characters, as IPv6 needs) and the program that an action came from."""

    ip: str | None = None
    agent: str | None = None


_NOWHERE = Origin()
_origin: ContextVar[Origin] = ContextVar("colloquery_origin", default=_NOWHERE)


def origin() -> Origin:
    """From where the current task acts; nothing is known of what the house does by itself."""
    return _origin.get()


@contextmanager
def acting_from(ip: str | None, agent: str | None) -> Iterator[None]:
    """Whatever is done inside, and in tasks begun inside, comes from here. Both are cut to what their columns hold."""
    before = _origin.set(Origin(ip[:45] if ip else None, agent[:500] if agent else None))
    try:
        yield
    finally:
        _origin.reset(before)
