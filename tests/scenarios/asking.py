"""Asking: first questions, what follows them, both languages, what is not understood."""

from core.errors import BeyondWriter, QueryRefused
from tests.scenarios.stage import KOREAN, VIEWER, Stage, Talk
from tests.scenarios.world import DELIVERIES, Scenario

FREE = "0 tokens, no cost"


async def first_in_a_room(stage: Stage) -> None:
    talk = Talk("room")
    view = await stage.say(VIEWER, "How many customers are there?", talk)
    assert (view.header, view.rows, view.chart) == (("customer_count",), (("2,400",),), "figure")
    assert "customer_count: 2,400" in view.text
    assert view.facts["Cost"] == FREE
    assert view.alone is not stage.able.rooms
    assert ("2,400" in await stage.read_aloud(talk)) is stage.able.rooms
    (row,) = await stage.analytics()
    assert (row.success, row.row_count, row.total_tokens, row.llm_model) == (True, 1, 0, "built-in")


async def first_in_private(stage: Stage) -> None:
    talk = Talk("private")
    view = await stage.say(VIEWER, "How many orders are there?", talk)
    assert view.rows == (("22,180",),)
    assert view.alone
    assert (view.facts["Tables"], view.facts["Rows"]) == ("orders", "1, all of them")
    (run,) = await stage.audited("query.run")
    assert run.success
    assert (run.new_values or {})["rows"] == 1


async def follow_up_refers_back(stage: Stage) -> None:
    talk = Talk("room")
    seoul = await stage.say(VIEWER, "How many customers are in Seoul?", talk)
    busan = await stage.say(VIEWER, "and in Busan?", talk)
    assert (seoul.rows, busan.rows) == ((("719",),), (("250",),))
    assert (seoul.facts["Filters"], busan.facts["Filters"]) == ("name is Seoul", "name is Busan")
    assert await stage.answers(VIEWER, talk) == 2


async def new_thread_forgets(stage: Stage) -> None:
    assert (await stage.say(VIEWER, "How many customers are in Seoul?", Talk("room"))).rows == (("719",),)
    lost = await stage.say(VIEWER, "and in Busan?", Talk("room"))
    assert lost.rows == ()
    assert stage.words(VIEWER, BeyondWriter("writer.beyond")) in lost.text
    assert [row.success for row in await stage.analytics()] == [True, False]


async def korean_to_korean(stage: Stage) -> None:
    view = await stage.say(KOREAN, "매출 상위 5개 상품", Talk("private"))
    assert "모두 5행입니다. total_amount가 가장 큰 것은 Wireless Earbuds(116,940,800)입니다." in view.text
    assert view.header == ("name", "total_amount")
    assert view.rows[0] == ("Wireless Earbuds", "116,940,800")
    assert view.rows[4] == ("Power Bank", "55,055,200")
    assert view.chart == "bar"
    assert view.facts["비용"] == "토큰 0개, 비용 없음"
    assert view.facts["SQL 작성"] == "내장 작성기(모델 미사용)"


async def both_languages_in_a_thread(stage: Stage) -> None:
    talk = Talk("room")
    english = await stage.say(KOREAN, "How many customers are in Seoul?", talk)
    korean = await stage.say(KOREAN, "고객은 모두 몇 명이야?", talk)
    again = await stage.say(KOREAN, "서울 고객은 몇 명이야?", talk)
    assert (english.rows, korean.rows, again.rows) == ((("719",),), (("2,400",),), (("719",),))
    assert english.facts["조건"] == "name가 Seoul"
    assert again.facts["조건"] == "name_ko가 서울"
    assert await stage.answers(KOREAN, talk) == 3


async def greeting(stage: Stage) -> None:
    view = await stage.say(VIEWER, "hello", Talk("private"))
    assert stage.words(VIEWER, BeyondWriter("writer.beyond")) in view.text
    assert "such as a count, a total, a top five or a figure by month" in view.text
    assert view.rows == ()


async def help_is_given(stage: Stage) -> None:
    view = await stage.say(VIEWER, "help", Talk("private"))
    if stage.able.commands:
        assert "In a thread I answer in, no mention is needed." in view.text
        assert "your tokens, limits and cost" in view.text
        assert await stage.analytics() == []
    else:
        assert stage.words(VIEWER, BeyondWriter("writer.unknown_words", words=("help",))) in view.text
    assert view.alone


async def unknown_words(stage: Stage) -> None:
    view = await stage.say(VIEWER, "What is the meaning of life?", Talk("private"))
    assert "I did not understand these words: meaning, life." in view.text
    assert "Use the names of the tables and columns" in view.text
    assert (view.rows, view.chart) == ((), "")
    (row,) = await stage.analytics()
    assert (row.success, row.error_message, row.total_tokens) == (False, "writer.unknown_words", 0)
    assert await stage.audited("query.run") == []


async def asked_back(stage: Stage) -> None:
    talk = Talk("private")
    back = await stage.say(VIEWER, "How many orders in March 2024?", talk)
    assert set(back.choices) == {"orders.ordered_at", "orders.shipped_at"}
    assert back.rows == ()
    shipped = await stage.choose(VIEWER, back, "orders.shipped_at", talk)
    assert shipped.rows == (("1",),)
    assert shipped.facts["Cost"] == FREE
    ordered = await stage.choose(VIEWER, back, "orders.ordered_at", talk)
    assert ordered.rows == (("3",),)


async def asked_back_in_korean(stage: Stage) -> None:
    talk = Talk("private")
    back = await stage.say(KOREAN, "2024년 3월 주문 건수", talk)
    assert set(back.choices) == {"orders.ordered_at", "orders.shipped_at"}
    shipped = await stage.choose(KOREAN, back, "orders.shipped_at", talk)
    assert shipped.rows == (("1",),)
    assert shipped.facts["비용"] == "토큰 0개, 비용 없음"


async def schema_question(stage: Stage) -> None:
    talk = Talk("private")
    asked = await stage.say(VIEWER, "What columns does customers have?", talk)
    assert "I did not understand these words: columns." in asked.text
    typed = await stage.say(VIEWER, "SELECT name FROM sqlite_master", talk)
    assert stage.words(VIEWER, QueryRefused("guard.system_table", place="sqlite_master")) in typed.text
    assert typed.rows == asked.rows == ()
    assert "Ask about the tables of this connection." in typed.text
    assert await stage.audited("query.run") == []


async def delivered_twice(stage: Stage) -> None:
    talk = Talk("room")
    first = await stage.say(VIEWER, "How many customers are there?", talk)
    await stage.deliver_again(VIEWER, "How many customers are there?", talk)
    second = await stage.say(VIEWER, "How many orders are there?", talk)
    assert (first.rows, second.rows) == ((("2,400",),), (("22,180",),))
    assert await stage.answers(VIEWER, talk) == 2
    assert len(await stage.analytics()) == 2


ONE, ABROAD = (VIEWER,), (KOREAN,)

SCENARIOS = (
    Scenario("first question in a room", first_in_a_room, ONE),
    Scenario("first question in private", first_in_private, ONE),
    Scenario("a follow-up refers back", follow_up_refers_back, ONE),
    Scenario("a new thread forgets", new_thread_forgets, ONE),
    Scenario("a Korean question gets a Korean answer", korean_to_korean, ABROAD),
    Scenario("English and Korean in one thread", both_languages_in_a_thread, ABROAD),
    Scenario("a greeting is told what may be asked", greeting, ONE),
    Scenario("help", help_is_given, ONE),
    Scenario("unknown words are named", unknown_words, ONE),
    Scenario("an ambiguous question is asked back", asked_back, ONE, connections=(DELIVERIES,), default=DELIVERIES),
    Scenario(
        "an ambiguous question is asked back in Korean", asked_back_in_korean, ABROAD,
        connections=(DELIVERIES,), default=DELIVERIES,
    ),
    Scenario("asking for the schema", schema_question, ONE),
    Scenario("the same message twice is one answer", delivered_twice, ONE),
)  # fmt: skip
