"""Use as a terminal shows it."""

import csv
import io
from pathlib import Path
from typing import get_args

import pytest
from rich.cells import cell_len
from rich.console import Console

from adapters.terminal import usage
from adapters.terminal.render import draw
from core.ask.present.use import dashboard_reply, usage_reply
from core.chat import Meter, Meters, Reply
from core.errors import BadEdit
from core.figures import Listing
from tests.adapters.figures import NEVER, dashboard, person, windows
from tests.houses import open_house, settings_for


def printed(reply: Reply, width: int = 80, *, colours: bool = False) -> str:
    out = io.StringIO()
    Console(file=out, width=width, highlight=False, force_terminal=colours, legacy_windows=False).print(
        draw(reply, width)
    )
    return out.getvalue()


def test_bars_stand_under_each_other_whatever_their_script() -> None:
    for locale in ("en", "ko"):
        lines = [line for line in printed(usage_reply(person(), locale)).splitlines() if "░" in line]
        starts = {cell_len(line[: min(line.index("█"), line.index("░"))]) for line in lines}
        assert (len(lines), len(starts)) == (3, 1)


def test_a_limit_that_is_near_or_reached_stands_out() -> None:
    shown = printed(usage_reply(person(windows=windows(1_000, 8_000, 0)), "en"), colours=True)
    colours = [
        line.split("█")[0].rsplit("\x1b[", 1)[-1] for line in shown.splitlines() if "█" in line and "tokens" in line
    ]
    assert colours == ["31m", "33m"]


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("locale", ["en", "ko"])
def test_all_of_it_fits_the_terminal(locale: str, width: int) -> None:
    for reply in (usage_reply(person(), locale), dashboard_reply(dashboard(), locale), usage_reply(NEVER, locale)):
        assert max(cell_len(line) for line in printed(reply, width).splitlines()) <= width


def test_every_list_is_there() -> None:
    shown = printed(dashboard_reply(dashboard(), "en"), 120)
    for words in ("Kim: 12,400 tokens", "Person 9", "gpt-4o-mini", "0.034", "orders", "Tue", "15–18"):
        assert words in shown, words
    assert "Person 10" not in shown and "quota" not in shown


def test_a_label_cannot_speak_to_the_terminal() -> None:
    evil = "\x1b[31m[red]x[/red]\u202e"
    shown = printed(Reply("", (Meters((Meter(evil, 1, 2, evil, evil),)),), "x"), 120)
    assert "\x1b" not in shown and "\u202e" not in shown and "[red]x[/red]" in shown


async def test_of_a_new_house_everything_can_be_taken_along_and_shown(tmp_path: Path) -> None:
    async with open_house(settings_for(tmp_path), {"terminal": None}) as house:
        out = Console(file=io.StringIO(), width=80)
        await usage.show(house.service, language="ko", out=out)
        await usage.dashboard(house.service, "quarter", language="en", out=out)
        assert isinstance(out.file, io.StringIO)
        assert "아직 질문한 기록이 없습니다." in out.file.getvalue()
        assert "Nobody has asked anything in the last 90 days." in out.file.getvalue()
        for what in get_args(Listing):
            heading, *lines = csv.reader(
                (await usage.csv(house.service, what, "week", language="en")).decode().splitlines()
            )
            assert {len(line) for line in lines} <= {len(heading)}
        with pytest.raises(BadEdit):
            await usage.show(house.service, person="nobody", language="en", out=out)
