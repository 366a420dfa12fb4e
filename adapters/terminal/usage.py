"""Use, for a shell: one person's, everybody's, and lists of it as CSV."""

import json
import sys
from dataclasses import asdict
from datetime import date
from decimal import Decimal

from rich.console import Console

from adapters.terminal.here import console, whoever
from adapters.terminal.render import draw
from core.ask.present.use import dashboard_reply, usage_reply
from core.ask.service import Service
from core.chat import Reply
from core.export.csv_file import csv_chunks
from core.figures import Dashboard, Listing, PersonUsage, Span


async def show(
    service: Service, *, person: str | None = None, language: str, as_json: bool = False, out: Console | None = None
) -> None:
    """Print what somebody has used, by e-mail address or id; without either, whoever runs the command.

    Raises `BadEdit` for somebody unknown.
    """
    actor = whoever(language)
    found = await (service.usage.mine(actor) if person is None else service.usage.of(actor, person))
    if as_json:
        _print_json(found, out)
    else:
        _print(usage_reply(found, language, actor.timezone, whose=person or ""), out)


async def dashboard(
    service: Service, span: Span, *, language: str, as_json: bool = False, out: Console | None = None
) -> None:
    """Print everybody's use within a span. Raises `NotAllowed`."""
    found = await service.usage.dashboard(whoever(language), span)
    if as_json:
        _print_json(found, out)
    else:
        _print(dashboard_reply(found, language), out)


async def csv(service: Service, what: Listing, span: Span, *, language: str) -> bytes:
    """A list as CSV, whole. Raises `NotAllowed`."""
    return b"".join(csv_chunks(await service.usage.table(whoever(language), what, span)))


def _print(reply: Reply, out: Console | None) -> None:
    out = out or console(sys.stdout)
    out.print(draw(reply, out.width))


def _print_json(found: PersonUsage | Dashboard, out: Console | None) -> None:
    """One object on one line, and nothing else."""
    out = out or console(sys.stdout)
    out.file.write(json.dumps(asdict(found), ensure_ascii=False, default=_plain) + "\n")
    out.file.flush()


def _plain(value: object) -> str:
    """Money with all its digits, days and moments as ISO 8601."""
    match value:
        case Decimal():
            return f"{value:f}"
        case date():
            return value.isoformat()
    raise TypeError(f"no figure is a {type(value).__name__}")
