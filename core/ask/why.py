"""Why a question became this SQL: what was linked, the prompt, and the guard's verdict, worked out again at 0 tokens.

Linking, prompt and guard are pure: the same question over the same catalog gives them again, so that nothing of them
has to be kept. What changed since the question was asked shows in them.
"""

import asyncio
from dataclasses import dataclass

from core.ask.draft import request_for
from core.ask.journal import Journal
from core.ask.known import look_up
from core.ask.road import Asked, Ledger, Road, Walk
from core.model.base import Prompt
from core.schema import Linked
from core.sql.guard import check
from core.sql.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Why:
    """What an answer was made of."""

    question: str
    connection: str
    linked: Linked
    prompt: Prompt | None
    """What a model is given; None where the built-in writer writes."""
    verdict: Verdict | None
    """Of the SQL that was written; None when none was."""


async def why(road: Road, asked: Asked, sql: str | None) -> Why:
    """Work it out for a question that was asked, and the SQL it became. Raises what looking it up raises."""
    walk = Walk(road, asked, Ledger(), lambda step: None, asyncio.Event(), Journal(asked.id))
    known = await look_up(walk)
    linker = await road.linkers.of(known.connection.id, known.entry)
    request = request_for(walk, known, linker)
    verdict = check(sql, known.schema.dialect, known.schema, road.limits.rows, known.private) if sql else None
    return Why(asked.question.text, known.connection.name, request.linked, request.prompt, verdict)
