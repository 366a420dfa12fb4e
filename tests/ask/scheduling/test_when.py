"""When a scheduled question is asked: its words in both languages, and its next moment, also when the clock changes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ask.scheduling.when import (
    HOURS,
    Hourly,
    Monthly,
    Weekly,
    When,
    last_until,
    next_after,
    when_from_json,
    when_to_json,
    zone_of,
)
from core.ask.scheduling.when_words import LONGEST, parse_when, print_when
from core.errors import BadEdit

BERLIN, NEW_YORK, SEOUL = (ZoneInfo(name) for name in ("Europe/Berlin", "America/New_York", "Asia/Seoul"))
ALL, WORK = (0, 1, 2, 3, 4, 5, 6), (0, 1, 2, 3, 4)

hours, minutes = st.integers(0, 23), st.integers(0, 59)
whens: st.SearchStrategy[When] = st.one_of(
    st.builds(
        Weekly,
        st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
        hours,
        minutes,
    ),
    st.builds(Monthly, st.integers(1, 31), hours, minutes),
    st.builds(Hourly, st.sampled_from(HOURS)),
)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
zones = st.sampled_from([BERLIN, NEW_YORK, SEOUL, ZoneInfo("Asia/Kathmandu"), ZoneInfo("Australia/Lord_Howe")])


@given(whens, st.sampled_from(["en", "ko"]))
def test_what_is_printed_is_read_back(when: When, locale: str) -> None:
    assert parse_when(print_when(when, locale)) == when
    assert when_from_json(when_to_json(when)) == when


@given(whens, moments, zones)
def test_the_next_run_is_later_and_none_lies_between(when: When, moment: datetime, zone: ZoneInfo) -> None:
    following = next_after(when, moment, zone)
    assert following > moment
    assert last_until(when, following, zone) == following
    assert next_after(when, following - timedelta(microseconds=1), zone) == following
    assert last_until(when, moment, zone) <= moment
    assert next_after(when, last_until(when, moment, zone), zone) == following


@given(whens, moments, zones)
def test_it_is_a_time_of_the_owners_clock(when: When, moment: datetime, zone: ZoneInfo) -> None:
    following = next_after(when, moment, zone)
    local = following.astimezone(zone)
    jumped = zone.utcoffset(local.replace(tzinfo=None)) != zone.utcoffset(
        (following - timedelta(hours=3)).astimezone(zone).replace(tzinfo=None)
    )
    if jumped:
        return  # the clock changed within the hours before: see the tests of those nights
    match when:
        case Weekly():
            assert local.weekday() in when.days
            assert (local.hour, local.minute) == (when.hour, when.minute)
        case Monthly():
            assert (local.hour, local.minute) == (when.hour, when.minute)
            assert local.day == when.day or (local + timedelta(days=1)).day == 1
        case Hourly():
            assert local.hour % when.hours == local.minute == 0


def at(text: str, zone: ZoneInfo) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def runs(when: When, since: str, zone: ZoneInfo, number: int) -> list[str]:
    moment, found = at(since, zone), []
    for _ in range(number):
        moment = next_after(when, moment, zone)
        found.append(moment.astimezone(zone).strftime("%m-%d %H:%M%z"))
    return found


def test_a_time_that_the_clock_jumps_over_comes_when_it_has_jumped() -> None:
    nightly = Weekly(ALL, 2, 30)
    assert runs(nightly, "2026-03-28 12:00", BERLIN, 2) == ["03-29 03:30+0200", "03-30 02:30+0200"]
    assert runs(nightly, "2026-03-07 12:00", NEW_YORK, 2) == ["03-08 03:30-0400", "03-09 02:30-0400"]


def test_a_time_that_comes_twice_counts_once() -> None:
    nightly = Weekly(ALL, 2, 30)
    assert runs(nightly, "2026-10-24 12:00", BERLIN, 2) == ["10-25 02:30+0200", "10-26 02:30+0100"]
    assert runs(Weekly(ALL, 1, 30), "2026-10-31 12:00", NEW_YORK, 2) == ["11-01 01:30-0400", "11-02 01:30-0500"]


def test_nine_stays_nine_on_both_sides_of_the_change_and_all_year_in_seoul() -> None:
    morning = Weekly(ALL, 9)
    assert runs(morning, "2026-03-28 00:00", BERLIN, 2) == ["03-28 09:00+0100", "03-29 09:00+0200"]
    assert runs(morning, "2026-03-28 00:00", SEOUL, 2) == ["03-28 09:00+0900", "03-29 09:00+0900"]


def test_every_hour_of_the_clock_once() -> None:
    night = ["10-25 01:00+0200", "10-25 02:00+0200", "10-25 03:00+0100"]
    assert runs(Hourly(1), "2026-10-25 00:30", BERLIN, 3) == night
    assert runs(Hourly(1), "2026-03-29 00:30", BERLIN, 3) == [
        "03-29 01:00+0100",
        "03-29 03:00+0200",
        "03-29 04:00+0200",
    ]
    assert runs(Hourly(12), "2026-06-30 01:00", SEOUL, 3) == [
        "06-30 12:00+0900",
        "07-01 00:00+0900",
        "07-01 12:00+0900",
    ]


def test_a_day_that_a_month_does_not_have_is_its_last() -> None:
    assert runs(Monthly(31, 8), "2026-01-31 09:00", SEOUL, 3) == [
        "02-28 08:00+0900",
        "03-31 08:00+0900",
        "04-30 08:00+0900",
    ]
    assert runs(Monthly(29, 8), "2028-01-30 00:00", SEOUL, 1) == ["02-29 08:00+0900"]


def test_a_day_that_a_zone_left_out_of_its_calendar_is_no_reason_to_stop() -> None:
    apia = ZoneInfo("Pacific/Apia")  # there was no 30 December 2011
    assert runs(Weekly((4,), 9), "2011-12-29 10:00", apia, 2) == ["12-31 09:00+1400", "01-06 09:00+1400"]


def test_a_zone_that_is_not_known_is_utc() -> None:
    assert [zone_of(name).key for name in ("Asia/Seoul", "Nowhere/At_All", "../etc", "")] == [
        "Asia/Seoul", "UTC", "UTC", "UTC",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("every weekday at 9", Weekly(WORK, 9)),
        ("Every Weekday at 9 AM", Weekly(WORK, 9)),
        ("weekdays 17:30", Weekly(WORK, 17, 30)),
        ("every monday 09:30", Weekly((0,), 9, 30)),
        ("mondays at 9:30", Weekly((0,), 9, 30)),
        ("every Monday and Thursday at 9pm", Weekly((0, 3), 21)),
        ("mon, wed, fri at 8", Weekly((0, 2, 4), 8)),
        ("every monday, wednesday, and friday at noon", Weekly((0, 2, 4), 12)),
        ("daily at 18:00", Weekly(ALL, 18)),
        ("every day at midnight", Weekly(ALL, 0)),
        ("every day at 12 am", Weekly(ALL, 0)),
        ("every day at 12 p.m.", Weekly(ALL, 12)),
        ("on weekends at 10", Weekly((5, 6), 10)),
        ("on the 1st of each month at 8", Monthly(1, 8)),
        ("on the last day of every month at 23:59", Monthly(31, 23, 59)),
        ("monthly on the 15th at 7", Monthly(15, 7)),
        ("every 3 hours", Hourly(3)),
        ("hourly", Hourly(1)),
        ("매일 9시", Weekly(ALL, 9)),
        ("매일 18:00", Weekly(ALL, 18)),
        ("평일 오전 9시", Weekly(WORK, 9)),
        ("평일 오후 6시에", Weekly(WORK, 18)),
        ("매일 밤 12시", Weekly(ALL, 0)),
        ("매일 밤 9시", Weekly(ALL, 21)),
        ("daily at 13:00 pm", Weekly(ALL, 13)),
        ("매일 저녁 7시 반", Weekly(ALL, 19, 30)),
        ("매일 낮 12시", Weekly(ALL, 12)),
        ("매일 낮 11시", Weekly(ALL, 11)),
        ("매일 낮 1시", Weekly(ALL, 13)),
        ("매일 낮 13시", Weekly(ALL, 13)),
        ("매일 낮 16시", Weekly(ALL, 16)),
        ("매일 오전 12시", Weekly(ALL, 0)),
        ("매일 오전 0시", Weekly(ALL, 0)),
        ("매일 오전 00:30", Weekly(ALL, 0, 30)),
        ("매일 오전 11시", Weekly(ALL, 11)),
        ("매일 새벽 0시", Weekly(ALL, 0)),
        ("매일 아침 7시", Weekly(ALL, 7)),
        ("매일 오후 12시", Weekly(ALL, 12)),
        ("매일 오후 15시", Weekly(ALL, 15)),
        ("매일 오후 15:30", Weekly(ALL, 15, 30)),
        ("매일 오후 23시", Weekly(ALL, 23)),
        ("매일 저녁 19시", Weekly(ALL, 19)),
        ("매일 밤 18시", Weekly(ALL, 18)),
        ("매일 밤 22시", Weekly(ALL, 22)),
        ("매일 밤 23시 반", Weekly(ALL, 23, 30)),
        ("매일 밤 0시", Weekly(ALL, 0)),
        ("매일 밤 3시", Weekly(ALL, 3)),
        ("매주 금·일 오후 3시", Weekly((4, 6), 15)),
        ("매주 금일요일 오후 3시", Weekly((4, 6), 15)),
        ("매주 토일 오후 3시", Weekly((5, 6), 15)),
        ("매일 정오", Weekly(ALL, 12)),
        ("매주 월요일 9시 30분", Weekly((0,), 9, 30)),
        ("매주 월, 수, 금 10시", Weekly((0, 2, 4), 10)),
        ("월수금 오전 10시", Weekly((0, 2, 4), 10)),
        ("매주 화요일과 목요일 오후 2시", Weekly((1, 3), 14)),
        ("주말 11시", Weekly((5, 6), 11)),
        ("매월 1일 8시", Monthly(1, 8)),
        ("매달 말일 오후 5시", Monthly(31, 17)),
        ("3시간마다", Hourly(3)),
        ("매시간", Hourly(1)),
    ],
)
def test_what_people_write(text: str, when: When) -> None:
    assert parse_when(text) == when


@pytest.mark.parametrize(
    "text",
    [
        "", "soon", "every monday", "at 9", "9시", "every weekday at 25", "every day at 9:75",
        "daily at 0 am", "on the 32nd of each month at 8", "on the 0th of each month at 8", "every blue moon at 9",
        "every mo at 9", "매주 9시", "매주 밤요일 9시", "매월 9시", "매일 오전 13시",
        "금일 오후 3시", "금일 15:00", "매주 금일 오후 3시", "금일마다 9시", "금월 9시", "일일 9시",
        "매일 아침 12시", "매일 저녁 12시", "매일 아침 0시", "매일 저녁 0시", "매일 오후 0시", "매일 낮 0시",
        "매일 오전 15시", "매일 새벽 13시", "매일 아침 18시", "매일 낮 9시", "매일 낮 17시", "매일 낮 22시",
        "매일 밤 13시", "매일 밤 17시", "매일 오후 24시", "매일 밤 24시", "매일 오후 15시 75분",
        "every day at 9 " + " " * LONGEST,
    ],
)  # fmt: skip
def test_what_says_no_moment_is_refused_with_examples(text: str) -> None:
    with pytest.raises(BadEdit) as refusal:
        parse_when(text)
    assert refusal.value.code == "schedule.when"


@pytest.mark.parametrize("text", ["every 5 hours", "every 0 hours", "every 24 hours", "7시간마다"])
def test_steps_that_fall_on_other_hours_every_day_are_refused(text: str) -> None:
    with pytest.raises(BadEdit) as refusal:
        parse_when(text)
    assert refusal.value.code == "schedule.hours"


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        when = parse_when(text)
    except BadEdit:
        return
    assert parse_when(print_when(when, "en")) == when
