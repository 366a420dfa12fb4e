"""What a door may ask of the settings that change while running: `Service.config`. For administrators alone.

A setting that has a form and a command of its own (limits, alerts) is shown here and changed there: they check more
than a type can, and do more, such as telling those who wait for a limit.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from pydantic import ValidationError
from sqlalchemy import RowMapping, select
from sqlalchemy.ext.asyncio import AsyncSession

from core import config
from core.ask.refused import notes_refusals
from core.ask.road import Road
from core.ask.run_time_settings import EACH, SETTINGS, Declared
from core.chat import Actor
from core.config import HIDDEN, Setting
from core.errors import BadEdit
from core.locale import say
from core.people.permission import Resource, require
from core.people.person import Person
from core.records import SettingLine
from core.storage.models import SystemConfig, User
from core.storage.session import persistently

_KEY: Final = re.compile(r"[A-Za-z0-9_.:@-]{1,100}")

_NAMED: Final = 100
"""Characters of a key, a place or an option that an error names."""

_PROBLEMS: Final = {
    "int_type": "config.not_a_number", "int_parsing": "config.not_a_number", "int_from_float": "config.not_a_number",
    "float_type": "config.not_a_number", "float_parsing": "config.not_a_number", "finite_number": "config.not_a_number",
    "decimal_type": "config.not_a_number", "decimal_parsing": "config.not_a_number",
    "bool_type": "config.not_yes_or_no", "bool_parsing": "config.not_yes_or_no",
    "string_type": "config.not_a_text",
    "greater_than_equal": "config.too_small", "less_than_equal": "config.too_large",
    "literal_error": "config.not_one_of", "enum": "config.not_one_of",
}  # fmt: skip
"""The kinds of what pydantic finds wrong, as codes of ours; any other is config.bad_value."""


@notes_refusals
@dataclass(frozen=True)
class ConfigDesk:
    """Settings, listed and changed. Every method raises `NotAllowed` unless the actor is an administrator."""

    road: Road
    settings: Sequence[Declared] = SETTINGS

    async def list(self, actor: Actor) -> tuple[SettingLine, ...]:
        """Every setting there is, by key: what is declared, and of those for many subjects what is set."""
        await self._administrator(actor)
        async with self.road.store.reading() as session:
            stored = await _stored(session)
        lines = [
            self._line(one, setting, stored.get(setting.key), actor.locale)
            for one in self.settings
            for setting in _each(one, stored)
        ]
        return tuple(sorted(lines, key=lambda one: one.key))

    async def get(self, actor: Actor, key: str) -> SettingLine:
        """One of them. Raises `BadEdit` (config.unknown)."""
        await self._administrator(actor)
        declared, setting = self._declared(key)
        async with self.road.store.reading() as session:
            stored = await _stored(session, setting.key)
        return self._line(declared, setting, stored.get(setting.key), actor.locale)

    async def set(self, actor: Actor, key: str, value: Any) -> SettingLine:
        """Set it to a JSON value; it holds from now on, in every process. Returned as it is then.

        Raises `BadEdit`: config.unknown, config.elsewhere (it has a form of its own), config.too_long (of a sensitive
        one), and for a value that does not fit config.not_a_number, .not_yes_or_no, .not_a_text, .too_small (`least`),
        .too_large (`most`), .not_one_of (`options`), .bad_value. Each says which `part` of the value; none has it.
        """
        person = await self._administrator(actor)
        setting = self._changeable(key, actor)
        wanted = _checked(setting, value)

        async def write() -> None:
            road = self.road
            async with road.store.writing() as session:
                await config.write(
                    session, setting, wanted, by=person.id, now=road.clock(), keyring=road.connections.keyring
                )

        await persistently(write)
        return await self.get(actor, key)

    async def unset(self, actor: Actor, key: str) -> SettingLine:
        """Let its default hold again. Raises `BadEdit` (config.unknown, config.elsewhere)."""
        person = await self._administrator(actor)
        setting = self._changeable(key, actor)

        async def write() -> None:
            async with self.road.store.writing() as session:
                await config.remove(session, setting, by=person.id, now=self.road.clock())

        await persistently(write)
        return await self.get(actor, key)

    def _declared(self, key: str) -> tuple[Declared, Setting[Any]]:
        if _KEY.fullmatch(key):
            for one in self.settings:
                if (setting := one.of(key)) is not None:
                    return one, setting
        raise BadEdit("config.unknown", key=key[:_NAMED])

    def _changeable(self, key: str, actor: Actor) -> Setting[Any]:
        declared, setting = self._declared(key)
        if declared.elsewhere:
            raise BadEdit("config.elsewhere", key=key, where=_elsewhere(declared, actor.locale))
        return setting

    def _line(self, declared: Declared, setting: Setting[Any], row: RowMapping | None, locale: str) -> SettingLine:
        default = declared.default(self.road)
        line = SettingLine(
            key=setting.key,
            description=say(locale, declared.words),
            value=_json(setting, default),
            default=_json(setting, default),
            is_set=row is not None,
            is_sensitive=setting.sensitive,
            schema=setting.kind.json_schema(),
            elsewhere=_elsewhere(declared, locale),
        )
        if row is None:
            return line
        # What cannot be read does not hold: what is shown is what does.
        value = HIDDEN if setting.sensitive else _json(setting, config.value_of(setting, row["config_value"], default))
        at = row["updated_at"] or row["created_at"]
        return replace(line, value=value, changed_at=at, changed_by=row["full_name"] or "")

    async def _administrator(self, actor: Actor) -> Person:
        person = await self.road.people.meet(actor)
        require(person, "administer", Resource("system"))
        return person


async def _stored(session: AsyncSession, key: str | None = None) -> dict[str, RowMapping]:
    """What is set, by key: everything or one of them."""
    wanted = select(
        SystemConfig.config_key, SystemConfig.config_value, SystemConfig.created_at, SystemConfig.updated_at,
        User.full_name,
    ).join(User, User.id == SystemConfig.updated_by, isouter=True)  # fmt: skip
    if key is not None:
        wanted = wanted.where(SystemConfig.config_key == key)
    return {row["config_key"]: row for row in (await session.execute(wanted)).mappings()}


def _each(declared: Declared, stored: dict[str, RowMapping]) -> list[Setting[Any]]:
    if not declared.setting.key.endswith(EACH):
        return [declared.setting]
    return [setting for key in stored if (setting := declared.of(key)) is not None]


def _elsewhere(declared: Declared, locale: str) -> str:
    return say(locale, f"config.elsewhere.{declared.elsewhere}") if declared.elsewhere else ""


def _json(setting: Setting[Any], value: Any) -> Any:
    return setting.kind.dump_python(value, mode="json")


def _checked(setting: Setting[Any], value: Any) -> Any:
    """The value as its type has it. Raises `BadEdit`, without the value and without pydantic's own text."""
    try:
        return setting.kind.validate_python(value)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_context=True, include_input=False)[0]
        part = ".".join(str(one) for one in first["loc"])[:_NAMED] or setting.key
        context = first.get("ctx", {})
        code = _PROBLEMS.get(first["type"], "config.bad_value")
        raise BadEdit(
            code,
            part=part,
            least=context.get("ge", ""),
            most=context.get("le", ""),
            options=str(context.get("expected", "")).replace("'", "")[:_NAMED],
        ) from None
    except (TypeError, RecursionError):
        raise BadEdit("config.bad_value", part=setting.key) from None
