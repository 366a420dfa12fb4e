"""Use as Teams shows it, and the dialog for limits: within Teams' limits, whatever the figures are called."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat.limits_form import Outcome, Wanted
from adapters.teams import cards, limits
from adapters.teams.dialogs import Dialog
from adapters.teams.entities import activity
from adapters.teams.listeners.usage import _buttons
from adapters.teams.render import Detail, Message, render
from adapters.teams.usage_form import LIMITS, read, render_limits_form
from core.ask.present.use import dashboard_reply, limits_reply, usage_reply
from core.chat import Meter, Meters, Reply
from core.figures import LimitLine, Span
from tests.adapters.figures import NEVER, NOBODY, dashboard, person, windows
from tests.adapters.teams.payloads import activity_problems, card_problems, shown

DETAILS: tuple[Detail, ...] = get_args(Detail)
LANGUAGES = pytest.mark.parametrize("locale", ["en", "ko"])
HOSTILE = "<at>all</at> *b* `c` [x](http://x) {{DATE(x)}}\n> q \u202e\x00\ud800 <img src=x>"


def problems(message: Message) -> list[str]:
    return activity_problems(activity(message))


def words(message: Message) -> str:
    assert problems(message) == []
    return shown(message.card)


def within(node: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(node, Mapping):
        yield node
        for value in node.values():
            yield from within(value)
    elif isinstance(node, Sequence) and not isinstance(node, str):
        for value in node:
            yield from within(value)


def test_my_use_with_its_meters_and_its_trend() -> None:
    message = render(usage_reply(person(), "en", "Asia/Seoul", points=limits.CHART_POINTS), files=False)
    told = words(message)
    assert "This hour ██░░░░░░░░░░░░░░░░░░  120 of 1,000 tokens (12%)" in told
    assert "Starts again May 14, 2026, 16:00" in told
    assert "A question on average: 300 tokens, $0.000085" in told
    assert [one["type"] for one in within(message.card) if str(one.get("type")).startswith("Chart.")] == ["Chart.Line"]


@LANGUAGES
def test_everybodys_use_in_every_form(locale: str) -> None:
    for detail in DETAILS:
        assert problems(render(dashboard_reply(dashboard(), locale, points=limits.CHART_POINTS), detail)) == []
    for nothing in (dashboard_reply(NOBODY, locale), usage_reply(NEVER, locale)):
        assert problems(render(nothing)) == []


@settings(max_examples=8, deadline=None)
@given(
    st.sampled_from([HOSTILE, "", "x" * 500, "👩‍💻" * 100]),
    st.integers(0, 10**12),
    st.integers(0, 10**12),
    st.sampled_from(["en", "ko"]),
)
def test_whatever_is_counted_and_whatever_it_is_called_it_fits(name: str, used: int, limit: int, locale: str) -> None:
    board = dashboard(
        people=tuple(replace(one, name=name) for one in dashboard().people),
        models=tuple(replace(one, model=name) for one in dashboard().models) * 4,
        unusual=tuple(replace(one, name=name, tokens=used) for one in dashboard().unusual) * 5,
        questions_asked=tuple(replace(one, question=name) for one in dashboard().questions_asked) * 12,
    )
    limited = windows(used, used, used, reserved=used, limits=(limit, limit, limit))
    for reply in (
        usage_reply(person(windows=limited), locale, whose=name, points=limits.CHART_POINTS),
        dashboard_reply(board, locale, points=limits.CHART_POINTS),
        limits_reply((LimitLine("person", "u", name, used, None, limit),) * 150, locale),
        Reply("", (Meters((Meter(name, used, limit, name, name),) * 20),), "x", locale),
    ):
        for detail in DETAILS:
            assert problems(render(reply, detail, files=False)) == []


def _spoken(locale: str) -> dict[str, str]:
    """What a button's data says of its language."""
    return {"l": "ko"} if locale == "ko" else {}


@LANGUAGES
@pytest.mark.parametrize(
    ("span", "left"),
    [("week", ["month", "quarter"]), ("quarter", ["week", "month"]), (None, ["week", "month", "quarter"])],
)
def test_the_buttons_below(locale: str, span: Span | None, left: list[str]) -> None:
    row = _buttons(locale, span)
    assert card_problems(cards.card([cards.action_set(row)])) == []
    assert [one["data"]["v"] for one in row] == [*left, ""]
    assert row[-1]["data"] == {"cq": LIMITS, "v": "", "msteams": {"type": "task/fetch"}, **_spoken(locale)}


def fields(dialog: Dialog) -> dict[str, Mapping[str, Any]]:
    assert card_problems(dialog.card) == []
    return {str(one["id"]): one for one in within(dialog.card) if str(one.get("type")).startswith("Input.")}


@LANGUAGES
def test_the_form_for_limits(locale: str) -> None:
    form = render_limits_form(locale)
    assert list(fields(form)) == ["whom", "person", "hour", "day", "month"]
    whom = fields(form)["whom"]
    assert [one["value"] for one in whom["choices"]] == ["person", "everyone", "viewer", "admin"]
    assert whom["value"] == "person"
    (send,) = form.card["actions"]
    assert send["data"] == {"cq": LIMITS, "v": "", "sent": "1", **_spoken(locale)}


@LANGUAGES
def test_what_was_filled_in_stands_there_again_with_what_was_wrong(locale: str) -> None:
    typed = {"whom": "viewer", "person": "kim@example.com", "hour": "1.5", "day": "20000", "month": "9" * 40}
    form = render_limits_form(locale, typed, Outcome("Mind the gap.", "day"))
    standing = {name: one.get("value") for name, one in fields(form).items()}
    assert standing == {"whom": "viewer", "person": "kim@example.com", "hour": None, "day": 20_000, "month": None}
    label = {"en": "Tokens a day", "ko": "하루 토큰"}[locale]
    assert shown(form.card).startswith(f"{label}: Mind the gap.")
    forged = render_limits_form(locale, {"whom": "god", "person": "\u202ex" * 200}, Outcome("No.", "person"))
    assert fields(forged)["whom"]["value"] == "person"
    assert "\u202e" not in fields(forged)["person"]["value"]


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        (
            {"whom": "person", "person": " kim@example.com ", "hour": "5"},
            Wanted("person", "", "kim@example.com", 5, None, None),
        ),
        ({"whom": "admin"}, Wanted("role", "admin", "", None, None, None)),
        ({"whom": "everyone", "day": " 0 "}, Wanted("everyone", "", "", None, 0, None)),
        ({"month": "1.5", "hour": "²"}, Wanted("person", "", "", None, None, None, ("hour", "month"))),
        ({"whom": "forged", "day": "-1"}, Wanted("person", "", "", None, None, None, ("day",))),
        ({"whom": "everyone", "day": "9" * 5_000}, Wanted("everyone", "", "", None, None, None, ("day",))),
    ],
)
def test_what_was_filled_in(typed: dict[str, str], wanted: Wanted) -> None:
    assert read(typed) == wanted
