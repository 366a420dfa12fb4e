"""Random questions, with failures and repairs among them, against what the model's server says that it reported.

`tests.bench.bench_agreement` does the same with a thousand.
"""

import asyncio
import random
import re
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import func, select

from bot.wiring import House
from core.chat import Actor
from core.figures import LimitChange
from core.storage.models import QueryAnalytics, User
from core.usage.cost_calculator import cost
from core.usage.recount import parted
from tests.houses import ADMINISTRATOR, KIM, LEE, add_sqlite, ask, open_house, settings_for
from tests.local_model import LocalModel, Message, Turn
from tests.usage.asking import small_shop

GOOD = "SELECT COUNT(*) AS customers FROM customers"
WRONG = ("SELECT COUNT(*) FROM custommmers_of_old", "DELETE FROM customers", "SELECT summer FROM customers", "no idea")
MODELS = ("gpt-4o-mini-2024-07-18", "gpt-4o", "openai/gpt-3.5-turbo-0125", "claude-sonnet-4-5", "our-own-model")
LIMITED = KIM
"""Somebody whose limit ends among the questions."""

_NUMBER = re.compile(r"number (\d+) ")


class Server:
    """What the server says: at random, but the same for a question however it comes about."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.calls: Counter[int] = Counter()

    def __call__(self, messages: list[Message]) -> Turn:
        """One answer. The first call of a question and its repair are different ones."""
        number = number_of(messages)
        self.calls[number] += 1
        draw = random.Random(f"{self.seed}-{number}-{self.calls[number]}")
        model = model_of(number, self.calls[number])
        usage = draw.randint(1, 3_000), draw.randint(1, 400)
        kind = draw.random()
        if kind < 0.5:
            return Turn(text=GOOD, usage=usage, model=model)
        if kind < 0.75:
            return Turn(text=draw.choice(WRONG), usage=usage, model=model)
        if kind < 0.85:
            reason = draw.choice(("length", "content_filter", "nonsense"))
            return Turn(text=GOOD, usage=usage, model=model, finish_reason=reason)
        if kind < 0.9:
            return Turn(text="", usage=usage, model=model)
        return Turn(status=draw.choice((400, 429, 500, 503)))


def model_of(number: int, call: int) -> str:
    """Who answers the first or second call of a question: a gateway may take another model for each."""
    return MODELS[(number + call) % len(MODELS)]


def number_of(messages: list[Message]) -> int:
    """Which of the questions a prompt is for."""
    found = _NUMBER.search("\n".join(str(message["content"]) for message in messages))
    assert found is not None, "a prompt holds its question"
    return int(found[1])


async def ask_and_compare(directory: Path, questions: int, seed: int = 1) -> None:
    """Ask so many questions of two people, some SQL of their own among them; every figure must agree."""
    with LocalModel(Server(seed)) as model:
        settings = settings_for(
            directory,
            openai_api_key=SecretStr(model.key),
            openai_base_url=model.base_url,
            openai_max_retries=0,
            quota_hour=10**9,
            quota_day=10**9,
            quota_month=10**9,
            concurrency=16,
        )
        async with open_house(settings) as built:
            await add_sqlite(built, small_shop(directory / "shop.db"))
            await built.road.people.meet(LIMITED)
            change = LimitChange("person", "kim@example.com", None, None, 300 * questions)
            await built.service.usage.set_limits(ADMINISTRATOR, change)
            await _ask(built, questions, seed)
            await _compare(built, model, questions)


async def _ask(built: House, questions: int, seed: int) -> None:
    draw = random.Random(seed)
    at_once = asyncio.Semaphore(16)

    async def one(number: int, actor: Actor, typed: bool) -> None:
        text = f"Which customers of number {number} remind you of summer?"
        async with at_once:
            await ask(built, GOOD if typed else text, actor, thread=f"t{number}", message=f"m{number}")

    await asyncio.gather(*(one(number, draw.choice((KIM, LEE)), draw.random() < 0.05) for number in range(questions)))


async def _compare(built: House, model: LocalModel, questions: int) -> None:
    reported: dict[int, list[tuple[str, int, int]]] = defaultdict(list)
    calls_of: Counter[int] = Counter()
    for call in model.completions:
        number = number_of(call.messages)
        calls_of[number] += 1
        if call.status == 200:
            reported[number].append((model_of(number, calls_of[number]), *call.reported))
    async with built.store.reading() as session:
        rows = (await session.scalars(select(QueryAnalytics))).all()
        people = (await session.scalars(select(User).where(User.email != "owner@local.invalid"))).all()
        counted = await session.scalar(select(func.sum(QueryAnalytics.total_tokens)))
    assert len(rows) == questions
    of_person: dict[str, Counter[str]] = defaultdict(Counter)
    spent: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        found = _NUMBER.search(row.question)
        calls = reported.pop(int(found[1]), []) if found else []
        prompt, completion = sum(one[1] for one in calls), sum(one[2] for one in calls)
        assert (row.prompt_tokens, row.completion_tokens, row.total_tokens) == (prompt, completion, prompt + completion)
        price = sum((cost(*one).usd for one in calls), Decimal(0))
        assert Decimal(str(row.llm_cost_estimate)) == price, row.question
        of_person[row.user_id].update(
            prompt_tokens=prompt, completion_tokens=completion, total_tokens=prompt + completion
        )
        spent[row.user_id] += price
    assert not reported, "every call belongs to a question"
    assert counted == sum(sum(call.reported) for call in model.completions if call.status == 200)
    for person in people:
        assert person.preferences is not None
        kept = person.preferences["token_usage"]
        assert {part: kept[part] for part in of_person[person.id]} == dict(of_person[person.id])
        assert person.token_usage == of_person[person.id]["total_tokens"]
        figures = await built.service.usage.of(ADMINISTRATOR, person.id)
        assert (figures.tokens, figures.cost) == (person.token_usage, spent[person.id])
        assert {window.reserved for window in figures.windows} == {0}
    everybody = await built.service.usage.dashboard(ADMINISTRATOR)
    assert (everybody.tokens, everybody.cost) == (counted, sum(spent.values(), Decimal(0)))
    assert everybody.questions == questions
    assert await parted(built.store) == ()
    # The draw had everything in it: answers, repairs, failures of the model, refusals for the limit, SQL of their own.
    codes = Counter(row.error_message for row in rows)
    assert 2 in calls_of.values()
    assert {call.status for call in model.completions} > {200}
    assert any(str(code).startswith("quota.") for code in codes)
    assert any(str(code).startswith("model.") for code in codes)
    assert codes[None] > questions // 4
    assert any(row.question == GOOD for row in rows)


async def test_figures_agree_to_the_token_and_the_cent(tmp_path: Path) -> None:
    await ask_and_compare(tmp_path, 100)
