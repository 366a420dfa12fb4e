"""Matching with anything at all: it never raises, and what is filled in comes back."""

import unicodedata
from datetime import date, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.saved import Parameter
from core.templates.matching import Candidate, TemplateIndex
from core.templates.matching.times import times
from tests.templates.paraphrases import TODAY

_SAID = (
    "revenue by month top 5 {n} {city} {day} {n}{n} 매출 서울의 지역별 3월 가장 많은 이상 미만 between and to from "
    "2024 2026-03-05 last days ago ? , - 's \" ' ( ) % $ 만 열 안 수 가입자 ١٢ 🚀 \u200f שלום \u0301 İ ß ﬁ ½ ² 1e9 "
    "0.00001 hundred 한 번도 \ue000 \ue041 \ud7ff 99999999999999999999999999999999999999999 .5k 억"
)
_BITS = st.sampled_from(_SAID.split(" "))
_TEXT = st.one_of(
    st.text(max_size=60), st.lists(_BITS, max_size=14).map(" ".join), st.lists(_BITS, max_size=14).map("".join)
)


@settings(max_examples=300, deadline=None)
@given(_TEXT, _TEXT, st.text(max_size=8))
def test_nothing_raises(template: str, asked: str, default: str) -> None:
    parameters = (Parameter("n", "number"), Parameter("city", "choice"), Parameter("day", "date", default))
    index = TemplateIndex(
        [
            Candidate("a", template, parameters, {"city": ("서울", "Seoul", "New York", "")}),
            Candidate("b", template),
            Candidate("c", asked),
        ]
    )
    everybody = {"a", "b", "c"}
    for question in (asked, template):
        fit = index.fits(question, everybody, TODAY)
        assert fit is None or (fit.id in everybody and 0 < fit.score <= 1)
        assert set(index.near(question, everybody)) <= everybody
    low = asked.lower()
    assert all(0 <= one.start < one.end <= len(low) for one in times(low))


_NUMBERS = st.one_of(
    st.integers(-(10**12), 10**12).map(str),
    st.decimals(-1_000, 1_000, places=2, allow_nan=False).map(lambda value: format(value.normalize(), "f")),
)
_DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1)).map(date.isoformat)
_CHOICES = ("Seoul", "New York", "서울", "부산", "Not started", "Top", "3월", "A&B", "50% off")
_NAMES = st.one_of(
    st.sampled_from(
        ("Ada Lovelace", "O'Brien", "강남", "여의도", "종로", "김철수", "A-1029", "Umber", "Bank of Korea")
    ),
    st.text(st.characters(categories=("Lu", "Ll", "Nd")), min_size=1, max_size=12).map(lambda name: f'"{name}"'),
)
_TEMPLATES = st.sampled_from(
    (
        "Orders of {name} over {n} since {day} in {city}",
        "{city} orders by {name}: more than {n} after {day}",
        "{day} {city} 매장에서 {name} 고객이 {n}원 이상 주문한 상품",
        "{name}의 {day} {city} 주문 중 {n}건 초과",
        "Refunds on {day} at {city} for customer {name}, at most {n} items, {city} again",
    )
)


@settings(max_examples=200, deadline=None)
@given(_TEMPLATES, _NUMBERS, _DAYS, st.sampled_from(_CHOICES), _NAMES)
def test_what_is_filled_in_comes_back(template: str, n: str, day: str, city: str, name: str) -> None:
    parameters = (Parameter("n", "number"), Parameter("day", "date"), Parameter("city", "choice"), Parameter("name"))
    index = TemplateIndex([Candidate("t", template, parameters, {"city": _CHOICES})])
    values = {"n": n, "day": day, "city": city, "name": name}
    asked = template
    for placeholder, value in values.items():
        asked = asked.replace(f"{{{placeholder}}}", value)
    fit = index.fits(asked, {"t"}, TODAY)
    assert fit is not None
    assert dict(fit.values) == values | {"name": unicodedata.normalize("NFKC", name.strip('"'))}
    assert fit.exact or " " in city + name  # side by side, where a value ends the kinds alone can tell


@settings(max_examples=200, deadline=None)
@given(st.dates(date(1995, 1, 1), date(2080, 1, 1)), st.integers(0, 300), st.sampled_from(("{m} {d}", "{m}월 {d}일")))
def test_a_day_without_a_year_is_the_last_one(today: date, ago: int, written: str) -> None:
    day = today - timedelta(days=ago)
    assume((day.month, day.day) != (2, 29))
    month = day.strftime("%B") if "월" not in written else str(day.month)
    index = TemplateIndex(
        [Candidate("t", "매출 {day}" if "월" in written else "Sales on {day}", (Parameter("day", "date"),))]
    )
    question = ("매출 " if "월" in written else "sales on ") + written.format(m=month, d=day.day)
    fit = index.fits(question, {"t"}, today)
    assert fit is not None and dict(fit.values) == {"day": day.isoformat()}
