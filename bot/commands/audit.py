"""`colloquery audit`: who did what, and the proof that nobody changed it."""

import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bot.commands.common import default_language, run
from bot.demo import operator
from bot.wiring import House
from core.ask.audit_desk import MOST_LISTED
from core.ask.present.audit_lines import values_text
from core.ask.present.visible import one_line
from core.audit.chain import head_of
from core.errors import BadEdit
from core.locale import format_date, format_number, say
from core.records import AuditDamage, AuditLine, AuditSearch, AuditVerdict

app = typer.Typer(help="Who did what, and the proof that nobody changed it.", no_args_is_help=True)

Who = Annotated[str, typer.Option("--who", help="A person's e-mail address or id.")]
Action = Annotated[
    str, typer.Option("--action", help="An action, as in connection.added, or its beginning: connection.")
]
Resource = Annotated[str, typer.Option("--resource", help="A kind of thing, or one of it: connection, connection:ID.")]
Success = Annotated[bool | None, typer.Option("--done/--refused", help="Only what was done, or only what was not.")]
Since = Annotated[str, typer.Option("--since", help="A day or a moment: 2026-06-15, 2026-06-15T10:30.")]
Until = Annotated[str, typer.Option("--until", help="A day or a moment; what is listed was before it.")]
Origin = Annotated[str, typer.Option("--from", help="A part of the address or the program that it came from.")]


@app.command("list")
def listed(
    who: Who = "",
    action: Action = "",
    resource: Resource = "",
    success: Success = None,
    since: Since = "",
    until: Until = "",
    origin: Origin = "",
    most: Annotated[int, typer.Option("--most", min=1, max=10_000, help="Lines at most.")] = 50,
    values: Annotated[bool, typer.Option("--values", help="Show old and new values, too.")] = False,
) -> None:
    """Show what was done, the newest first."""

    async def work(house: House) -> None:
        zone, language = house.settings.zone, default_language()
        wanted = _search(zone, who, action, resource, success, since, until, origin)
        actor, after, left = operator(language), "", most
        while left > 0:
            page = await house.service.audit.search(actor, wanted, after=after, most=min(left, MOST_LISTED))
            for one in page.lines:
                _print(one, language, house.settings.timezone, values=values)
            left, after = left - len(page.lines), page.next
            if not after:
                break
        if left == most:
            typer.echo(say(language, "audit.said.nothing"))

    run(work)


@app.command("export")
def export(
    who: Who = "",
    action: Action = "",
    resource: Resource = "",
    success: Success = None,
    since: Since = "",
    until: Until = "",
    origin: Origin = "",
    file: Annotated[Path | None, typer.Option("--file", "-o", dir_okay=False, help="Else standard output.")] = None,
) -> None:
    """Write every line that fits as CSV, the newest first. That it was taken is in the audit."""

    async def work(house: House) -> None:
        wanted = _search(house.settings.zone, who, action, resource, success, since, until, origin)
        chunks = await house.service.audit.csv(operator(default_language()), wanted)
        await _write(chunks, file)

    run(work)


@app.command("verify")
def verify(
    head: Annotated[
        list[str] | None,
        typer.Option("--head", help="A head that was noted elsewhere, NUMBER:SEAL; may be given several times."),
    ] = None,
) -> None:
    """Walk the whole chain of seals and say what was changed. Exit code 1 when anything was."""
    heads = tuple(map(head_of, head or ()))

    async def work(house: House) -> bool:
        language = default_language()
        verdict = await house.service.audit.verify(operator(language), heads)
        _print_verdict(verdict, language, house.settings.timezone)
        return verdict.is_whole

    raise typer.Exit(0 if run(work) else 1)


def _search(
    zone: ZoneInfo, who: str, action: str, resource: str, success: bool | None, since: str, until: str, origin: str
) -> AuditSearch:
    kind, _, thing = resource.partition(":")
    wanted = AuditSearch(who=who, action=action, resource_type=kind, resource_id=thing, success=success, origin=origin)
    return replace(wanted, since=_moment(since, zone), until=_moment(until, zone))


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    """A moment as people write it; without a zone, in that of the quotas' calendar."""
    if not text.strip():
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise BadEdit("audit.bad_search") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


async def _write(chunks: AsyncIterator[bytes], file: Path | None) -> None:
    if file is None:
        async for chunk in chunks:
            sys.stdout.buffer.write(chunk)
        sys.stdout.flush()
        return
    try:
        with file.open("wb") as opened:
            async for chunk in chunks:
                opened.write(chunk)
    except OSError:
        raise typer.BadParameter("the file cannot be written", param_hint="--file") from None


def _print(one: AuditLine, language: str, timezone: str, *, values: bool) -> None:
    who = one_line(one.name or one.email) or say(language, "audit.said.nobody")
    parts = [format_date(language, one.at, timezone), who, f"{one_line(one.words)} ({one_line(one.action)})"]
    if one.resource_id:
        parts.append(one_line(f"{one.resource_type}:{one.resource_id}"))
    if one.ip:
        parts.append(one_line(one.ip))
    if not one.success:
        parts.append(say(language, "audit.said.refused", why=one_line(one.why), code=one_line(one.code or "")))
    typer.echo(" · ".join(parts))
    if values:
        for sign, told in (("-", one.old), ("+", one.new)):
            if told is not None:
                typer.echo(f"    {sign} {values_text(told)}")


def _print_verdict(verdict: AuditVerdict, language: str, timezone: str) -> None:
    if verdict.sealed_now:
        typer.echo(say(language, "audit.said.sealed_now", lines=format_number(language, verdict.sealed_now)))
    for one in verdict.damage:
        typer.echo(_damage_words(one, language, timezone))
    lines = format_number(language, verdict.lines)
    since = format_date(language, verdict.since, timezone) if verdict.since else "–"
    if verdict.is_whole:
        typer.echo(say(language, "audit.said.whole", lines=lines, since=since))
    else:
        damaged = format_number(language, verdict.damaged)
        typer.echo(say(language, "audit.said.damaged", lines=lines, since=since, damaged=damaged))
    if verdict.head:
        typer.echo(say(language, "audit.said.head", head=verdict.head))


def _damage_words(one: AuditDamage, language: str, timezone: str) -> str:
    numbers = str(one.number or "–") if one.last in (None, one.number) else f"{one.number}–{one.last}"
    return say(
        language,
        f"audit.damage.{one.kind}",
        number=numbers,
        line=one_line(one.audit_id or "–"),
        at=format_date(language, one.at, timezone) if one.at else "–",
        key=one_line(one.key_id or ""),
    )
