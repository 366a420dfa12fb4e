"""Who is answered next: fairly, in a line that has an end."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ask.line import Line
from core.errors import Busy


class Scene:
    """People who ask, each answered when the test says so."""

    def __init__(self, room: int, longest: int = 100) -> None:
        self.line = Line(room, longest)
        self.begun: list[str] = []
        self.places: dict[str, int] = {}
        self._ends: dict[str, asyncio.Event] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    async def ask(self, *names: str) -> None:
        """`kim1` is a question of kim."""
        for name in names:
            self._ends[name] = asyncio.Event()
            self._tasks[name] = asyncio.create_task(self._work(name))
            await asyncio.sleep(0)

    async def end(self, name: str) -> None:
        self._ends[name].set()
        await self._tasks[name]
        await asyncio.sleep(0)

    async def give_up(self, name: str) -> None:
        self._tasks[name].cancel()
        await asyncio.gather(self._tasks[name], return_exceptions=True)

    async def _work(self, name: str) -> None:
        def told(place: int) -> None:
            self.places[name] = place

        async with self.line.turn(self.line.join(name.rstrip("0123456789")), told):
            self.begun.append(name)
            await self._ends[name].wait()


async def test_as_many_as_there_is_room_for_begin_at_once() -> None:
    scene = Scene(2)
    await scene.ask("kim1", "lee1", "han1")
    assert scene.begun == ["kim1", "lee1"]
    assert scene.places == {"han1": 1}
    assert (scene.line.running, scene.line.waiting) == (2, 1)
    await scene.end("lee1")
    assert scene.begun == ["kim1", "lee1", "han1"]


async def test_whoever_asks_much_does_not_keep_others_waiting() -> None:
    scene = Scene(2)
    await scene.ask(*(f"kim{n}" for n in range(10)), "lee1", "han1", "lee2")
    assert scene.places["kim2"] == 1 and scene.places["lee1"] == 1 and scene.places["han1"] == 2
    await scene.end("kim0")
    assert scene.begun[2:] == ["lee1"], "kim has one under way, lee none"
    await scene.end("kim1")
    assert scene.begun[3:] == ["kim2"], "nobody but lee has one under way, and kim came before han"
    await scene.end("lee1")
    assert scene.begun[4:] == ["han1"]
    await scene.end("kim2")
    assert scene.begun[5:] == ["kim3"]
    await scene.end("kim3")
    assert scene.begun[6:] == ["kim4"], "lee's second came after it"
    await scene.end("han1")
    assert scene.begun[7:] == ["lee2"]


async def test_one_who_gives_up_leaves_the_line() -> None:
    scene = Scene(1)
    await scene.ask("kim1", "lee1", "han1")
    await scene.give_up("lee1")
    await scene.end("kim1")
    assert scene.begun == ["kim1", "han1"]
    await scene.end("han1")
    assert (scene.line.running, scene.line.waiting) == (0, 0)


async def test_one_who_is_stopped_as_the_turn_comes_passes_it_on() -> None:
    scene = Scene(1)
    await scene.ask("kim1", "lee1", "han1")
    scene._ends["kim1"].set()
    await asyncio.sleep(0)  # lee's turn has come, and lee does not know yet
    assert "lee1" not in scene.begun
    await scene.give_up("lee1")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert scene.begun == ["kim1", "han1"]


async def test_the_line_has_an_end_for_all_and_for_each() -> None:
    scene = Scene(1, longest=40)
    await scene.ask("kim0", *(f"kim{n}" for n in range(1, 11)))
    with pytest.raises(Busy) as too_many:
        scene.line.require_place("kim")
    assert (too_many.value.code, too_many.value.details["waiting"]) == ("question.too_many", 10)
    scene.line.require_place("lee")
    await scene.ask(*(f"{chr(97 + n)}1" for n in range(26)), "lee1", "han1", "seo1", "yun1")
    with pytest.raises(Busy) as full:
        scene.line.require_place("new")
    assert (full.value.code, full.value.details["waiting"]) == ("question.busy", 40)


@given(room=st.integers(1, 4), asked=st.lists(st.sampled_from("abcd"), max_size=30), data=st.data())
async def test_everybody_is_answered_once_and_nobody_beyond_the_room(
    room: int, asked: list[str], data: st.DataObject
) -> None:
    scene = Scene(room)
    names = [f"{person}{number}" for number, person in enumerate(asked)]
    await scene.ask(*names)
    ended: set[str] = set()
    while under_way := [name for name in scene.begun if name not in ended]:
        assert len(under_way) <= room
        assert scene.line.waiting == 0 or len(under_way) == room
        chosen = data.draw(st.sampled_from(under_way))
        await scene.end(chosen)
        ended.add(chosen)
    assert sorted(scene.begun) == sorted(names)
