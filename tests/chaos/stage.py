"""Everything that chaos plays on: a local Slack, a model, an asked database, a store, and serving processes between."""

import re
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import make_url

from adapters.slack.directory import PLATFORM
from core.chat import Actor
from core.connections.connection import NewConnection
from core.connections.connections import EVERYONE
from core.figures import LimitChange
from core.storage.crypto import new_key
from core.storage.session import Store
from tests.adapters.slack.proxy import proxied
from tests.adapters.slack.server import BOT_TOKEN, SIGNING_SECRET, TEAM, LocalSlack, running
from tests.chaos import questions
from tests.chaos.chaos import Chaos
from tests.chaos.cutting import Line, line_to
from tests.chaos.processes import Serving, supervised
from tests.chaos.serving import set_clock
from tests.houses import ADMINISTRATOR, administrator, open_house, settings_for
from tests.local_model import LocalModel, Message, Turn
from tests.packaging.replicas import shared_environment

_PLENTY = 10**9
_NUMBER = re.compile(r"number (\d+) ")
_BUGS = ("failed unexpectedly", "something in the door failed", "was never retrieved", "never awaited")
"""What the log says when something went wrong that nobody had thought of."""


@dataclass(frozen=True)
class Stage:
    """What there is, and how to look at it."""

    slack: LocalSlack
    chaos: Chaos
    model: LocalModel
    store_url: str
    directory: Path

    @asynccontextmanager
    async def store(self) -> AsyncIterator[Store]:
        """The store itself, not over a line that is cut."""
        store = Store.open(self.store_url, self.directory)
        try:
            yield store
        finally:
            await store.close()

    def calls(self) -> Counter[int]:
        """How often the model has answered, by the question's number."""
        return Counter(number_of(call.messages) for call in self.model.completions if call.status == 200)

    def wrongs_in_logs(self) -> list[str]:
        """Lines of the processes' logs that tell of a bug."""
        lines = [line for one in self.chaos.processes for line in one.log.read_text().splitlines()]
        return [line for line in lines if any(bug in line for bug in _BUGS)]


def number_of(messages: list[Message]) -> int:
    """Which question a prompt is for: the last that it names. Before it stands what was asked in the thread before."""
    return int(_NUMBER.findall("\n".join(str(message["content"]) for message in messages))[-1])


def answer(messages: list[Message]) -> Turn:
    """What the model says, at its leisure."""
    number = number_of(messages)
    return Turn(text=questions.sql(number), usage=(questions.tokens(number) - 10, 10), delay=number % 7 * 0.3)


@asynccontextmanager
async def staged(
    directory: Path, seed: int, asked_url: str, store_url: str = "sqlite:///app_data.db", processes: int = 1
) -> AsyncIterator[Stage]:
    """So many processes on a store, ready. The clock of the first is the one that jumps."""
    key = new_key()
    async with AsyncExitStack() as stack:
        slack = stack.enter_context(
            running(directory, "http://127.0.0.1:9/nobody-listens", questions.USERS, questions.PLACES)
        )
        chat = await stack.enter_async_context(proxied(slack.url))
        model = stack.enter_context(LocalModel(answer))

        async def line(url: str) -> Line:
            port = make_url(url).port
            assert port is not None, "a server of the tests is named with its port"
            return await stack.enter_async_context(line_to(port))

        to_model, to_asked = await line(model.base_url), await line(asked_url)
        lines = [to_model, to_asked]
        environment = {
            "COLLOQUERY_SECRET_KEY": key,
            "OPENAI_API_KEY": model.key,
            "OPENAI_BASE_URL": _through(model.base_url, to_model),
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "SLACK_API_URL": chat.api_url,
            "COLLOQUERY_ALLOWED_HOSTS": "127.0.0.1",
            "COLLOQUERY_DATA_DIR": str(directory),
            **{f"COLLOQUERY_QUOTA_{window}": str(_PLENTY) for window in ("HOUR", "DAY", "MONTH")},
        }
        await _prepare(directory, store_url, key, _through(asked_url, to_asked))
        serving = []
        for number in range(processes):
            folder = directory / f"process-{number}"
            folder.mkdir()
            set_clock(folder / "clock", timedelta())
            url = store_url
            if not store_url.startswith("sqlite"):
                lines.append(await line(store_url))
                url = _through(store_url, lines[-1])
            serving.append(Serving(folder, shared_environment(url, **environment), folder / "clock"))
        await stack.enter_async_context(supervised(*serving))
        chaos = Chaos(seed, slack, serving, lines, directory / "process-0" / "clock")
        yield Stage(slack, chaos, model, store_url, directory)


def _through(url: str, line: Line) -> str:
    """The same address over a line."""
    return make_url(url).set(port=line.port).render_as_string(hide_password=False)


async def _prepare(directory: Path, store_url: str, key: str, asked_url: str) -> None:
    """A store with the asked database in it, which everybody may ask, and somebody who has no tokens."""
    asked = make_url(asked_url)
    new = NewConnection(
        name="shop", kind="postgresql", host=str(asked.host), port=int(asked.port or 0),
        user=str(asked.username), password=asked.password or "", database=str(asked.database),
    )  # fmt: skip
    settings = settings_for(directory, store_url, secret_key=SecretStr(key))
    async with open_house(settings) as built:
        owner = await administrator(built)
        added = await built.road.connections.add(owner, new)
        await built.road.connections.give(owner, added, "everyone", EVERYONE, default=True)
        frugal = await built.road.people.meet(Actor(PLATFORM, TEAM, questions.FRUGAL, questions.FRUGAL))
        limits: Mapping[str, int] = {"hour": 1, "day": 1, "month": 1}
        await built.service.usage.set_limits(ADMINISTRATOR, LimitChange("person", frugal.id, **limits))
