"""Figures of use as a reply: what matters first, no empty table, money that is never nothing, words and no codes."""

import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ask.codec import reply_from_json, reply_to_json
from core.ask.present.meters import WIDTH, bar, share
from core.ask.present.trend import trend_words
from core.ask.present.use import dashboard_reply, limits_reply, usage_reply
from core.ask.present.use_tables import busiest, counted, limits_words, listing, money
from core.chat import Chart, Facts, Meter, Meters, Notice, Reply, Series, Table, Text
from core.figures import DayUse, Forecast, HourUse, LimitLine
from tests.adapters.figures import MODELS, NEVER, NOBODY, TODAY, dashboard, days, person, windows

LANGUAGES = pytest.mark.parametrize("locale", ["en", "ko"])


def parts(reply: Reply, kind: type) -> list[Any]:
    return [part for part in reply.parts if isinstance(part, kind)]


def said(reply: Reply) -> str:
    return str(parts(reply, Text)[0].text)


def facts(reply: Reply) -> dict[str, str]:
    return {fact.key: fact.value for part in parts(reply, Facts) for fact in part.items}


def test_a_person_in_the_middle_of_a_month() -> None:
    reply = usage_reply(person(), "en", "Asia/Seoul")
    assert [part.part for part in reply.parts] == ["text", "meters", "chart", "table", "facts"]
    assert said(reply) == (
        "12% of this month's tokens are used. At this pace the month will cost $1.20 ($0.90 to $1.60)."
    )
    (meters,) = parts(reply, Meters)
    assert [item.text for item in meters.items] == [
        "120 of 1,000 tokens (12%)", "2,300 of 10,000 tokens (23%)", "12,000 of 100,000 tokens (12%)",
    ]  # fmt: skip
    assert meters.items[0].note == "Starts again May 14, 2026, 16:00"
    assert facts(reply) == {
        "average": "300 tokens, $0.000085",
        "cost": "$0.0034",
        "forecast": "$1.20 ($0.90 to $1.60), from 12 days",
        "free": "17 of 57 (30%)",
        "total": "88,000",
    }
    (models,) = parts(reply, Table)
    assert models.rows == (
        ("gpt-4o-mini", 40, 12_000, "0.00341"), ("Built-in writer", 12, 0, "0"), ("Templates", 5, 0, "0"),
    )  # fmt: skip


def test_korean() -> None:
    reply = usage_reply(person(), "ko-KR", "Asia/Seoul")
    assert said(reply) == "이번 달 토큰의 12%를 썼습니다. 이대로라면 이번 달 비용은 US$1.20(US$0.90~US$1.60)입니다."
    assert "1,000토큰 중 120토큰 사용 (12%)" in reply.plain
    assert "일별 토큰, 4월 15일~5월 14일" in reply.plain


@pytest.mark.parametrize(
    ("used", "told"),
    [
        ((0, 0, 0), "0% of this month's tokens are used."),
        ((1, 1, 1), "<1% of this month's tokens are used."),
        ((850, 2_000, 50_000), "85% of this hour's tokens are used."),
        ((100, 9_999, 50_000), "99% of today's tokens are used."),
        ((1_000, 2_000, 50_000), "This hour's tokens are used up; they start again May 14, 2026, 07:00."),
        ((1_000, 12_000, 50_000), "Today's tokens are used up; they start again May 15, 2026, 00:00."),
        ((1_000, 10_000, 100_000), "This month's tokens are used up; they start again Jun 1, 2026, 00:00."),
    ],
)
def test_what_stops_first_is_said_first(used: tuple[int, ...], told: str) -> None:
    assert said(usage_reply(person(windows=windows(*used)), "en", "UTC")).startswith(told)


def test_a_limit_that_is_passed_says_by_how_much() -> None:
    (meters,) = parts(usage_reply(person(windows=windows(1_200, 0, 0)), "en"), Meters)
    assert meters.items[0].text == "1,200 of 1,000 tokens (120%)"
    assert bar(meters.items[0]) == "█" * WIDTH


def test_a_limit_of_nothing_and_tokens_that_are_held() -> None:
    limited = windows(0, 0, 0, limits=(0, 10_000, 0), reserved=550)
    (meters,) = parts(usage_reply(person(windows=limited), "en"), Meters)
    assert "only questions that need no model" in meters.items[0].text
    assert meters.items[1].note.endswith("550 tokens held for a question that is being answered")
    assert said(usage_reply(person(windows=limited), "en")).startswith("0% of today's")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"forecast": None}, "So far the month has cost $0.0034."),
        ({"forecast": None, "cost": Decimal("0.000012")}, "So far the month has cost $0.000012."),
        ({"questions": 5, "free": 5}, "5 questions this month, all answered at 0 tokens."),
        ({"questions": 1, "free": 1}, "1 question this month, all answered at 0 tokens."),
        (
            {"forecast": Forecast(Decimal("0.0012"), Decimal("0.0009"), Decimal("0.002"), 8)},
            "$0.0012 ($0.0009 to $0.002)",
        ),
    ],
)
def test_what_the_month_costs(changes: dict[str, Any], told: str) -> None:
    assert told in said(usage_reply(person(**changes), "en"))


@LANGUAGES
def test_whoever_never_asked_sees_a_sentence_and_their_limits(locale: str) -> None:
    reply = usage_reply(NEVER, locale)
    assert [part.part for part in reply.parts] == ["text", "meters"]
    assert said(reply) == {"en": "Nothing has been asked yet.", "ko": "아직 질문한 기록이 없습니다."}[locale]


def test_another_person_is_named() -> None:
    assert said(usage_reply(person(), "en", whose="Kim\u202e")).startswith("Kim\\u202e: 12% of")
    assert said(usage_reply(person(), "ko", whose="김서연")).startswith("김서연님: 이번 달")


def test_the_trend_is_of_as_many_days_as_the_door_draws() -> None:
    (whole,) = parts(usage_reply(person(), "en"), Chart)
    assert (whole.kind, len(whole.labels), whole.title) == ("line", 30, "Tokens by day, Apr 15 – May 14")
    (narrow,) = parts(usage_reply(person(), "en", points=20), Chart)
    assert (len(narrow.labels), narrow.title) == (20, "Tokens by day, Apr 25 – May 14")
    assert narrow.series[0].values == whole.series[0].values[10:]


def test_a_quarter_is_drawn_by_whole_weeks() -> None:
    whole = days(90)
    (chart,) = parts(dashboard_reply(dashboard(span="quarter", days=whole), "en", points=20), Chart)
    assert len(chart.labels) == 12
    assert chart.title == "Cost (US$) by week, Feb 20 – May 14"
    assert sum(value or 0 for value in chart.series[0].values) == pytest.approx(
        float(sum((day.cost for day in whole[6:]), Decimal(0)))
    )


def test_days_without_use_have_no_trend() -> None:
    still = tuple(DayUse(TODAY - timedelta(days=n), 0, 0, Decimal(0)) for n in range(30, 0, -1))
    assert parts(usage_reply(person(days=still), "en"), Chart) == []
    asked = replace(still[3], questions=4)
    (chart,) = parts(dashboard_reply(dashboard(days=(*still, asked)), "en"), Chart)
    assert chart.series[0].name == "Questions"


def test_a_dashboard_tells_the_unusual_first_with_its_why() -> None:
    reply = dashboard_reply(dashboard(), "en")
    notice = reply.parts[0]
    assert isinstance(notice, Notice) and notice.level == "warning"
    assert notice.hint.split("\n") == [
        "Kim: 12,400 tokens on May 3, 2026; on half of the 14 days before it was 900 or less, and up to 3,100 would be "
        "nothing unusual.",
        "Everybody together: 22,400 tokens on May 3, 2026; on half of the 14 days before it was 1,900 or less, and up "
        "to 8,100 would be nothing unusual.",
    ]
    assert said(reply) == (
        "12 people asked 342 questions this month: 54,000 tokens and $1.20. "
        "At this pace the month will cost $3.40 ($2.90 to $4.10)."
    )
    assert facts(reply) == {
        "cost_span": "$1.20",
        "before": "$0.90 (33% more now)",
        "forecast": "$3.40 ($2.90 to $4.10), from 14 days",
        "free": "140 of 342 (41%)",
        "failed": "12 of 342 (4%)",
    }


def test_many_unusual_days_are_counted() -> None:
    odd = dashboard().unusual * 4
    notice = dashboard_reply(dashboard(unusual=odd), "en").parts[0]
    assert isinstance(notice, Notice)
    assert len(notice.hint.split("\n")) == 6 and notice.hint.endswith("3 more are not listed here.")


@pytest.mark.parametrize(
    ("before", "shown"),
    [("1.20", "$1.20"), ("1.198", "$1.20"), ("2.40", "$2.40 (50% less now)"), ("0.60", "$0.60 (100% more now)")],
)
def test_the_stretch_before_is_compared(before: str, shown: str) -> None:
    assert facts(dashboard_reply(dashboard(cost_before=Decimal(before)), "en"))["before"] == shown


def test_a_dashboards_lists_are_headed_cut_and_without_addresses() -> None:
    reply = dashboard_reply(dashboard(), "en")
    tables = parts(reply, Table)
    assert [len(table.rows) for table in tables] == [10, 3, 1, 1, 1, 2, 7]
    assert "@" not in reply.plain
    pairs = pairwise(reply.parts)
    headings = [one.text for one, after in pairs if isinstance(one, Text) and isinstance(after, Table)]
    assert headings == [
        "People: the 10 largest of 14. The CSV file has all of them.", "Models", "Databases", "Topics",
        "Questions asked more than once", "Why questions failed", "When people ask: most on Tue, 9–12 h",
    ]  # fmt: skip


@LANGUAGES
def test_failures_are_told_in_words(locale: str) -> None:
    failures = listing(dashboard(), "failures", locale)
    first, second = failures.rows
    assert "…" in str(first[0]) and "quota" not in str(first[0]) and "{" not in str(first[0])
    assert "gone.code" in str(second[0])
    assert first[3] == "2026-05-14 15:30"


@LANGUAGES
@pytest.mark.parametrize("span", ["week", "month", "quarter"])
def test_a_house_in_which_nobody_asked(locale: str, span: Any) -> None:
    reply = dashboard_reply(replace(NOBODY, span=span), locale)
    assert [part.part for part in reply.parts] == ["text"]
    assert reply.plain == said(reply)


def test_the_whole_lists_have_everything() -> None:
    board = dashboard()
    assert len(listing(board, "people", "en").rows) == 14
    assert "p3@example.com" in listing(board, "people", "en").rows[3]
    assert [column.name for column in listing(board, "models", "en").columns][-3:] == [
        "Failed", "Repaired", "Median (s)",
    ]  # fmt: skip
    assert listing(board, "hours", "ko").rows[0] == ("화", 9, 4)
    assert listing(board, "days", "en").rows[1] == ("2026-05-02", 1, 100, "0.0003")
    assert listing(board, "unusual", "ko").rows[1][1] == "전체 합계"
    for what in ("databases", "topics", "questions"):
        assert len(listing(board, what, "en").rows) == 1


def test_limits_are_listed() -> None:
    lines = (
        LimitLine("everyone", "", "", 1_000, None, 100_000),
        LimitLine("role", "admin", "", None, None, None),
        LimitLine("person", "u1", "Kim", 0, 5, None),
    )
    (table,) = parts(limits_reply(lines, "en"), Table)
    assert table.rows == (
        ("Everyone", 1_000, None, 100_000), ("Role: administrators", None, None, None), ("Kim", 0, 5, None),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (LimitLine("person", "u1", "Kim", 2_000, None, None), "Kim: 2,000 tokens an hour. What is not set is as for"),
        (LimitLine("role", "viewer", "", 1, 2, 3), "Role: viewers: 1 token an hour, 2 tokens a day, 3 tokens a month."),
        (LimitLine("everyone", "", "", None, 5, None), "Everyone: 5 tokens a day. What is not set is the server's"),
        (LimitLine("person", "u1", "Kim", None, None, None), "Kim: no limits of their own. What is not set"),
    ],
)
def test_a_limit_in_words(line: LimitLine, told: str) -> None:
    assert limits_words(line, "en").startswith(told)


def test_money_keeps_its_digits_and_no_more() -> None:
    amounts = ("0", "10", "1.20", "0.0000001", "0.000000001", "1234567.5", "1E+3")
    assert [money(Decimal(one)) for one in amounts] == ["0", "10", "1.2", "0.0000001", "0", "1234567.5", "1000"]


def test_the_busiest_hours() -> None:
    assert busiest(()) is None
    assert busiest((HourUse(6, 23, 1), HourUse(0, 2, 1), HourUse(0, 0, 1))) == (0, 0, 3)


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 people"), (1, "1 person"), (2, "2 people"), (1_000, "1,000 people")]
)
def test_one_is_not_many(number: int, words: str) -> None:
    assert counted("en", "people", number) == words


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_bar_is_full_only_when_the_limit_is_reached(used: int, limit: int) -> None:
    drawn = bar(Meter("", used, limit, ""))
    assert re.fullmatch("█*░*", drawn) and len(drawn) == WIDTH
    assert ("░" not in drawn) == (used >= limit)
    assert ("█" not in drawn) == (used == 0 and limit > 0)
    assert 0 <= share(Meter("", used, limit, "")) <= 1


@given(st.lists(st.none() | st.floats(), min_size=1, max_size=100))
def test_a_trend_is_one_line_whatever_its_values(values: list[float | None]) -> None:
    chart = Chart("line", "t", tuple(map(str, range(len(values)))), (Series("s", tuple(values)),))
    told = trend_words(chart, "en")
    assert "\n" not in told and len(told) < 120


def test_a_trend_rises_with_its_values() -> None:
    chart = Chart("line", "Tokens", ("a", "b", "c", "d"), (Series("Tokens", (0.0, 7.0, None, 3.5)),))
    assert trend_words(chart, "en") == "Tokens: ▁█ ▅ (highest 7)"
    several = replace(chart, series=(chart.series[0], Series("Cost", (None,) * 4)))
    assert trend_words(several, "en").split("\n")[1] == "Tokens · Cost: nothing yet"


@LANGUAGES
def test_a_reply_is_stored_and_read_back(locale: str) -> None:
    for reply in (usage_reply(person(), locale), dashboard_reply(dashboard(), locale)):
        assert reply_from_json(reply_to_json(reply)) == reply
        assert "{" not in reply.plain and "None" not in reply.plain


def test_what_people_are_called_cannot_speak_to_a_door() -> None:
    evil = "\x1b[31m<!channel>\u202e"
    board = dashboard(
        people=(replace(dashboard().people[0], name=evil),),
        models=(replace(MODELS[0], model=evil),),
        unusual=(replace(dashboard().unusual[0], name=evil),),
    )
    assert "\x1b" not in dashboard_reply(board, "en").plain and "\u202e" not in dashboard_reply(board, "en").plain
