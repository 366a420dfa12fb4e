"""Templates, and what else is made of an answer, in a real browser over a real server with the demo shop."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.serving import Chat, Server, chromium, open_browser

Opener = Callable[..., Chat]

EVIL = '<img src=x onerror="window.hacked=1">'

expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    executable = chromium()
    if executable is None:
        reason = "no Chromium to test with"
        if os.environ.get("COLLOQUERY_REQUIRE_SERVERS") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with open_browser(executable) as one:
        yield one


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Server]:
    one = Server(tmp_path_factory.mktemp("templates"))
    one.start()
    yield one
    one.close()


@pytest.fixture
def open_page(browser: Browser, server: Server) -> Iterator[Opener]:
    """Opens the page with a browser of its own; at the end, nothing may have gone wrong in it."""
    contexts = []
    chats: list[Chat] = []

    def opened(*, width: int = 1280, **context: Any) -> Chat:
        options = {"locale": "en-US", "timezone_id": "Asia/Seoul", "reduced_motion": "reduce", **context}
        contexts.append(browser.new_context(viewport={"width": width, "height": 860}, **options))
        page = contexts[-1].new_page()
        page.set_default_timeout(20_000)
        chats.append(Chat(page, server.origin))
        return chats[-1]

    yield opened
    for context in contexts:
        context.close()
    assert [error for chat in chats for error in chat.errors] == []


def _expect_refusals(chat: Chat, number: int) -> None:
    """The browser notes each answer that is no success by itself."""
    noted, chat.errors[:] = list(chat.errors), []
    assert len(noted) == number and all(error.startswith("Failed to load resource") for error in noted), noted


def _sheet(page: Page) -> Locator:
    return page.locator("#templates")


def _open(page: Page, name: str) -> Locator:
    """The template of this name, opened in the list."""
    page.locator("#open-templates").click()
    return _unfold(page, name)


def _unfold(page: Page, name: str) -> Locator:
    item = _sheet(page).locator("li.template").filter(has=page.get_by_text(name, exact=True)).first
    item.locator(".opener").click()
    expect(item.locator(".inside")).to_be_visible()
    return item


def _write(page: Page, name: str, question: str, sql: str) -> None:
    """A new template, as it is typed."""
    page.locator("#open-templates").click()
    _sheet(page).get_by_role("button", name="New template").click()
    for field, text in (("name", name), ("question", question), ("sql", sql)):
        _sheet(page).locator(f"[name={field}]").fill(text)


def _save(page: Page) -> None:
    _sheet(page).get_by_role("button", name="Save", exact=True).click()


def test_an_answer_becomes_a_template_that_answers_at_no_tokens(open_page: Opener) -> None:
    chat = open_page()
    page, sheet = chat.page, _sheet(chat.page)
    answer = chat.ask("How many customers are in Seoul?")
    count = answer.locator(".big").inner_text()
    answer.get_by_role("button", name="Save as template").click()
    expect(sheet.get_by_role("heading", name="Save as template")).to_be_visible()
    expect(sheet.locator("[name=question]")).to_have_value("How many customers are in Seoul?")
    sql = sheet.locator("[name=sql]").input_value()
    assert "'Seoul'" in sql and "LIMIT" not in sql

    sheet.locator("[name=name]").fill("Customers of a city")
    sheet.locator("[name=question]").fill("How many customers are in {city}?")
    _save(page)  # the SQL does not have it yet
    expect(sheet.locator(".refused")).to_contain_text(":city")
    _expect_refusals(chat, 1)
    sheet.locator("[name=sql]").fill(sql.replace("'Seoul'", ":city"))
    sheet.get_by_label("Kind of city").select_option(label="Choice")
    sheet.get_by_label(re.compile("^Column of city")).fill("cities.name")
    expect(sheet.locator("datalist option[value='cities.name']")).to_have_count(1)  # offered, out of the catalog
    sheet.get_by_label("Default of city").fill("Seoul")
    _save(page)
    expect(sheet.get_by_text("is saved. Ask its question")).to_be_visible()

    item = _unfold(page, "Customers of a city")
    expect(item.locator(".blank-name")).to_have_text("city")
    expect(item.locator(".about")).to_have_text(re.compile(r"^Yours · Private · .* · Used 0×$"))
    item.get_by_role("button", name="Run:").click()
    expect(item.locator("select")).to_have_value("Seoul")
    item.locator("select").select_option("Busan")
    item.locator(".run-form").get_by_role("button", name="Run").click()
    expect(sheet).to_be_hidden()
    expect(page.locator("article h2").last).to_have_text("How many customers are in Busan?")
    expect(page.locator("article").last.locator(".big")).not_to_have_text(count)

    close = chat.ask("How many customers are in Seoul?")
    expect(close.locator(".big")).to_have_text(count)
    for told in ("0 tokens", "Customers of a city", "city = Seoul"):
        expect(close.locator(".facts summary")).to_contain_text(told)

    close.get_by_role("button", name="Not what I meant").click()
    expect(page.locator("article")).to_have_count(4)
    again = page.locator("article").last
    expect(again.locator("h2")).to_have_text("How many customers are in Seoul?")
    expect(again.locator(".foot")).to_be_visible()
    expect(again.get_by_role("button", name="Not what I meant")).to_have_count(0)
    page.reload()
    chat.ready()
    expect(page.locator("article")).to_have_count(4)


def test_sql_is_edited_and_run_as_a_question_of_the_thread(open_page: Opener) -> None:
    chat = open_page()
    page = chat.page
    answer = chat.ask("Top 5 products by sales amount")
    opener = answer.get_by_role("button", name="Edit SQL")
    opener.click()
    expect(opener).to_have_attribute("aria-expanded", "true")
    field = answer.get_by_label("Change the SQL, then run it")
    expect(field).to_be_focused()
    assert "SELECT" in field.input_value()
    field.fill("SELECT name FROM cities ORDER BY id LIMIT 3")
    answer.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator("article").last.locator("tbody tr")).to_have_count(3)
    expect(answer.locator(".editor")).to_be_hidden()
    expect(page.locator("#threads a[aria-current]")).to_have_text("Top 5 products by sales amount")

    opener.click()
    field.fill("x" * 10_001)
    answer.get_by_role("button", name="Run", exact=True).click()
    expect(answer.locator(".notice")).to_be_visible()  # and what was typed is still there
    assert len(field.input_value()) == 10_001
    expect(page.locator("article")).to_have_count(2)
    _expect_refusals(chat, 1)


def test_a_form_has_an_input_of_each_kind(open_page: Opener) -> None:
    chat = open_page()
    page = chat.page
    sql = "SELECT :n AS n, :since AS since, :querySelector AS word, '12:30 :not' AS t FROM cities LIMIT 1"
    _write(page, "Of each kind", "Show {n} since {since} with {querySelector}", sql)
    sheet = _sheet(page)
    expect(sheet.locator(".parameters .blank-name")).to_have_text(["n", "since", "querySelector"])
    sheet.get_by_label("Kind of n", exact=True).select_option(label="Number")
    sheet.get_by_label("Kind of since").select_option(label="Date")
    sheet.get_by_label("Default of since").fill("today-30")
    _save(page)
    item = _unfold(page, "Of each kind")
    item.get_by_role("button", name="Run:").click()
    number, day, word = (item.locator(f"[name={name}]") for name in ("n", "since", "querySelector"))
    expect(number).to_have_attribute("type", "number")
    expect(day).to_have_attribute("type", "date")
    expect(item.get_by_text("Left empty: today-30")).to_be_visible()
    run = item.locator(".run-form").get_by_role("button", name="Run")
    run.click()
    assert number.evaluate("field => field.validity.valueMissing")
    number.fill("2.5")
    word.fill(EVIL)
    run.click()
    expect(sheet).to_be_hidden()
    expect(page.locator("article td").first).to_have_text("2.5")
    expect(page.locator("article h2")).to_contain_text(EVIL)
    assert page.locator("article img").count() == 0 and page.evaluate("window.hacked") is None


def test_hostile_names_are_text(open_page: Opener) -> None:
    page = open_page().page
    _write(page, f"{EVIL} \N{RIGHT-TO-LEFT OVERRIDE}evil", f"{EVIL} of {{what}}?", "SELECT :what FROM cities LIMIT 1")
    sheet = _sheet(page)
    sheet.locator("[name=category]").fill("<b>bold</b>")
    sheet.locator("[name=description]").fill(EVIL)
    sheet.get_by_label("Default of what").fill('"><script>window.hacked=1</script>')
    _save(page)
    item = _unfold(page, f"{EVIL} \N{RIGHT-TO-LEFT OVERRIDE}evil")
    expect(item.locator(".about")).to_contain_text("<b>bold</b>")
    expect(item.locator(".described")).to_have_text(EVIL)
    item.get_by_role("button", name="Delete").click()
    expect(item.locator(".sure")).to_contain_text(EVIL)
    item.locator(".sure").get_by_role("button", name="Delete").click()
    expect(sheet.locator(".said")).to_contain_text("is deleted")
    assert sheet.locator("img, b b, script").count() == 0 and page.evaluate("window.hacked") is None


def test_one_is_found_changed_shared_verified_and_deleted(open_page: Opener) -> None:
    page = open_page().page
    _write(page, "Count of cities", "How many cities are there?", "SELECT COUNT(*) FROM cities")
    _save(page)
    sheet = _sheet(page)
    search = sheet.get_by_role("searchbox")
    search.fill("no such words")
    expect(sheet.get_by_text("No template has these words.")).to_be_visible()
    search.fill("COUNT cities")
    expect(sheet.locator("li.template")).to_have_count(1)
    item = _unfold(page, "Count of cities")

    item.get_by_role("button", name="Share with everyone").click()
    expect(item.locator(".about")).to_contain_text("Private")  # nothing at the first click
    item.locator(".sure").get_by_role("button", name="Share with everyone").click()
    expect(item.locator(".about")).to_contain_text("For everyone")
    item.get_by_role("button", name="Verify").click()
    item.locator(".sure").get_by_role("button", name="Verify").click()
    expect(item.locator(".mark")).to_have_text("Verified")

    item.get_by_role("button", name="Edit").click()
    expect(sheet.get_by_role("heading", name="Edit template")).to_be_visible()
    expect(sheet.locator("[name=public]")).to_be_checked()
    sheet.locator("[name=name]").fill("Cities, counted")
    _save(page)
    expect(sheet.locator(".said")).to_contain_text("Cities, counted")
    item = _unfold(page, "Cities, counted")
    item.get_by_role("button", name="Delete").click()
    item.locator(".sure").get_by_role("button", name="Cancel").click()
    expect(item.get_by_role("button", name="Delete")).to_be_focused()
    item.get_by_role("button", name="Delete").click()
    item.locator(".sure").get_by_role("button", name="Delete").click()
    expect(sheet.get_by_text("Cities, counted", exact=True)).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("#open-templates")).to_be_focused()


def test_a_file_comes_in_and_goes_out(open_page: Opener, tmp_path: Path) -> None:
    page = open_page().page
    file = tmp_path / "brought.yaml"
    file.write_text(
        "version: 1\ntemplates:\n"
        "  - {name: 가져온 것, question: 도시가 몇 개야?, sql: SELECT COUNT(*) FROM cities}\n"
        f"  - {{name: '{EVIL}', question: Which?, sql: DROP TABLE cities}}\n",
        encoding="utf-8",
    )
    page.locator("#open-templates").click()
    sheet = _sheet(page)
    sheet.locator("input[type=file]").set_input_files(file)
    expect(sheet.locator(".notice")).to_contain_text("New: 1. Changed: 0. Refused: 1.")
    expect(sheet.locator(".refused-list b")).to_have_text(EVIL)
    with page.expect_download() as taken:
        sheet.locator(".tools a").first.click()
    assert taken.value.suggested_filename == "templates.yaml"
    assert "가져온 것" in Path(taken.value.path()).read_text(encoding="utf-8")
    file.write_text("x" * 70_000, encoding="utf-8")
    sheet.locator("input[type=file]").set_input_files(file)
    expect(sheet.locator(".notice")).to_contain_text("at most 64 KB")


@pytest.mark.parametrize("width", [320, 390])
def test_in_korean_on_a_phone(open_page: Opener, width: int) -> None:
    page = open_page(width=width, locale="ko-KR", has_touch=True, is_mobile=True).page
    page.locator("#open-menu").click()
    page.get_by_role("button", name="템플릿").click()
    sheet = _sheet(page)
    sheet.get_by_role("button", name="새 템플릿").click()
    name = f"도시별 고객 {width}"
    sheet.locator("[name=name]").fill(name)
    sheet.locator("[name=question]").fill(f"{{도시}} {width} 고객 수")
    sheet.locator("[name=sql]").fill(
        "SELECT COUNT(*) FROM customers JOIN cities ON customers.city_id = cities.id WHERE cities.name = :도시"
    )
    expect(sheet.locator(".parameters .blank-name")).to_have_text("도시")
    expect(sheet.get_by_text("{도시}에 고객이 몇 명이야?")).to_be_visible()
    for label in sheet.locator(".label, small, option").all():
        assert re.search("[가-힣]|^SQL$", label.inner_text()), label.inner_text()
    assert sheet.evaluate("box => box.scrollWidth <= box.clientWidth")
    sheet.get_by_role("button", name="저장").click()
    item = _unfold(page, name)
    assert sheet.evaluate("box => box.scrollWidth <= box.clientWidth")
    item.get_by_role("button", name="실행").click()
    item.locator("[name=도시]").fill("Seoul")
    item.locator(".run-form").get_by_role("button", name="실행").click()
    expect(sheet).to_be_hidden()
    expect(page.locator("#sidebar")).to_be_hidden()
    expect(page.locator("article h2")).to_have_text(f"Seoul {width} 고객 수")
    expect(page.locator("article .big")).to_be_visible()
    sizes = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert sizes[0] <= sizes[1]


def test_a_server_that_cannot_be_reached_leaves_what_was_typed(open_page: Opener) -> None:
    chat = open_page()
    page = chat.page
    _write(page, "Kept here", "How many?", "SELECT COUNT(*) FROM cities")
    page.keyboard.press("Escape")
    expect(_sheet(page)).to_be_hidden()
    page.locator("#open-templates").click()
    expect(_sheet(page).locator("[name=name]")).to_have_value("Kept here")
    page.context.set_offline(True)
    _save(page)
    expect(_sheet(page).locator(".refused")).to_contain_text("cannot be reached")
    expect(_sheet(page).locator("[name=name]")).to_have_value("Kept here")
    page.context.set_offline(False)
    _save(page)
    expect(_sheet(page).locator(".said")).to_contain_text("Kept here")
    _expect_refusals(chat, 1)
