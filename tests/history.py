"""A few months of a company's use, invented: what the dashboard is tested with and shown with.

It ends now, and is written as questions write it: an analytics row and its detail.
"""

import asyncio
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import accumulate
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from adapters.http.settings import HttpSettings
from bot.wiring import House
from core.chat import Actor
from core.ids import new_id
from core.storage.base import utc_now
from core.storage.models import QueryAnalytics
from core.storage.session import add_row
from core.usage.cost_calculator import cost
from core.usage.details import Kind, Spent
from core.usage.token_usage_service import TokenUsage
from tests.adapters.replies import EVIL
from tests.houses import open_house, settings_for

DAYS = 100
TEAM = (
    "김서연", "이민호", "박지우", "Sofia Alvarez", "최유진", "James O'Neill", "정하늘", "Ana Souza", "한지민",
    "Tom Becker", "윤도현", "Grace Lee", "오세훈", "Priya Nair",
)  # fmt: skip
HOSTILE = ('<img src=x onerror="window.hacked=1">', "\u202e\u0645\u0631\u062d\u0628\u0627 evil", "=cmd()" + "x" * 94)
"""People and questions that must stay text: markup, letters that turn the line around, a formula at full length."""

QUESTIONS = (
    "지난달 매출은 얼마인가요?", "Top 5 products by sales amount", "How many customers are there?",
    "월별 매출액을 보여 주세요", "Orders by city this week", "재고가 부족한 상품은?", "Average order value by month",
    "반품률이 높은 상품 10개", "New customers last quarter", "서울 매장의 일별 매출", "Which categories grow fastest?",
    "배송이 늦은 주문은 몇 건인가요?",
)  # fmt: skip
SPIKE_DAYS = 2
"""How many days ago the first of the team used far more than on any other day."""

_MODELS = (
    ("gpt-4o-mini", "model", 45),
    ("gpt-4o", "model", 12),
    ("built-in", "built_in", 28),
    ("template", "template", 15),
)
_ERRORS = ("query.failed", "writer.beyond", "guard.writes", "quota.hour")
_TOPICS = (("warehouse", "orders"), ("warehouse", "customers"), ("warehouse", "order_items"), ("crm", "contacts"),
           ("crm", "deals"), ("billing", "invoices"))  # fmt: skip
_BUSY = (1, 0, 0, 0, 0, 1, 2, 6, 20, 30, 28, 22, 12, 24, 30, 28, 22, 16, 8, 4, 3, 2, 2, 1)
"""How busy each hour of a working day is; a weekend's is a fifth."""


def fill(directory: Path, *, hostile: bool = False, busy: float = 1.0) -> None:
    """Make a store in this directory and fill it, with 1,800 questions or `busy` times as many.

    Callable whatever loop runs in this thread.
    """
    with ThreadPoolExecutor(1) as other:
        other.submit(asyncio.run, _fill(directory, hostile=hostile, busy=busy)).result()


async def _fill(directory: Path, *, hostile: bool, busy: float) -> None:
    async with open_house(settings_for(directory)) as built:
        await _invent(built, hostile=hostile, busy=busy)


async def _invent(built: House, *, hostile: bool, busy: float) -> None:
    dice = random.Random(7)
    names = (*TEAM, *HOSTILE) if hostile else TEAM
    texts = (*QUESTIONS, *HOSTILE, EVIL, "y" * 500) if hostile else QUESTIONS
    actors = [HttpSettings().person, *(_colleague(at, name) for at, name in enumerate(names))]
    now = utc_now()
    async with built.store.writing() as session:
        people = [(await built.road.people.know(session, actor)).id for actor in actors]
        used = [0] * len(people)
        weights = list(accumulate(1 / (at + 2) for at in range(len(people))))
        for moment in _moments(dice, now, busy):
            dear = (now.date() - moment.date()).days == SPIKE_DAYS
            person = 1 if dear and dice.random() < 0.4 else dice.choices(range(len(people)), cum_weights=weights)[0]
            used[person] += await _ask(
                built, session, dice, people[person], moment, texts, 8 if dear and person == 1 else 1
            )
        for person, tokens in enumerate(used):
            usage: TokenUsage = {"prompt_tokens": tokens, "completion_tokens": 0, "total_tokens": tokens}
            await built.road.usage.charge(session, people[person], usage)


def _colleague(at: int, name: str) -> Actor:
    return Actor("slack", "T1", f"U{at}", name, email=f"person{at}@example.com", locale="ko", timezone="Asia/Seoul")


def _moments(dice: random.Random, now: datetime, busy: float) -> list[datetime]:
    found = []
    for back in range(DAYS):
        day = now - timedelta(days=back)
        weekday = 0.2 if day.weekday() > 4 and back != SPIKE_DAYS else 1.0
        for _ in range(round(dice.gauss(28, 5) * busy * weekday * (1 - back / DAYS / 3))):
            hour = dice.choices(range(24), weights=_BUSY)[0]
            moment = day.replace(hour=hour, minute=dice.randrange(60), second=dice.randrange(60), microsecond=0)
            if moment <= now:
                found.append(moment)
    return sorted(found)


async def _ask(
    built: House,
    session: AsyncSession,
    dice: random.Random,
    person: str,
    moment: datetime,
    texts: Sequence[str],
    times: int,
) -> int:
    model, written_by, _ = dice.choices(_MODELS, weights=[weight for *_, weight in _MODELS])[0]
    called = written_by == "model"
    prompt, completion = (dice.randint(300, 480) * times, dice.randint(20, 70) * times) if called else (0, 0)
    error = dice.choice(_ERRORS) if dice.random() < 0.04 else None
    database, topic = dice.choices(_TOPICS, weights=(9, 7, 5, 3, 2, 2))[0]
    # The earlier ones are asked more often.
    text = texts[min(int(dice.expovariate(0.3)), len(texts) - 1)]
    seconds, usd = dice.uniform(0.02, 1.2), cost(model, prompt, completion).usd
    row_id = new_id()
    await add_row(
        session,
        QueryAnalytics,
        id=row_id,
        query_id=new_id(),
        user_id=person,
        question=text,
        sql_query="SELECT 1",
        execution_time=seconds,
        row_count=1,
        success=error is None,
        error_message=error,
        prompt_tokens=prompt,
        completion_tokens=completion,
        total_tokens=prompt + completion,
        llm_model=model,
        llm_cost_estimate=float(usd),
        timestamp=moment,
        created_at=moment,
    )
    kind = Kind(
        f"{database:-<36}", database, topic, model, written_by, (2 if dice.random() < 0.1 else 1) * called, error
    )
    spent = Spent(text, seconds, prompt + completion, usd)
    await built.road.usage.details.add(session, row_id, person, spent, kind, at=moment)
    return spent.tokens
