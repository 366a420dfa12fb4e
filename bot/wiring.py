"""Puts the house together: settings in, a running `House` out. The only place that knows every room and every door."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import Settings
from core.ask.announce import Announcements, Announcer
from core.ask.linkers import Linkers
from core.ask.road import Road
from core.ask.service import Deliver, Service
from core.catalog.catalog import Catalog
from core.connections.connections import Connections
from core.engines.base import Limits as QueryLimits
from core.engines.databases import Databases
from core.engines.hosts import HostPolicy
from core.model.base import Writer
from core.model.builtin import BuiltinWriter
from core.people.people import People
from core.storage.base import utc_now
from core.storage.crypto import load_or_make
from core.storage.migrate import upgrade
from core.storage.session import Store
from core.templates.templates import Templates
from core.usage.token_usage_service import TokenUsageService
from core.usage.windows import Limits as TokenLimits

if TYPE_CHECKING:
    from core.model.openai_writer import ModelSettings


@dataclass(frozen=True)
class House:
    """Everything assembled: what the doors, the scheduler and the command line are given."""

    settings: Settings
    store: Store
    road: Road
    service: Service
    announcements: Announcements


@asynccontextmanager
async def house(
    settings: Settings, doors: Mapping[str, Deliver | None], announcers: Mapping[str, Announcer] | None = None
) -> AsyncIterator[House]:
    """The house for these doors, its store at the newest revision; orderly closed at the end. Those platforms that can
    be told to post without a question have an announcer.

    Raises `BadSetting`, `StoreFailed`.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    secret = settings.secret_key.get_secret_value() if settings.secret_key else None
    key_file = settings.data_dir / "colloquery.key"
    keyring = load_or_make(secret, key_file)
    store = Store.open(settings.database_url, settings.data_dir)
    own_files = (
        (key_file, Path(store.url.database)) if store.dialect == "sqlite" and store.url.database else (key_file,)
    )
    databases = Databases(HostPolicy(settings.allowed_hosts, closed=own_files))
    writer = _writer(settings)
    try:
        await upgrade(store)
        connections = Connections(store, keyring)
        road = Road(
            store=store,
            people=People(store, frozenset(one.lower() if "@" in one else one for one in settings.administrators)),
            connections=connections,
            catalog=Catalog(store, connections, databases),
            linkers=Linkers(),
            databases=databases,
            templates=Templates(store),
            writer=writer,
            fallback=BuiltinWriter() if writer.wants_prompt else None,
            usage=TokenUsageService(
                store,
                TokenLimits(settings.quota_hour, settings.quota_day, settings.quota_month),
                settings.zone,
            ),
            limits=QueryLimits(seconds=settings.query_seconds, rows=settings.query_rows),
            clock=utc_now,
            announcing={platform: one.channel for platform, one in (announcers or {}).items()},
        )
        service = Service(road, doors, concurrency=settings.concurrency)
        announcements = Announcements(store, road.usage, announcers or {}, settings.language, road.clock)
        try:
            yield House(settings, store, road, service, announcements)
        finally:
            await service.close()
    finally:
        await writer.aclose()
        await databases.close()
        await store.close()


def model_settings(settings: Settings) -> "ModelSettings | None":
    """The model and where it is served; None without a key."""
    if settings.openai_api_key is None:
        return None
    # The client is large: without a key, nobody waits for it.
    from core.model.openai_writer import ModelSettings  # noqa: PLC0415

    return ModelSettings(
        api_key=settings.openai_api_key.get_secret_value(),
        base_url=settings.openai_base_url,
        model=settings.openai_model,
        seconds=settings.openai_timeout,
        retries=settings.openai_max_retries,
    )


def _writer(settings: Settings) -> Writer:
    chosen = model_settings(settings)
    if chosen is None:
        return BuiltinWriter()
    from core.model.openai_writer import OpenAIWriter  # noqa: PLC0415 - as above

    return OpenAIWriter(chosen)
