"""Settings as administrators list and change them: validated, audited, masked, in force at once everywhere."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, TypeAdapter
from sqlalchemy import select

import core
from bot.wiring import House
from core.ask.config_desk import ConfigDesk
from core.ask.run_time_settings import SETTINGS, Declared
from core.config import HIDDEN, Setting
from core.errors import BadEdit, NotAllowed
from core.locale import error_words
from core.locale.words import LANGUAGES, catalogue
from core.storage.models import AuditLog
from tests.houses import ADMINISTRATOR, LEE, open_house, settings_for

HOURS: Setting[int] = Setting("test.hours", TypeAdapter(Annotated[int, Field(ge=1, le=24)]), "Hours.")
MODE: Setting[Any] = Setting("test.mode", TypeAdapter(Literal["open", "closed"]), "A mode.")
FLAG: Setting[bool] = Setting("test.flag", TypeAdapter(bool), "A flag.")
WORD: Setting[str] = Setting("test.word", TypeAdapter(str), "A secret word.", sensitive=True)
EACH: Setting[int] = Setting("test.each.*", TypeAdapter(int), "One each.")


class _Described(Declared):
    """A test's own has no words in the catalogue."""

    @property
    def words(self) -> str:
        return "config.description.alerts"


OWN = tuple(
    _Described(setting, lambda _road, default=default: default)  # type: ignore[misc]
    for setting, default in ((HOURS, 8), (MODE, "open"), (FLAG, False), (WORD, ""), (EACH, 0))
)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(settings_for(tmp_path)) as built:
        yield built


@pytest.fixture
def desk(house: House) -> ConfigDesk:
    return ConfigDesk(house.road, (*SETTINGS, *OWN))


def _settings() -> set[str]:
    """The key of every setting that a module of the core declares."""
    found = set()
    for module in walk_packages(core.__path__, "core."):
        if not module.name.endswith("__main__"):
            values = vars(import_module(module.name)).values()
            found |= {one.key for one in values if isinstance(one, Setting)}
    return found


def test_every_setting_of_the_core_is_declared_and_described() -> None:
    assert _settings() == {one.setting.key for one in SETTINGS}
    for language in LANGUAGES:
        assert {one.words for one in SETTINGS} <= catalogue(language).keys()


async def test_every_setting_is_listed_with_what_holds(desk: ConfigDesk, house: House) -> None:
    lines = {one.key: one for one in await desk.list(ADMINISTRATOR)}
    assert lines["quota.everyone"].value == {"hour": 1000, "day": 10000, "month": 100000}
    assert lines["alerts"].elsewhere == "colloquery alerts set"
    assert lines["connections.added_by"].value == "members"
    assert lines["test.hours"].schema == {"type": "integer", "minimum": 1, "maximum": 24}
    assert not any(one.is_set for one in lines.values())
    await desk.set(ADMINISTRATOR, "test.each.b", 5)
    await desk.set(ADMINISTRATOR, "connections.added_by", "administrators")
    lines = {one.key: one for one in await desk.list(ADMINISTRATOR)}
    assert (lines["test.each.b"].value, lines["test.each.b"].default) == (5, 0)
    assert list(lines) == sorted(lines)
    changed = lines["connections.added_by"]
    assert (changed.value, changed.is_set, changed.changed_by) == ("administrators", True, "Owner")
    assert changed.changed_at is not None
    korean = await desk.get(replace(ADMINISTRATOR, locale="ko"), "connections.added_by")
    assert "연결" in korean.description


async def test_a_setting_is_set_and_unset_and_audited(desk: ConfigDesk, house: House) -> None:
    assert (await desk.set(ADMINISTRATOR, "test.hours", 12)).value == 12
    unset = await desk.unset(ADMINISTRATOR, "test.hours")
    assert (unset.value, unset.is_set) == (8, False)
    async with house.store.reading() as session:
        rows = await session.scalars(
            select(AuditLog).where(AuditLog.action == "config.changed").order_by(AuditLog.timestamp)
        )
        assert [(row.old_values, row.new_values) for row in rows] == [
            (None, {"test.hours": 12}),
            ({"test.hours": 12}, None),
        ]


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("test.hours", "canary", "config.not_a_number"),
        ("test.hours", 0, "config.too_small"),
        ("test.hours", 25, "config.too_large"),
        ("test.hours", 1.5, "config.not_a_number"),
        ("test.hours", [1], "config.not_a_number"),
        ("test.hours", None, "config.not_a_number"),
        ("test.mode", "canary", "config.not_one_of"),
        ("test.flag", "canary", "config.not_yes_or_no"),
        ("test.word", 5, "config.not_a_text"),
        ("test.word", "canary" * 100, "config.too_long"),
        ("alerts", {}, "config.elsewhere"),
        ("quota.everyone", {}, "config.elsewhere"),
        ("quota.person.somebody", {}, "config.elsewhere"),
        ("demo.offered", False, "config.unknown"),
        ("test.each.", 1, "config.unknown"),
        ("test.each.*", 1, "config.unknown"),
        ("test.each.a b", 1, "config.unknown"),
        ("test.each." + "x" * 100, 1, "config.unknown"),
        ("x\u202e\n", 1, "config.unknown"),
    ],
)
async def test_what_does_not_fit_is_refused_in_words(desk: ConfigDesk, key: str, value: Any, code: str) -> None:
    with pytest.raises(BadEdit) as refusal:
        await desk.set(ADMINISTRATOR, key, value)
    assert refusal.value.code == code
    for language in LANGUAGES:
        assert "canary" not in " ".join(error_words(language, refusal.value))
    if code in ("config.unknown", "config.elsewhere"):
        with pytest.raises(BadEdit):
            await desk.unset(ADMINISTRATOR, key)


async def test_a_sensitive_setting_is_never_returned(desk: ConfigDesk, house: House) -> None:
    assert (await desk.get(ADMINISTRATOR, "test.word")).value == ""
    for line in (await desk.set(ADMINISTRATOR, "test.word", "canary"), await desk.get(ADMINISTRATOR, "test.word")):
        assert (line.value, line.is_set, line.is_sensitive) == (HIDDEN, True, True)
    assert "canary" not in repr(await desk.list(ADMINISTRATOR))
    async with house.store.reading() as session:
        audited = (await session.scalars(select(AuditLog).where(AuditLog.action == "config.changed"))).one()
    assert audited.new_values == {"test.word": HIDDEN}
    assert b"canary" not in (house.settings.data_dir / "app_data.db").read_bytes()


async def test_only_administrators_see_and_change(desk: ConfigDesk, house: House) -> None:
    for work in (
        desk.list(LEE),
        desk.get(LEE, "test.hours"),
        desk.set(LEE, "test.hours", 3),
        desk.unset(LEE, "test.hours"),
    ):
        with pytest.raises(NotAllowed):
            await work
    assert (await desk.get(ADMINISTRATOR, "test.hours")).value == 8
    async with house.store.reading() as session:
        refused = (await session.scalars(select(AuditLog).where(AuditLog.action == "access.refused"))).all()
    assert [(row.new_values or {})["asked"] for row in refused] == [
        "config.list", "config.get", "config.set", "config.unset",
    ]  # fmt: skip


_OTHER = """
import asyncio, json, sys
from pathlib import Path
from tests.houses import ADMINISTRATOR, open_house, settings_for

async def main():
    async with open_house(settings_for(Path(sys.argv[1]), sys.argv[2])) as house:
        for line in sys.stdin:
            what, *rest = json.loads(line)
            done = await getattr(house.service.config, what)(ADMINISTRATOR, *rest)
            print(json.dumps(done.value), flush=True)

asyncio.run(main())
"""


async def test_a_change_holds_in_another_process_that_runs(tmp_path: Path, empty_url: str) -> None:
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _OTHER, str(tmp_path), empty_url,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert other.stdin is not None and other.stdout is not None

    async def there(*what: object) -> object:
        assert other.stdin is not None and other.stdout is not None
        other.stdin.write(json.dumps(what).encode() + b"\n")
        await other.stdin.drain()
        return json.loads(await asyncio.wait_for(other.stdout.readline(), 60))

    async with open_house(settings_for(tmp_path, empty_url)) as house:
        config = house.service.config
        assert await there("get", "connections.refresh_hours") == 24
        await config.set(ADMINISTRATOR, "connections.refresh_hours", 6)
        assert await there("get", "connections.refresh_hours") == 6
        assert await there("set", "connections.refresh_hours", 3) == 3
        assert (await config.get(ADMINISTRATOR, "connections.refresh_hours")).value == 3
        await config.unset(ADMINISTRATOR, "connections.refresh_hours")
        assert await there("get", "connections.refresh_hours") == 24
    other.stdin.close()
    assert await asyncio.wait_for(other.wait(), 60) == 0
