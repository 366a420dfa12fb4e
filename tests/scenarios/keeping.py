"""What is kept of answers: templates and verdicts."""

from core.errors import QueryRefused
from core.saved import Parameter, TemplateEdit
from tests.scenarios.asking import FREE
from tests.scenarios.stage import KOREAN, VIEWER, Stage, Talk
from tests.scenarios.world import Scenario

ALL = TemplateEdit("All customers", "How many people buy here?", "SELECT COUNT(*) AS customers FROM customers")
IN_CITY = TemplateEdit(
    "Customers by city",
    "How many customers are in {city}?",
    "SELECT COUNT(*) AS customers FROM customers JOIN cities ON cities.id = city_id WHERE cities.name = :city",
    (Parameter("city", "choice", "Seoul", "cities.name"),),
)


async def template_matches(stage: Stage) -> None:
    saved = await stage.has_template(VIEWER, ALL)
    view = await stage.say(VIEWER, "How many people buy here?", Talk("room"))
    assert (view.header, view.rows) == (("customers",), (("2,400",),))
    assert (view.facts["SQL written by"], view.facts["Cost"]) == ("template “All customers”", FREE)
    assert "not_meant" in view.buttons
    (row,) = await stage.analytics()
    assert (row.success, row.total_tokens) == (True, 0)
    assert (await stage.house.service.saved.one(stage.actor(VIEWER), saved.id)).usage_count == 1


async def template_with_a_placeholder(stage: Stage) -> None:
    await stage.has_template(VIEWER, IN_CITY)
    busan = await stage.say(VIEWER, "How many customers are in Busan?", Talk("private"))
    assert (busan.header, busan.rows) == (("customers",), (("250",),))
    assert busan.facts["SQL written by"] == "template “Customers by city”"
    assert busan.facts["Values"] == "city = Busan"


async def template_from_the_list(stage: Stage) -> None:
    await stage.has_template(VIEWER, IN_CITY)
    await stage.has_template(VIEWER, ALL)
    assert set(await stage.templates(VIEWER)) == {"Customers by city", "All customers"}
    incheon = await stage.run_template(VIEWER, "Customers by city", {"city": "Busan"}, Talk("private"))
    assert incheon.rows == (("250",),)
    assert incheon.facts["Cost"] == FREE
    assert "not_meant" not in incheon.buttons
    everyone = await stage.run_template(VIEWER, "All customers", {}, Talk("private"))
    assert everyone.rows == (("2,400",),)


async def answer_kept(stage: Stage) -> None:
    view = await stage.say(VIEWER, "How many customers are in Seoul?", Talk("private"))
    await stage.keep(VIEWER, view, IN_CITY)
    again = await stage.say(VIEWER, "How many customers are in Busan?", Talk("private"))
    assert again.rows == (("250",),)
    assert again.facts["SQL written by"] == "template “Customers by city”"
    assert await stage.templates(VIEWER) == ("Customers by city",)
    (made,) = await stage.audited("template.saved")
    assert made.success


async def answer_not_kept(stage: Stage) -> None:
    view = await stage.say(VIEWER, "How many customers are in Seoul?", Talk("private"))
    wrong = TemplateEdit("Gone", "Who is gone?", "DELETE FROM customers")
    with stage.refusing(VIEWER, QueryRefused("guard.writes", place="DELETE")):
        await stage.keep(VIEWER, view, wrong)
    assert await stage.templates(VIEWER) == ()


async def not_what_was_meant(stage: Stage) -> None:
    await stage.has_template(VIEWER, ALL)
    talk = Talk("room")
    matched = await stage.say(VIEWER, "How many people buy here?", talk)
    assert matched.rows == (("2,400",),)
    fresh = await stage.not_meant(VIEWER, matched, talk)
    assert fresh.rows == ()
    assert "I did not understand these words: people" in fresh.text
    assert await stage.answers(VIEWER, talk) == 2


async def right(stage: Stage) -> None:
    view = await stage.say(VIEWER, "orders by status", Talk("room"))
    await stage.judge(VIEWER, view, True)
    assert await stage.verdicts() == [(True, "")]
    (said,) = await stage.audited("answer.feedback")
    assert said.success


async def wrong(stage: Stage) -> None:
    view = await stage.say(KOREAN, "매출 상위 5개 상품", Talk("private"))
    await stage.judge(KOREAN, view, False, "환불이 빠졌어요")
    assert await stage.verdicts() == [(False, "환불이 빠졌어요")]
    await stage.judge(KOREAN, view, True)
    assert await stage.verdicts() == [(True, "")]


ONE = (VIEWER,)

SCENARIOS = (
    Scenario("a template's own question costs nothing", template_matches, ONE),
    Scenario("a template with a placeholder", template_with_a_placeholder, ONE),
    Scenario("a template is taken from the list", template_from_the_list, ONE),
    Scenario("an answer is kept and asked again", answer_kept, ONE),
    Scenario("what is forbidden is not kept", answer_not_kept, ONE),
    Scenario("not what I meant", not_what_was_meant, ONE),
    Scenario("an answer is right", right, ONE),
    Scenario("an answer is wrong, and why", wrong, (KOREAN,)),
)
