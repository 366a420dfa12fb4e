"""Puts the house together: settings in, a running `House` out. The only place that knows every room and every door."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import Settings
from core.ask.announce import Announcements, Announcer
from core.ask.job_desk import JobDesk
from core.ask.journal import Watcher
from core.ask.linkers import Linkers
from core.ask.road import Road
from core.ask.service import Deliver, Service
from core.catalog.catalog import Catalog
from core.connections.connections import Connections
from core.engines.base import Limits as QueryLimits
from core.engines.base import ServerKind
from core.engines.databases import Databases
from core.engines.hosts import HostPolicy, OwnDatabase
from core.engines.registry import engine
from core.model.base import Writer
from core.model.builtin import BuiltinWriter
from core.people.people import People
from core.records import JobEnded
from core.storage.base import utc_now
from core.storage.crypto import Keyring, load_file, load_or_make
from core.storage.migrate import upgrade
from core.storage.session import Store
from core.templates.templates import Templates
from core.upkeep.archive import Archive
from core.upkeep.handles import handles
from core.upkeep.jobs import Job, Runner
from core.upkeep.registry import jobs
from core.usage.token_usage_service import TokenUsageService
from core.usage.windows import Limits as TokenLimits

if TYPE_CHECKING:
    from core.model.openai_writer import ModelSettings

_KEY_FILE = "colloquery.key"


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
    settings: Settings,
    doors: Mapping[str, Deliver | None],
    announcers: Mapping[str, Announcer] | None = None,
    watchers: tuple[Watcher, ...] = (),
    told: Callable[[Job, JobEnded], None] | None = None,
) -> AsyncIterator[House]:
    """The house for these doors, its store at the newest revision; orderly closed at the end. Those platforms that can
    be told to post without a question have an announcer. `told` hears of each job that is run by hand.

    Raises `BadSetting`, `StoreFailed`.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    keyring = keyring_of(settings)
    store = Store.open(settings.database_url, settings.data_dir)
    databases = Databases(_hosts(settings, store))
    writer = _writer(settings)
    try:
        await upgrade(store)
        connections = Connections(store, keyring)
        road = Road(
            store=store,
            people=People(store, frozenset(settings.administrators)),
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
            public_url=settings.public_url,
        )
        await road.people.appoint()
        service = Service(road, doors, concurrency=settings.concurrency, longest_line=settings.queue, watchers=watchers)
        announcements = Announcements(store, road.usage, announcers or {}, settings.language, road.clock)
        by_hand = jobs(road, service, announcements, Archive(settings.archive_dir))
        runner = Runner(store, settings.zone, road.clock, told)
        service.jobs = JobDesk(road, handles(by_hand, runner, settings.zone))
        try:
            yield House(settings, store, road, service, announcements)
        finally:
            await service.jobs.close()
            await service.close()
    finally:
        await writer.aclose()
        await databases.close()
        await store.close()


def keyring_of(settings: Settings) -> Keyring:
    """The keys, from the environment or a file; made beside the store on the first run. Raises `BadSetting`."""
    secret = settings.secret_key.get_secret_value() if settings.secret_key else None
    if secret is None and settings.secret_key_file is not None:
        return load_file(settings.secret_key_file)
    return load_or_make(secret, settings.data_dir / _KEY_FILE)


def _hosts(settings: Settings, store: Store) -> HostPolicy:
    """Where connections may go; never to our own store or its key, in a file or on a server."""
    url, files = store.url, [settings.data_dir / _KEY_FILE]
    if settings.secret_key_file is not None:
        files.append(settings.secret_key_file)
    if store.dialect == "sqlite":
        return HostPolicy(settings.allowed_hosts, closed=(*files, Path(url.database or "")))
    kind: ServerKind = "postgresql" if store.dialect == "postgresql" else "mysql"
    asked = str(url.query.get("host", ""))  # libpq takes it there, too; a path is a socket
    host = url.host or ("" if asked.startswith("/") else asked)
    own = OwnDatabase(host, url.port or engine(kind).default_port, url.database or "")
    return HostPolicy(settings.allowed_hosts, closed=tuple(files), own=own)


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
