"""The serving process: the house, its doors behind one web server, its schedule."""

import secrets
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import uvicorn
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from adapters.api.app import create_api
from adapters.http.entrance import Entrance
from adapters.http.gate import Gate
from adapters.http.peer import networks
from adapters.http.problem import problem
from adapters.http.settings import LOOPBACK_HOSTS, HttpSettings
from adapters.web.app import create_app
from bot import demo, logs, scheduler
from bot.doors import slack as closed_slack
from bot.doors import teams as closed_teams
from bot.metrics import Metrics
from bot.probes import probes
from bot.settings import Settings
from bot.traces import Traces
from bot.wiring import House, house
from core.ask.service import Deliver, Service
from core.demo.shop import questions
from core.errors import BadSetting, StoreFailed
from core.locale import say
from core.storage.locks import SERVING, held
from core.storage.sealed import require_readable
from core.storage.session import Store

if TYPE_CHECKING:
    from adapters.slack.app import Slack
    from adapters.teams.app import Teams

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 (compared with, never bound by itself)


async def serve(settings: Settings, *, with_demo: bool) -> None:
    """Serve until told to stop. Raises `BadSetting`, `StoreFailed` before anything is served."""
    slack, teams = closed_slack(settings), closed_teams(settings)
    listening = _listen(settings.host, settings.port)
    chats = {name: chat for name, chat in (("slack", slack), ("teams", teams)) if chat is not None}
    doors: dict[str, Deliver | None] = {"web": None, "api": None, **{name: one.deliver for name, one in chats.items()}}
    announcers = {name: chat.announcer for name, chat in chats.items()}
    metrics = Metrics()
    traces = Traces(settings.traces_url) if settings.traces_url else None
    watchers = (metrics.watch, *((traces.watch,) if traces else ()))
    async with AsyncExitStack() as stack:
        if traces is not None:
            stack.callback(traces.close)
        await _alone(settings, stack)
        built = await stack.enter_async_context(house(settings, doors, announcers, watchers, metrics.ran))
        # Better no start than a first question that finds the keys missing.
        await require_readable(built.store, built.road.connections.keyring)
        made = await demo.make_if_nothing_is_configured(built, settings.language) if with_demo else None
        for chat in chats.values():
            await stack.enter_async_context(chat.opened(built.service))
        # SQLite has one serving process: whatever is claimed there was left by a dead one.
        await built.service.recover(alone=built.store.dialect == "sqlite")
        jobs = scheduler.start(built, metrics.ran)
        try:
            await _run(built, listening, made, chats, metrics)
        finally:
            jobs.shutdown(wait=False)


async def _alone(settings: Settings, stack: AsyncExitStack) -> None:
    """On SQLite one process serves: from before the file is migrated until all of its questions are handed back."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    store = Store.open(settings.database_url, settings.data_dir)
    stack.push_async_callback(store.close)
    if store.dialect == "sqlite" and not await stack.enter_async_context(held(store, SERVING)):
        raise StoreFailed("store.served")


async def _run(
    built: House,
    listening: socket.socket,
    made: demo.Demo | None,
    chats: "Mapping[str, Slack | Teams]",
    metrics: Metrics,
) -> None:
    settings = built.settings
    ours = http_settings(settings)
    if ours.token is not None:
        logs.hide(ours.token)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(probes(built, metrics))
    for chat in chats.values():
        if chat.router is not None:
            app.include_router(chat.router)
    mount_http(app, built.service, ours)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
        lifespan="off",
        proxy_headers=False,  # whom a proxy names is read by our own door, of the proxies that a setting names alone
    )
    shown = "localhost" if settings.host in (*_LOOPBACK, *_EVERYWHERE) else settings.host
    address = f"http://{shown}:{settings.port}/"
    say_so = partial(say, settings.language)
    if made is not None:
        _print(say_so("cli.demo_served", name=made.connection.name), *(f"  {one}" for one in made.questions))
    _print(say_so("cli.serving", address=address))
    if "slack" in chats:
        _print(say_so("cli.serving_slack"))
    if "teams" in chats:
        _print(say_so("cli.serving_teams", address=f"{address}api/messages"))
    if ours.token is not None:
        base = settings.public_url or address.rstrip("/")
        # A token that was set is for good: it is not written where the output of the process is kept.
        own = say_so("cli.serving_own_token", address=base)
        _print(own if settings.web_token else say_so("cli.serving_token", link=ours.link(base)))
    await _Server(config).serve(sockets=[listening])


def mount_http(
    app: FastAPI, service: Service, settings: HttpSettings, examples: Callable[[str], tuple[str, ...]] = questions
) -> None:
    """The HTTP doors of a house: the API and the pages, which share who may come in and how often."""
    entrance = Entrance(service, settings)
    app.mount("/api/v1", create_api(entrance, examples))
    app.mount("/", create_app(entrance))
    # An address with a line end in it fits no mount: what no door takes is refused like anything else.
    app.router.default = Gate(_nothing_there, settings, entrance.addresses)


async def _nothing_there(scope: Scope, receive: Receive, send: Send) -> None:
    await problem(scope, 404, "not_found")(scope, receive, send)


def http_settings(settings: Settings) -> HttpSettings:
    """What the HTTP doors are told. Raises `BadSetting`."""
    # With a chat it is many people's, and a proxy on this machine may well pass on to us what Slack or Teams sends.
    is_for_others = settings.slack_bot_token or settings.teams_app_id
    from_elsewhere = settings.trusted_proxies or settings.public_url or settings.host not in _LOOPBACK
    return HttpSettings(
        token=_token(settings) if is_for_others or from_elsewhere else None,
        allowed_hosts=_names(settings),
        proxies=networks(settings.trusted_proxies),
        a_minute=settings.requests_a_minute,
        a_minute_each=settings.requests_a_minute_each,
    )


class _Server(uvicorn.Server):
    """Uvicorn without its last word: it raises the signal that stopped it again, before the house could be closed."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on a signal; a second interrupt does not wait for what is under way."""
        before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _print(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)  # noqa: T201 (what a person who starts it reads)


def _names(settings: Settings) -> tuple[str, ...]:
    """The host names a browser may use. Bound everywhere, any name will do unless some were set: a token is asked."""
    if settings.host in _EVERYWHERE and not settings.public_hosts and not settings.public_url:
        return ("*",)
    own = urlsplit(settings.public_url).hostname
    return (*LOOPBACK_HOSTS, settings.host, *settings.public_hosts, *((own,) if own else ()))


def _token(settings: Settings) -> str:
    return settings.web_token.get_secret_value() if settings.web_token else secrets.token_urlsafe(24)


def _listen(host: str, port: int) -> socket.socket:
    """The listening socket, taken first: a port that is in use must stop the start before anything is done."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as refused:
        listening.close()
        raise BadSetting("setting.cannot_listen", port=str(port)) from refused
    return listening
