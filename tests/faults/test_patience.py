"""What waits for the store, and what does not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.chat import Reply, Step
from core.errors import StoreFailed
from core.locale import say
from core.storage import patience
from core.storage.locks import held
from core.storage.patience import patiently
from core.storage.session import Store
from tests.faults.line import Line, port_of, through
from tests.houses import LEE, add_sqlite, make_shop, open_house, question, settings_for


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_FIRST_WAIT", 0.001)
    monkeypatch.setattr(patience, "_LONGEST_WAIT", 0.002)


class Work:
    """Fails with one code after the other, then is done."""

    def __init__(self, *codes: str) -> None:
        self._codes: Iterator[str] = iter(codes)
        self.times = 0
        self.told: list[str] = []

    async def __call__(self) -> int:
        self.times += 1
        for code in self._codes:
            raise StoreFailed(code)
        return self.times

    def waits(self, failure: StoreFailed) -> None:
        self.told.append(failure.code)


async def test_what_passes_is_waited_for_and_told_once() -> None:
    work = Work("store.unreachable", "store.full", "store.read_only", "store.sign_in", *["store.busy"] * 5)
    assert await patiently(work, work.waits) == 10
    assert work.told == ["store.unreachable"]


async def test_what_does_not_pass_is_raised_at_once() -> None:
    work = Work("store.full", "store.broken")
    with pytest.raises(StoreFailed) as failed:
        await patiently(work, work.waits)
    assert (failed.value.code, work.times, work.told) == ("store.broken", 2, ["store.full"])


async def test_what_is_in_order_waits_for_nothing() -> None:
    work = Work()
    assert (await patiently(work, work.waits), work.told) == (1, [])


async def test_a_lock_that_cannot_be_made_is_the_stores_failure(sqlite_store: Store) -> None:
    sqlite_store.path.with_name(f"{sqlite_store.path.name}-locks").write_text("in the way")
    with pytest.raises(StoreFailed):
        async with held(sqlite_store, "job"):
            raise AssertionError("there is no lock to hold")


async def test_a_question_whose_turn_comes_while_the_store_is_away_is_answered_when_it_is_back(
    postgres_database: str, tmp_path: Path
) -> None:
    steps: list[Step] = []
    with Line(port_of(postgres_database, 5432)) as line:
        settings = settings_for(tmp_path, through(line, postgres_database), concurrency=1)
        async with open_house(settings) as built:
            await add_sqlite(built, make_shop(tmp_path / "shop.db"))
            service = built.service
            before = service.line.join("somebody else")
            accepted = await service.accept(question("SELECT COUNT(*) AS customers FROM customers"))
            async with service.line.turn(before, lambda _: None):
                line.cut()
            async for item in service.follow(accepted.question_id, LEE):
                if isinstance(item, Reply):
                    assert item.ok
                    break
                steps.append(item)
                if item == Step("waiting", say(LEE.locale, "steps.store")):
                    line.mend()
    assert [step.kind for step in steps] == ["linking", "waiting", "linking", "checking", "running", "drawing"]
