"""Who sits at this terminal, and what it can show."""

import getpass
from io import TextIOWrapper
from zoneinfo import ZoneInfoNotFoundError

from rich.console import Console
from tzlocal import get_localzone_name

from core.chat import Actor
from core.people.people import LOCAL_WORKSPACE


def whoever(language: str) -> Actor:
    """Whoever runs the command. A container's account without a name in the system's list is "operator"."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "operator"
    return Actor("terminal", LOCAL_WORKSPACE, name[:100], name[:100], locale=language, timezone=_timezone())


def _timezone() -> str:
    """The machine's time zone by its IANA name; UTC where the machine does not name one."""
    try:
        return get_localzone_name()
    except (ZoneInfoNotFoundError, LookupError, ValueError):
        return "UTC"


def console(stream: object) -> Console:
    """A console that prints a question mark for what an old terminal's encoding lacks, rather than fail."""
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="replace")
    return Console(highlight=False)
