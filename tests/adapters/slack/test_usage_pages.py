"""Use as Slack shows it: as a message, where there are no files, on the Home tab; and the form for limits. All of it
within Slack's limits, whatever the figures are called.
"""

from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.chat.home import HomePage
from adapters.chat.limits_form import Wanted
from adapters.slack import limits
from adapters.slack.command_pages import usage_help
from adapters.slack.home_page import render_home, render_refusal
from adapters.slack.listeners.usage import _buttons
from adapters.slack.render import Detail, Message, render
from adapters.slack.usage_form import LIMITS, PERSON_FIELD, read, render_limits_form, render_limits_told
from core.ask.present.use import dashboard_reply, limits_reply, usage_reply
from core.chat import Actor, Meter, Meters, Reply
from core.figures import LimitLine, NamedUse
from tests.adapters.figures import NEVER, NOBODY, dashboard, person, windows
from tests.adapters.slack.payloads import message_problems, view_problems
from tests.adapters.slack.test_render import kinds, words

DETAILS: tuple[Detail, ...] = get_args(Detail)
LANGUAGES = pytest.mark.parametrize("locale", ["en", "ko"])
HOSTILE = "<!channel> *b* `c` :tada:\n> q \u202e\x00\ud800 <img src=x>"


def mine(locale: str = "en", **changes: Any) -> Reply:
    return usage_reply(person(**changes), locale, "Asia/Seoul", points=limits.CHART_POINTS)


def everybody(locale: str = "en", **changes: Any) -> Reply:
    return dashboard_reply(dashboard(**changes), locale, points=limits.CHART_POINTS)


def problems(message: Message) -> list[str]:
    return message_problems(message.text, message.blocks)


def test_my_use_in_native_blocks() -> None:
    message = render(mine())
    assert kinds(message) == [
        *("rich_text", *("rich_text", "context") * 3, "data_visualization", "data_table", "context"),
    ]
    assert problems(message) == [] and message.attachments == ()
    assert words(message.blocks[1]) == "This hour ██░░░░░░░░░░░░░░░░░░  120 of 1,000 tokens (12%)"
    assert words(message.blocks[2]) == "Starts again May 14, 2026, 16:00"
    assert "A question on average: 300 tokens, $0.000085" in words(message.blocks[-1])


def test_without_native_charts_the_trend_is_a_picture_or_where_there_are_no_files_a_line_of_text() -> None:
    simple = render(mine(), "simple")
    assert [one.kind for one in simple.attachments] == ["chart"]
    alone = render(mine(), "simple", files=False)
    assert alone.attachments == () and problems(alone) == []
    assert "Tokens by day, Apr 25 – May 14: ▁" in words(alone.blocks)
    assert "▁" not in words(simple.blocks)


def test_without_files_nothing_is_said_of_a_file() -> None:
    long = dashboard_reply(
        dashboard(databases=tuple(NamedUse("x" * 190, 1, 0, 1, person().cost) for _ in range(9))), "en"
    )
    wide = replace(long, parts=tuple(long.parts) * 3)
    with_files, alone = render(wide, "full"), render(wide, "full", files=False)
    for shown in (with_files, alone):
        assert problems(shown) == []
    assert "CSV file" in words(render(replace(wide, parts=wide.parts * 3), "full").blocks)
    assert alone.attachments == ()
    assert render(wide, "plain", files=False).attachments == ()


def test_a_dashboard_in_every_form() -> None:
    for detail in DETAILS:
        message = render(everybody(), detail, files=False)
        assert problems(message) == []
    full = render(everybody())
    assert kinds(full).count("data_table") == 7 and kinds(full).count("data_visualization") == 1
    captions = [block["caption"] for block in full.blocks if block["type"] == "data_table"]
    assert captions[0].startswith("People: the 10 largest") and captions[1] == "Models"


def test_slack_takes_one_plain_table_so_the_others_are_text_in_columns() -> None:
    simple = render(everybody(), "simple")
    assert kinds(simple).count("table") == limits.TABLES == 1
    boxes = [words(block) for block in simple.blocks if "preformatted" in str(block)]
    assert len(boxes) == 6
    assert boxes[0].splitlines()[2].startswith("gpt-4o-mini")


@LANGUAGES
def test_empty_figures_are_a_sentence(locale: str) -> None:
    assert kinds(render(dashboard_reply(NOBODY, locale))) == ["rich_text"]
    never = render(usage_reply(NEVER, locale))
    assert kinds(never) == ["rich_text", *("rich_text", "context") * 3]


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
        home = render_home(HomePage(usage=reply, overview=reply), locale)
        assert view_problems(home) == []


@LANGUAGES
def test_the_home_tab_has_what_matters_and_no_tables(locale: str) -> None:
    view = render_home(HomePage(usage=mine(locale), overview=everybody(locale)), locale)
    assert view_problems(view) == []
    shown = words(view["blocks"])
    assert {"en": "12% of this month", "ko": "이번 달 토큰의 12%"}[locale] in shown
    assert {"en": "Unusual use", "ko": "평소와 다른 사용량"}[locale] in shown
    assert "▁" in shown and "██░" in shown and "342" in shown
    assert not {block["type"] for block in view["blocks"]} & {"table", "data_table", "data_visualization"}
    alone = words(render_home(HomePage(usage=mine(locale)), locale)["blocks"])
    assert "342" not in alone


def test_a_refusal_on_the_home_tab() -> None:
    assert view_problems(render_refusal("Guests cannot ask.", "en")) == []


@LANGUAGES
@pytest.mark.parametrize("manages", [True, False])
def test_the_help_says_more_to_administrators(locale: str, manages: bool) -> None:
    message = usage_help(Actor("slack", "T", "U", "Ada", locale=locale), manages=manages)
    assert problems(message) == []
    assert ("200000" in words(message.blocks)) == manages


@LANGUAGES
def test_the_form_for_limits(locale: str) -> None:
    view = render_limits_form(locale)
    assert view_problems(view) == [] and view["callback_id"] == LIMITS
    assert view_problems(render_limits_told("x" * 5_000, locale)) == []
    assert [block.get("block_id") for block in view["blocks"]][1:] == [
        "cq_whom", PERSON_FIELD, "cq_hour", "cq_day", "cq_month",
    ]  # fmt: skip


def sent(**fields: Any) -> dict[str, Any]:
    return {"state": {"values": {f"cq_{name}": {"cq_choice": value} for name, value in fields.items()}}}


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        (
            {
                "whom": {"selected_option": {"value": "person"}},
                "person": {"selected_user": "U0BOB"},
                "hour": {"value": "5"},
            },
            Wanted("person", "", "U0BOB", 5, None, None),
        ),
        ({"whom": {"selected_option": {"value": "admin"}}}, Wanted("role", "admin", "", None, None, None)),
        (
            {"whom": {"selected_option": {"value": "everyone"}}, "day": {"value": " 0 "}},
            Wanted("everyone", "", "", None, 0, None),
        ),
        (
            {"month": {"value": "1.5"}, "hour": {"value": "²"}},
            Wanted("person", "", "", None, None, None, ("hour", "month")),
        ),
        ({"whom": {"selected_option": {"value": "forged"}}}, Wanted("person", "", "", None, None, None)),
    ],
)
def test_what_was_filled_in(fields: dict[str, Any], wanted: Wanted) -> None:
    assert read(sent(**fields)) == wanted


@LANGUAGES
def test_the_buttons_below(locale: str) -> None:
    (row,) = _buttons(locale, "week")
    assert [one["value"] for one in row["elements"]] == ["month", "quarter", "set"]
    assert message_problems("x", [row]) == []
