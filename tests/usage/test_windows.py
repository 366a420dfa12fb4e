"""The calendar of the quotas."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from core.usage.windows import windows

SEOUL = ZoneInfo("Asia/Seoul")


def test_windows_follow_the_zone() -> None:
    hour, day, month = windows(datetime(2026, 3, 31, 15, 20, tzinfo=UTC), SEOUL)
    # 00:20 on the first of April in Seoul.
    assert (hour.start, hour.end) == (datetime(2026, 3, 31, 15, tzinfo=UTC), datetime(2026, 3, 31, 16, tzinfo=UTC))
    assert (day.start, day.end) == (datetime(2026, 3, 31, 15, tzinfo=UTC), datetime(2026, 4, 1, 15, tzinfo=UTC))
    assert (month.start, month.end) == (datetime(2026, 3, 31, 15, tzinfo=UTC), datetime(2026, 4, 30, 15, tzinfo=UTC))


def test_an_hour_begins_on_the_clock_of_a_half_hour_zone() -> None:
    hour = windows(datetime(2026, 1, 1, 0, 10, tzinfo=UTC), ZoneInfo("Asia/Kolkata"))[0]
    assert hour.start == datetime(2025, 12, 31, 23, 30, tzinfo=UTC)


def test_days_are_long_and_short_when_clocks_change() -> None:
    zone = ZoneInfo("Europe/Berlin")
    short = windows(datetime(2026, 3, 29, 10, tzinfo=UTC), zone)[1]
    long = windows(datetime(2026, 10, 25, 10, tzinfo=UTC), zone)[1]
    assert short.end - short.start == timedelta(hours=23)
    assert long.end - long.start == timedelta(hours=25)


@given(
    st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2099, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(
        ["UTC", "Asia/Seoul", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu"]
    ),
)
def test_now_is_in_each_window_and_windows_meet(now: datetime, zone: str) -> None:
    for window in windows(now, ZoneInfo(zone)):
        assert window.start <= now < window.end
        after = {one.name: one for one in windows(window.end, ZoneInfo(zone))}[window.name]
        assert after.start == window.end
