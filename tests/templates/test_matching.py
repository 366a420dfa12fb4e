"""Matching a question with saved templates: what people write, the values in it, and what only looks alike."""

from collections.abc import Mapping
from datetime import date

import pytest

from core.saved import Parameter
from core.templates.matching import Candidate, Fit, TemplateIndex, vocabulary
from tests.templates import paraphrases
from tests.templates.crowd import crowd
from tests.templates.paraphrases import PARTS, TODAY


def _index(question: str, *parameters: Parameter, **choices: tuple[str, ...]) -> TemplateIndex:
    return TemplateIndex([Candidate("t", question, parameters, choices)])


def _fit(index: TemplateIndex, question: str) -> Fit | None:
    return index.fits(question, {"t"}, TODAY)


def _values(index: TemplateIndex, question: str) -> Mapping[str, str] | None:
    fit = _fit(index, question)
    return None if fit is None else dict(fit.values)


CITY, NAME, N, DAY = Parameter("city"), Parameter("name"), Parameter("n", "number"), Parameter("day", "date")


# -- the paraphrases


def test_the_set_is_large_and_half_of_it_looks_alike_only() -> None:
    candidates, asked = paraphrases.load()
    for part in PARTS:
        of_part = [one for one in asked if one.part == part]
        assert len(of_part) >= 60
        assert sum(not one.fits for one in of_part) >= len(of_part) / 3
        assert 0.4 <= sum(one.language == "ko" for one in of_part) / len(of_part) <= 0.6
    assert len([one for one in asked if one.part != "fresh"]) >= 240
    assert len({one.domain for one in asked}) >= 5
    domains = [{one.domain for one in asked if one.part == part} for part in PARTS]
    assert not domains[0] & domains[1] and not (domains[0] | domains[1]) & domains[2]
    assert any(one.parameters for one in candidates) and any(not one.parameters for one in candidates)


@pytest.mark.parametrize("many", [0, 2_000])
def test_paraphrases_are_answered_and_look_alikes_are_not(many: int) -> None:
    """All templates of all businesses are in one index, alone and among 2,000 others."""
    own, asked = paraphrases.load()
    candidates = (*own, *crowd(many))
    index = TemplateIndex(candidates)
    everybody = {one.id for one in candidates}
    fits = [index.fits(one.question, everybody, TODAY) for one in asked]
    answers = [(fit.id, fit.values) if fit else None for fit in fits]
    for part in PARTS:
        told = [(one, answer) for one, answer in zip(asked, answers, strict=True) if one.part == part]
        score = paraphrases.score([one for one, _ in told], [answer for _, answer in told])
        print(f"{part} among {len(candidates):,}: {score}")
        assert score.precision >= 0.98 and score.recall >= 0.8
    whole = paraphrases.score(asked, answers)
    assert whole.precision >= 0.98 and whole.recall >= 0.8


def test_the_judge_counts_wrong_answers_wrong_values_and_silence() -> None:
    _, asked = paraphrases.load()
    meant = next(one for one in asked if one.fits and one.values)
    unlike = next(one for one in asked if not one.fits)
    right = (meant.template, meant.values)
    wrong_values = (meant.template, tuple((name, f"{value}!") for name, value in meant.values))
    score = paraphrases.score([meant] * 4 + [unlike] * 2, [right, wrong_values, ("x", ()), None, None, right])
    assert (score.right, score.wrong, score.missed) == (1, 3, 3)
    assert (score.precision, score.recall) == (0.25, 0.25)


# -- word for word


@pytest.mark.parametrize(
    "asked",
    [
        "revenue   BY month",
        "Ｒｅｖｅｎｕｅ by month?",
        " Revenue by month... ",
        "REVENUE BY MONTH！",
        "revenue by\nmonth",
    ],
)
def test_case_width_space_and_the_final_mark_make_no_difference(asked: str) -> None:
    assert _fit(_index("Revenue by month"), asked) == Fit("t", (), exact=True, score=1.0)


def test_a_template_that_says_little_is_answered_word_for_word_alone() -> None:
    assert _fit(_index("오늘 어때?"), "오늘 어때") is not None
    assert _fit(_index("오늘 어때?"), "오늘 매출 어때") is None


def test_placeholders_word_for_word_are_exact() -> None:
    index = _index("Sales of {city} in {month}", CITY, Parameter("month"))
    fit = _fit(index, "sales of Seoul in 2026-03?")
    assert fit == Fit("t", (("city", "Seoul"), ("month", "2026-03")), exact=True, score=1.0)
    other = _fit(index, "in 2026-03, sales of Seoul")
    assert other is not None and not other.exact and 0 < other.score < 1


# -- values


FOUND: list[tuple[TemplateIndex, str, dict[str, str]]] = [
    (_index("Customers with more than {n} orders", N), "clients that have over 1,000 orders", {"n": "1000"}),
    (_index("Customers with more than {n} orders", N), "customers with more than ten orders", {"n": "10"}),
    (_index("Customers with more than {n} orders", N), "customers with more than two hundred orders", {"n": "200"}),
    (_index("Customers with more than {n} orders", N), "customers with more than 1.5k orders", {"n": "1500"}),
    (_index("Balance below {n}", N), "balance below -500", {"n": "-500"}),
    (_index("Rating below {n}", N), "rating below 0.00005", {"n": "0.00005"}),
    (_index("매출이 {n}원 넘는 매장", N), "매출이 천 원 넘는 매장 뽑아줘", {"n": "1000"}),
    (_index("매출이 {n}원 넘는 매장", N), "매출이 백만원 넘는 매장", {"n": "1000000"}),
    (_index("매출이 {n}원 넘는 매장", N), "매출 3만 5천원 넘는 매장은?", {"n": "35000"}),
    (_index("상위 {n}명 고객", N), "상위 다섯 명 고객 알려줘", {"n": "5"}),
    (_index("Status of order {n}", N), "what's the status of order #1234", {"n": "1234"}),
    (_index("Revenue in {n}", N), "revenue in 2024", {"n": "2024"}),
    (_index("{n}년 매출", N), "2024년도 매출은?", {"n": "2024"}),
    (_index("Sales on {day}", DAY), "sales yesterday", {"day": "2026-03-05"}),
    (_index("Sales on {day}", DAY), "sales on March 5, 2026", {"day": "2026-03-05"}),
    (_index("Sales on {day}", DAY), "sales on 5 March", {"day": "2026-03-05"}),
    (_index("Sales on {day}", DAY), "sales on 2026/03/05", {"day": "2026-03-05"}),
    (_index("Sales on {day}", DAY), "sales 3 days ago", {"day": "2026-03-03"}),
    (_index("{day} 매출", DAY), "오늘 매출은?", {"day": "2026-03-06"}),
    (_index("{day} 매출", DAY), "3월 5일 매출", {"day": "2026-03-05"}),
    (_index("{day} 매출", DAY), "12월 25일의 매출", {"day": "2025-12-25"}),
    (_index("{day} 매출", DAY), "그저께 매출은 얼마였어?", {"day": "2026-03-04"}),
    (_index("Sales of {city}", CITY), "Seoul's sales", {"city": "Seoul"}),
    (_index("Sales of {city}", CITY), "Seoul sales", {"city": "Seoul"}),
    (_index("Sales of {city}", CITY), "can you show me the sales in seoul?", {"city": "seoul"}),
    (_index("Sales of {city}", CITY), "sales in New York please", {"city": "New York"}),
    (_index("Sales of {city}", CITY), 'sales of "last month"', {"city": "last month"}),
    (_index("{city} 매출", CITY), "제주도의 매출은?", {"city": "제주도"}),
    (_index("{city} 매출", CITY), "여의도 매출 알려주세요", {"city": "여의도"}),
    (_index("{city} 매출", CITY), "서울에서 매출 얼마야", {"city": "서울"}),
    (_index("{name}님의 주문", NAME), "김철수님의 주문", {"name": "김철수"}),
    (_index("{name}이 담당한 고객", NAME), "영희가 담당한 고객 알려줘", {"name": "영희"}),
    (_index("orders of customer {name}", NAME), "orders of customer A-1029", {"name": "A-1029"}),
    (_index("Sales of {c}", Parameter("c", "choice"), c=("New York", "Rome")), "SALES OF NEW YORK", {"c": "New York"}),
    (_index("{c} 매출", Parameter("c", "choice"), c=("서울", "부산")), "부산에서 매출이 얼마야?", {"c": "부산"}),
    (_index("{c} 매출", Parameter("c", "choice"), c=("서울", "서울 강남")), "서울 강남의 매출", {"c": "서울 강남"}),
    (_index("Bills: {c}", Parameter("c", "choice"), c=("Not paid", "Paid")), "bills not paid", {"c": "Not paid"}),
    (_index("Sales of {c}", Parameter("c", "choice", column="t.c")), "sales of Oslo", {"c": "Oslo"}),
]  # fmt: skip


@pytest.mark.parametrize(("index", "asked", "values"), FOUND, ids=[asked for _, asked, _ in FOUND])
def test_values_are_read_by_their_kind(index: TemplateIndex, asked: str, values: dict[str, str]) -> None:
    assert _values(index, asked) == values


UNREADABLE: list[tuple[TemplateIndex, str]] = [
    (_index("Top {n} customers", N), "top some customers"),
    (_index("Top {n} customers", N), "top 10% customers"),
    (_index("Top {n} customers", N), f"top {'9' * 39} customers"),
    (_index("Sales on {day}", DAY), "sales on 2026-02-30"),
    (_index("Sales on {day}", DAY), "sales in March 2026"),
    (_index("Sales on {day}", DAY), "sales last week"),
    (_index("Sales of {c}", Parameter("c", "choice"), c=("Rome",)), "sales of Oslo"),
    (_index("{c} 매출", Parameter("c", "choice"), c=("서울",)), "서울대 매출"),
    (_index("Sales of {city}", CITY), "sales of"),
    (_index("Waiting time in {month}", Parameter("month")), "waiting time in cardiology"),
]


@pytest.mark.parametrize(("index", "asked"), UNREADABLE, ids=[asked[:60] for _, asked in UNREADABLE])
def test_a_value_that_cannot_be_read_is_no_fit(index: TemplateIndex, asked: str) -> None:
    assert _fit(index, asked) is None


def test_a_default_fills_what_is_not_said() -> None:
    index = _index(
        "Orders in the last {n} days in {city}", Parameter("n", "number", "30"), Parameter("city", default="Seoul")
    )
    assert _values(index, "orders") == {"n": "30", "city": "Seoul"}
    assert _values(index, "orders in the last 7 days") == {"n": "7", "city": "Seoul"}
    assert _values(index, "orders in Busan") == {"n": "30", "city": "Busan"}
    assert _values(index, "orders last month") is None
    since = _index("Sales since {day}", Parameter("day", "date", "today-30"))
    assert _values(since, "sales") == {"day": "today-30"}
    assert _values(since, "sales until yesterday") is None


def test_a_parameter_that_the_question_does_not_name_needs_a_default() -> None:
    assert _values(_index("Sales", Parameter("n", "number", "5")), "sales") == {"n": "5"}
    assert _values(_index("Sales", N), "sales") is None


def test_days_are_of_the_day_they_are_asked_on() -> None:
    index = _index("Sales on {day}", DAY)
    fit = index.fits("sales yesterday", {"t"}, date(2024, 3, 1))
    assert fit is not None and dict(fit.values) == {"day": "2024-02-29"}


# -- odd templates


@pytest.mark.parametrize(
    "question", ["{x}", "{ x }?", "what is {x}", "how many {x}", "{x} 알려줘", "{a} {b}", "{a}{b}", "{x} last month"]
)
def test_a_template_without_a_word_of_its_own_answers_nothing(question: str) -> None:
    """It would answer everything: such a template is taken from the list alone."""
    index = _index(question)
    for asked in ("orders", "how many orders", "매출 알려줘", "Kim Lee", "sales last month"):
        assert _fit(index, asked) is None


def test_two_placeholders_side_by_side_take_a_word_each_or_nothing() -> None:
    index = _index("Students named {first} {last}", Parameter("first"), Parameter("last"))
    assert _values(index, "students named Ada Lovelace") == {"first": "Ada", "last": "Lovelace"}
    assert _fit(index, "students named Ada King Lovelace") is None
    assert _values(index, 'students named "Ada King" "Lovelace"') == {"first": "Ada King", "last": "Lovelace"}
    assert _fit(_index("Room {a}{b}", Parameter("a"), Parameter("b")), "room 101x") is None
    mixed = _index("Top {n} {what} suppliers", N, Parameter("what"))
    assert _values(mixed, "top 5 Berlin suppliers") == {"n": "5", "what": "Berlin"}


def test_the_same_placeholder_twice_is_the_same_value() -> None:
    index = _index("sales of {city} and refunds of {city}", CITY)
    assert _values(index, "sales of Seoul and refunds of Seoul") == {"city": "Seoul"}
    assert _values(index, "refunds of Seoul and sales of Seoul") is None
    assert _values(index, "sales of Seoul and refunds of Busan") is None


def test_two_values_of_a_kind_do_not_change_places() -> None:
    index = _index("Customers with {a} refunds and {b} returns", Parameter("a", "number"), Parameter("b", "number"))
    assert _values(index, "customers with 2 refunds and 3 returns") == {"a": "2", "b": "3"}
    assert _values(index, "customers with 3 returns and 2 refunds") is None
    ways = _index("서울에서 {a}까지 {b}", Parameter("a"), Parameter("b"))
    assert _fit(ways, "아무 말") is None


def test_a_choice_may_be_made_of_words_that_flip_the_meaning() -> None:
    index = _index("Tickets that are {c}", Parameter("c", "choice"), c=("Not started", "Top priority"))
    assert _values(index, "which tickets are top priority?") == {"c": "Top priority"}
    assert _fit(index, "tickets that are not top priority") is None


# -- several templates


def test_only_those_allowed_are_taken() -> None:
    index = TemplateIndex([Candidate("a", "Revenue by month"), Candidate("b", "revenue per month")])
    assert index.fits("monthly revenue", set(), TODAY) is None
    for only in ("a", "b"):
        fit = index.fits("monthly revenue", {only}, TODAY)
        assert fit is not None and fit.id == only


def test_of_several_that_ask_the_same_the_earliest_is_taken_but_word_for_word_wins() -> None:
    index = TemplateIndex([Candidate("a", "Sales of {city}", (CITY,)), Candidate("b", "{city} sales", (CITY,))])
    everybody = {"a", "b"}
    first, second = index.fits("sales in Oslo", everybody, TODAY), index.fits("Oslo sales", everybody, TODAY)
    assert first is not None and (first.id, first.exact) == ("a", False)
    assert second is not None and (second.id, second.exact) == ("b", True)


def test_what_two_templates_could_mean_is_in_doubt() -> None:
    index = TemplateIndex(
        [Candidate("a", "Sales of {city}", (CITY,)), Candidate("b", "Sales of {product}", (Parameter("product"),))]
    )
    assert index.fits("sales of Umber", {"a", "b"}, TODAY) is None
    assert index.fits("sales of Umber", {"a"}, TODAY) is not None


def test_a_known_choice_and_a_literal_win_over_free_text() -> None:
    index = TemplateIndex(
        [
            Candidate("text", "Sales of {product}", (Parameter("product"),)),
            Candidate("choice", "Sales of {city}", (Parameter("city", "choice"),), {"city": ("Oslo", "Rome")}),
            Candidate("literal", "Sales of Rome"),
        ]
    )
    everybody = {"text", "choice", "literal"}
    found = {asked: index.fits(f"sales in {asked}", everybody, TODAY) for asked in ("Umber", "Oslo", "Rome")}
    assert {asked: fit.id for asked, fit in found.items() if fit} == {
        "Umber": "text",
        "Oslo": "choice",
        "Rome": "literal",
    }


def test_the_other_language_is_as_good_where_every_word_is_known() -> None:
    korean, english = _index("매출 상위 {n}개 상품", N), _index("How many patients did each doctor see last week?")
    assert _values(korean, "top 5 products by revenue") == {"n": "5"}
    assert _values(korean, "top 5 dishes by revenue") is None
    assert _values(english, "지난주 의사별 환자 수 알려줘") == {}
    assert _values(english, "지난주 간호사별 환자 수 알려줘") is None


# -- odd questions


def test_a_question_too_long_is_answered_word_for_word_alone() -> None:
    long = "revenue by month " * 130
    assert len(long) > 2_000
    index = TemplateIndex([Candidate("short", "revenue by month"), Candidate("long", long)])
    fit = index.fits(long.upper(), {"short", "long"}, TODAY)
    assert fit is not None and fit.id == "long"
    assert index.fits(long + " please", {"short", "long"}, TODAY) is None
    assert index.fits("x" * 10_000, {"short", "long"}, TODAY) is None
    assert index.near(long * 5, {"short"}) == ("short",)


def test_emoji_and_marks_of_direction_say_nothing() -> None:
    index = _index("Orders of {name} 🚚", NAME)
    assert _values(index, "🙏 orders of \u202bשלום\u202c please 🙏🙏") == {"name": "שלום"}
    assert _values(index, "orders of \ue040") is None
    assert _fit(_index("매출 🎉"), "매출 알려줘 😊") is not None


def test_letters_that_differ_by_a_mark_alone_are_others() -> None:
    assert _fit(_index("कीमत report"), "कमत report") is None


# -- examples


def test_examples_are_nearest_first_and_in_the_language_of_the_question() -> None:
    questions = {
        "a": "revenue by city this year", "b": "revenue by city in 2024", "c": "average salary of nurses",
        "d": "올해 도시별 매출", "e": "간호사 평균 급여",
    }  # fmt: skip
    index = TemplateIndex([Candidate(name, question) for name, question in questions.items()])
    everybody = set(questions)
    assert index.near("revenue by city in 2024 and in 2025", everybody)[0] == "b"
    assert index.near("revenue by city in 2024 and in 2025", everybody) == ("b", "a")
    assert index.near("작년 도시별 매출은?", everybody) == ("d",)
    assert index.near("작년 도시별 매출은?", everybody - {"d"}) == ("a", "b")
    assert index.near("revenue by city", everybody, most=1) == ("a",)
    assert index.near("revenue by city", {"b"}) == ("b",)
    assert index.near("who is the tallest giraffe", everybody) == ()
    assert index.near("", everybody) == ()
    assert (
        TemplateIndex([]).near("revenue", everybody) == ()
        and TemplateIndex([]).fits("revenue", everybody, TODAY) is None
    )


# -- the vocabulary


def test_no_word_is_in_two_groups() -> None:
    seen: dict[str, tuple[str, str]] = {}
    for word, entry in vocabulary.entries():
        assert seen.setdefault(word, (entry.kind, entry.id)) == (entry.kind, entry.id), word


def test_every_group_has_its_reason() -> None:
    assert all(len(reason) > 5 for reason in vocabulary.reasons())
