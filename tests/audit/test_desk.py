"""The audit as administrators read it: searched, paged, taken along, proven; and that refusals are in it."""

import asyncio
import csv
import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from inspect import iscoroutinefunction, signature
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.wiring import House
from core.audit.origin import acting_from
from core.errors import BadEdit, NotAllowed
from core.ids import new_id
from core.records import AuditHead, AuditPage, AuditSearch
from core.storage.models import AuditLog, User
from core.upkeep.audit import seal_audit
from tests.audit.writing import NOW, line, write
from tests.houses import ADMINISTRATOR, LEE, add_sqlite, ask, make_shop, open_house, settings_for


@pytest.fixture
async def house(tmp_path: Path, empty_url: str) -> AsyncIterator[House]:
    async with open_house(settings_for(tmp_path, empty_url)) as built:
        yield built


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(settings_for(tmp_path)) as built:
        await add_sqlite(built, make_shop(tmp_path / "shop.db"))
        yield built


async def _all(house: House, wanted: AuditSearch, most: int = 7) -> list[str]:
    found: list[str] = []
    page = AuditPage((), "")
    while True:
        page = await house.service.audit.search(ADMINISTRATOR, wanted, after=page.next, most=most)
        found += [one.id for one in page.lines]
        if not page.next:
            return found


async def _kim(house: House) -> str:
    async with house.store.writing() as session:
        session.add(User(id="u-kim", email="kim@example.com", password_hash="!", full_name="Kim", is_active=False))
    return "u-kim"


async def test_lines_are_found_by_what_is_asked_for(house: House) -> None:
    kim = await _kim(house)
    rows = [
        line(NOW, user_id=kim, action="connection.added", resource_id="c1"),
        line(NOW + timedelta(seconds=1), user_id=kim, action="connection.given", resource_id="c2", ip_address=None),
        line(NOW + timedelta(seconds=2), action="connectionist.x", resource_type="other"),
        line(NOW + timedelta(seconds=3), action="query.run", success=False, error_message="people.guest"),
        line(NOW + timedelta(seconds=4), user_agent="Mozilla/5.0 100%_SURE", ip_address="2001:db8::1"),
    ]
    ids = await write(house.store, rows)
    since = NOW - timedelta(hours=1)

    async def found(**wanted: Any) -> list[int]:
        until = wanted.pop("until", NOW + timedelta(hours=1))
        return [
            ids.index(one)
            for one in await _all(house, AuditSearch(since=wanted.pop("since", since), until=until, **wanted))
        ]

    assert await found() == [4, 3, 2, 1, 0]
    assert await found(who="KIM@example.com") == [1, 0]
    assert await found(who=kim, resource_id="c2") == [1]
    assert await found(action="connection.") == [1, 0]
    assert await found(action="connection.added") == [0]
    assert await found(resource_type="other") == [2]
    assert await found(success=False) == [3]
    assert await found(origin="mozilla") == [4]
    assert await found(origin="100%_s") == [4]
    assert await found(origin="%") == [4]
    assert await found(origin="2001:DB8") == [4]
    assert await found(since=NOW + timedelta(seconds=1), until=NOW + timedelta(seconds=3)) == [2, 1]
    shown = (await house.service.audit.search(replace(ADMINISTRATOR, locale="ko"), AuditSearch(who=kim))).lines[0]
    assert (shown.name, shown.email, shown.words) == ("Kim", "kim@example.com", "연결을 열어 주었어요")
    refused = (await house.service.audit.search(ADMINISTRATOR, AuditSearch(success=False))).lines[0]
    assert refused.why and refused.code == "people.guest"


async def test_pages_hold_every_line_once_though_times_are_equal(house: House) -> None:
    ids = await write(house.store, [line(NOW) for _ in range(50)])
    found = await _all(house, AuditSearch(action="query.run"), most=7)
    assert found == sorted(ids, reverse=True)


@pytest.mark.parametrize(
    ("wanted", "named"),
    [
        (AuditSearch(), {"after": "canary"}),
        (AuditSearch(), {"after": "W10"}),
        (AuditSearch(), {"after": "x" * 10_000}),
        (AuditSearch(), {"most": 0}),
        (AuditSearch(), {"most": 201}),
        (AuditSearch(since=NOW.replace(tzinfo=None)), {}),
        (AuditSearch(until=NOW.replace(year=9999)), {}),
        (AuditSearch(action="x" * 201), {}),
        (AuditSearch(origin="a\0b"), {}),
        (AuditSearch(resource_id="\ud800"), {}),
        (AuditSearch(who="nobody@example.com"), {}),
        (AuditSearch(who=new_id()), {}),
    ],
)
async def test_what_cannot_be_looked_for_is_refused(small: House, wanted: AuditSearch, named: dict[str, Any]) -> None:
    with pytest.raises(BadEdit):
        await small.service.audit.search(ADMINISTRATOR, wanted, **named)


async def test_everything_that_fits_is_taken_along_and_runs_nothing(house: House) -> None:
    evil = '=HYPERLINK("http://x")'
    rows = [line(NOW + timedelta(seconds=number), resource_id=f"{number}") for number in range(2_300)]
    rows[0] |= {"user_agent": evil, "new_values": {"name": "a\u202e\nb"}, "resource_type": "=1+1"}
    await write(house.store, rows)
    chunks = await house.service.audit.csv(ADMINISTRATOR, AuditSearch(action="query.run"))
    text = b"".join([chunk async for chunk in chunks]).decode("utf-8-sig")
    heading, *lines = list(csv.reader(io.StringIO(text)))
    assert heading[:2] == ["Time (UTC)", "Person"]
    assert [one[7] for one in lines] == [f"{number}" for number in reversed(range(2_300))]
    assert (lines[-1][12], lines[-1][6]) == (f"'{evil}", "'=1+1")
    assert lines[-1][14] == r'{"name": "a\u202e\nb"}'.replace(r"\u202e", "\\u202e")
    async with house.store.reading() as session:
        (taken,) = (await session.scalars(select(AuditLog).where(AuditLog.action == "audit.exported"))).all()
    assert taken.new_values == {"action": "query.run"}


async def test_only_administrators_read_it_and_refusals_are_in_it(small: House) -> None:
    desk = small.service.audit
    with acting_from("203.0.113.9", "curl/8"):
        for work in (desk.search(LEE), desk.csv(LEE), desk.verify(LEE, [AuditHead(1, "a" * 64)])):
            with pytest.raises(NotAllowed):
                await work
        for _ in range(20):
            with pytest.raises(NotAllowed):
                await small.service.usage.dashboard(LEE)
    found = (await desk.search(ADMINISTRATOR, AuditSearch(success=False))).lines
    assert [(one.action, (one.new or {})["asked"], (one.new or {})["times"], one.ip) for one in reversed(found)] == [
        ("access.refused", "audit.search", 1, "203.0.113.9"),
        ("access.refused", "audit.csv", 1, "203.0.113.9"),
        ("access.refused", "audit.verify", 1, "203.0.113.9"),
        ("access.refused", "usage.dashboard", 1, "203.0.113.9"),
    ]
    assert {one.code for one in found} == {"people.not_administrator"}


async def test_what_was_refused_again_is_written_when_the_house_is_closed(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    async with open_house(settings) as house:
        for _ in range(20):
            with pytest.raises(NotAllowed):
                await house.service.usage.dashboard(LEE)
    async with open_house(settings) as house:
        found = (await house.service.audit.search(ADMINISTRATOR, AuditSearch(success=False))).lines
    assert [(one.new or {})["times"] for one in found] == [19, 1]


def test_every_desk_notes_its_refusals(small: House) -> None:
    """A new method or desk that takes an actor is wrapped like the others."""
    service = small.service
    desks = [service, *(one for name, one in vars(service).items() if not name.startswith("_"))]
    assert len(desks) > 5
    bare = []
    for desk in desks:
        for name, method in vars(type(desk)).items():
            if name.startswith("_") or not iscoroutinefunction(method):
                continue
            kinds = {str(one.annotation) for one in signature(method).parameters.values()}
            if any("Actor" in kind for kind in kinds) and not hasattr(method, "__wrapped__"):
                bare.append(f"{type(desk).__name__}.{name}")
    assert bare == []


async def test_the_audit_of_a_working_house_is_sealed_and_proven(small: House) -> None:
    await asyncio.gather(*(ask(small, f"SELECT {number}", LEE, thread=f"t{number}") for number in range(10)))
    road = small.road
    sealed = await seal_audit(road.sealing, road.refusals, road.clock())
    assert sealed >= 10
    verdict = await small.service.audit.verify(ADMINISTRATOR)
    assert verdict.is_whole and verdict.lines >= sealed
    head = verdict.head
    assert head is not None
    assert (await small.service.audit.verify(ADMINISTRATOR, [head])).is_whole
    assert not (await small.service.audit.verify(ADMINISTRATOR, [replace(head, seal="0" * 64)])).is_whole


async def test_files_and_questions_of_others_are_in_the_audit(small: House) -> None:
    _, reply = await ask(small, "How many customers are in Seoul?", LEE)
    await small.service.table_of(reply.question_id, LEE)
    await small.service.sql_of(reply.question_id, LEE)
    await small.service.sql_of(reply.question_id, ADMINISTRATOR)
    await small.service.usage.table(ADMINISTRATOR, "people")
    await small.service.saved.export(LEE)
    async with small.store.reading() as session:
        rows = (await session.scalars(select(AuditLog).order_by(AuditLog.timestamp))).all()
        lee = await session.scalar(select(User.id).where(User.email == "lee@example.com"))
    done = [(row.action, row.user_id == lee) for row in rows]
    assert done.count(("answer.exported", True)) == 1
    assert done.count(("answer.read", True)) == 0
    assert done.count(("answer.read", False)) == 1
    assert ("usage.exported", False) in done
    assert ("template.exported", True) in done
