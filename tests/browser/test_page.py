"""The page in a real browser, over a real server with the demo shop and the built-in writer."""

import os
import re
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.serving import Chat, Server, chromium, open_browser

SLOW = "SELECT count(*) FROM order_items a JOIN order_items b ON a.id <> b.id JOIN order_items c ON b.id <> c.id"
MONTHS = "Sales amount by month"
PRODUCTS = "Top 5 products by sales amount"

Opener = Callable[..., Chat]

# A busy machine may take longer than the five seconds that Playwright waits by itself.
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
    one = Server(tmp_path_factory.mktemp("serve"))
    one.start()
    yield one
    one.close()


@pytest.fixture
def open_page(browser: Browser, server: Server) -> Iterator[Opener]:
    """Opens the page as a new reader with a browser of their own; at the end, nothing may have gone wrong in it."""
    contexts = []
    chats: list[Chat] = []

    def opened(address: str | None = None, *, width: int = 1280, height: int = 860, **context: Any) -> Chat:
        options = {"locale": "en-US", "timezone_id": "Asia/Seoul", **context}
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, **options))
        page = contexts[-1].new_page()
        page.set_default_timeout(20_000)
        chats.append(Chat(page, address or server.origin))
        return chats[-1]

    yield opened
    for context in contexts:
        context.close()
    assert [error for chat in chats for error in chat.errors] == []


def _fits(page: Page) -> bool:
    """Nothing of the page is wider than the screen."""
    sizes = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    return bool(sizes[0] <= sizes[1])


def test_an_example_is_asked_and_answered_with_table_chart_and_sql(open_page: Opener) -> None:
    chat = open_page()
    page = chat.page
    expect(page.locator("#welcome h1")).to_have_text("Ask your data a question")
    expect(page.locator("#examples button")).to_have_count(3)
    page.locator("#examples button", has_text=PRODUCTS).click()
    answer = page.locator("article")
    expect(answer.locator("h2")).to_have_text(PRODUCTS)
    expect(answer.locator("tbody tr")).to_have_count(5)
    expect(answer.locator("svg.plot rect.bar")).to_have_count(5)
    expect(answer.locator(".sentence")).not_to_be_empty()
    expect(answer.locator(".facts summary")).to_contain_text("0 tokens")
    expect(page.locator("#welcome")).to_be_hidden()

    expect(answer.locator(".sql")).to_be_hidden()
    opener = answer.get_by_role("button", name="SQL", exact=True)
    opener.click()
    expect(answer.locator(".sql code")).to_contain_text("SELECT")
    expect(opener).to_have_attribute("aria-expanded", "true")
    answer.locator(".facts summary").click()
    expect(answer.locator(".facts dl")).to_be_visible()


def test_numbers_stand_right_and_bars_name_themselves(open_page: Opener) -> None:
    answer = open_page().ask(PRODUCTS)
    expect(answer.locator("tbody td.number").first).to_have_css("text-align", "right")
    answer.locator("rect.bar").first.hover()
    expect(answer.locator(".tip")).to_be_visible()
    expect(answer.locator(".tip b")).to_have_text(re.compile(r"[\d,]+"))


def test_a_follow_up_stays_in_the_thread_and_survives_a_reload(open_page: Opener) -> None:
    chat = open_page()
    page = chat.page
    chat.ask(MONTHS)
    expect(page.locator("article path.line")).to_have_count(1)
    address = page.url
    assert re.search(r"#[0-9a-f]{32}$", address)
    chat.ask("How many customers are there?")
    assert page.url == address
    expect(page.locator("#threads a[aria-current]")).to_have_text(MONTHS)

    page.reload()
    chat.ready()
    expect(page.locator("article h2")).to_have_text([MONTHS, "How many customers are there?"])
    expect(page.locator("article path.line")).to_have_count(1)
    expect(page.locator("article .big")).to_have_text(re.compile(r"[\d,]+"))

    page.locator("#new").click()
    expect(page.locator("article")).to_have_count(0)
    expect(page.locator("#welcome")).to_be_visible()
    page.go_back()
    expect(page.locator("article")).to_have_count(2)


def test_a_link_to_a_thread_opens_it(open_page: Opener) -> None:
    chat = open_page()
    chat.ask("How many customers are there?")
    other = open_page(chat.page.url)
    expect(other.page.locator("article h2")).to_have_text("How many customers are there?")


def test_an_error_says_what_to_do_and_gives_the_question_back(open_page: Opener) -> None:
    chat = open_page()
    answer = chat.ask("DELETE FROM orders")
    expect(answer.locator(".notice")).to_be_visible()
    expect(answer.locator(".hint")).not_to_be_empty()
    expect(answer.locator("table")).to_have_count(0)
    answer.get_by_role("button", name="Change the question").click()
    expect(chat.page.locator("#question")).to_have_value("DELETE FROM orders")
    expect(chat.page.locator("#question")).to_be_focused()


def test_a_question_that_is_too_long_is_given_back(open_page: Opener) -> None:
    chat = open_page()
    answer = chat.ask("long " * 1000)
    expect(answer.locator(".notice")).to_contain_text("2,000")
    assert chat.errors.pop().startswith("Failed to load resource")  # the browser notes the 422 by itself


def test_korean(open_page: Opener) -> None:
    chat = open_page(locale="ko-KR")
    page = chat.page
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    expect(page.locator("#welcome h1")).to_have_text("데이터에 물어보세요")
    answer = chat.ask("매출액 상위 5개 상품은?")
    expect(answer.locator("tbody tr")).to_have_count(5)
    expect(answer.locator(".sentence")).to_have_text(re.compile("[가-힣]"))
    expect(answer.locator(".facts summary")).to_contain_text("토큰")


def test_the_language_is_switched_and_remembered(open_page: Opener) -> None:
    page = open_page().page
    page.get_by_role("button", name="한국어").click()
    expect(page.locator("#new")).to_have_text("새 질문")
    page.reload()
    expect(page.locator("#new")).to_have_text("새 질문")
    page.get_by_role("button", name="English").click()
    expect(page.locator("#new")).to_have_text("New question")


def test_enter_that_ends_a_hangul_syllable_does_not_send(open_page: Opener) -> None:
    page = open_page().page
    page.fill("#question", "매출")
    composing = "new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true})"
    assert page.locator("#question").evaluate(f"box => box.dispatchEvent({composing})")
    page.press("#question", "Shift+Enter")
    expect(page.locator("#question")).to_have_value("매출\n")
    expect(page.locator("article")).to_have_count(0)


def test_dark_by_system_and_by_choice(open_page: Opener) -> None:
    def background(page: Page) -> str:
        return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    dark = open_page(color_scheme="dark").page
    light = open_page(color_scheme="light").page
    assert background(dark) == "rgb(22, 25, 27)"
    assert background(light) == "rgb(251, 250, 247)"
    light.locator("#theme").click()
    light.locator("#theme").click()
    assert background(light) == "rgb(22, 25, 27)"
    light.reload()
    assert background(light) == "rgb(22, 25, 27)"


@pytest.mark.parametrize("width", [320, 390])
def test_on_a_phone(open_page: Opener, width: int) -> None:
    chat = open_page(width=width, height=780, has_touch=True, is_mobile=True)
    page = chat.page
    assert _fits(page)
    wide = "SELECT o.*, c.* FROM orders o JOIN customers c ON c.id = o.customer_id"
    for text in (PRODUCTS, MONTHS, wide):
        chat.ask(text)
        assert _fits(page), text
    box = page.locator("article").last.locator(".table")
    assert box.evaluate("box => box.scrollWidth > box.clientWidth")

    expect(page.locator("#sidebar")).to_be_hidden()
    page.locator("#open-menu").click()
    expect(page.locator("#threads a").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#sidebar")).to_be_hidden()


def test_a_question_is_stopped(open_page: Opener) -> None:
    chat = open_page()
    answer = chat.send(SLOW)
    answer.locator(".steps li").nth(2).wait_for()
    answer.locator("button.stop").click()
    expect(answer.locator(".notice")).to_be_visible(timeout=5_000)


def test_a_question_under_way_is_found_again_after_a_reload(open_page: Opener) -> None:
    chat = open_page()
    chat.send(SLOW).locator(".steps li").nth(2).wait_for()
    chat.page.reload()
    chat.ready()
    answer = chat.page.locator("article")
    expect(answer.locator("button.stop")).to_be_visible()
    answer.locator("button.stop").click()
    expect(answer.locator(".notice")).to_be_visible(timeout=5_000)


def test_markup_from_a_question_or_a_database_is_only_text(open_page: Opener) -> None:
    chat = open_page()
    evil = '<img src=x onerror="window.hacked=1">'
    answer = chat.ask(f"""SELECT '{evil}' AS "<b>heading</b>", NULL AS blank""")
    expect(answer.locator("td").first).to_have_text(evil)
    expect(answer.locator("th").first).to_have_text("<b>heading</b>")
    expect(answer.locator("td.null")).to_have_text("NULL")
    assert answer.locator("img").count() == 0
    assert chat.page.evaluate("window.hacked") is None
    assert chat.page.locator("#threads img").count() == 0


def test_a_long_table_is_drawn_in_parts(open_page: Opener) -> None:
    answer = open_page().ask("SELECT id, name FROM customers")
    expect(answer.locator("tbody tr")).to_have_count(200)
    answer.get_by_role("button", name=re.compile("Show all")).click()
    assert answer.locator("tbody tr").count() > 200
    head = answer.locator("thead th").first
    expect(head).to_have_css("position", "sticky")


def test_the_result_is_taken_as_a_file(open_page: Opener) -> None:
    chat = open_page()
    answer = chat.ask(PRODUCTS)
    with chat.page.expect_download() as taken:
        answer.locator("a.chip").click()
    assert taken.value.suggested_filename.endswith(".csv")
    assert Path(taken.value.path()).read_bytes().startswith(b"\xef\xbb\xbf")


def test_ticks_are_round_and_hold_every_value(open_page: Opener) -> None:
    page = open_page().page
    for low, high in [(0, 1), (0, 0), (5, 5), (-3, 12), (0, 116_862_700), (0.0001, 0.0007), (-1e12, -1e6), (98, 103)]:
        ticks = page.evaluate(f"import('./static/charts.js').then(charts => charts.niceTicks({low}, {high}, 5))")
        assert ticks[0] <= low and ticks[-1] >= high
        assert 2 <= len(ticks) <= 8
        steps = {round((second - first) / (ticks[1] - ticks[0]), 6) for first, second in pairwise(ticks)}
        assert steps == {1}


@pytest.mark.parametrize("kind", ["line", "bar"])
@pytest.mark.parametrize(
    "rows",
    [
        [[3, -2, None, 5]],
        [[0, 0, 0, 0]],
        [[-5, -1, -2, -3]],
        [[None, None, 7, None]],
        [[1e-9, 2e-9, 0, 1e-9], [1e12, 1, 1, 1]],
        [[1, 2, 3, 4]] * 6,
    ],
)
def test_any_values_are_drawn(open_page: Opener, kind: str, rows: list[list[float | None]]) -> None:
    page = open_page().page
    drawn = page.evaluate(
        """async ({kind, rows}) => {
          const {drawChart} = await import('./static/charts.js');
          const labels = ['서울특별시', 'a long label of a thing that has a long name', '', 'x'];
          const shown = (values) => values.map((value) => value === null ? null : String(value));
          const series = rows.map((values, at) => ({name: `series ${at}`, values, shown: shown(values)}));
          const figure = drawChart({kind, title: 'title', labels, series}, 'ko');
          document.getElementById('conversation').append(figure);
          await new Promise((done) => setTimeout(done, 150));
          return figure.outerHTML;
        }""",
        {"kind": kind, "rows": rows},
    )
    assert "<svg" in drawn
    assert "NaN" not in drawn and "Infinity" not in drawn and 'height="-' not in drawn and 'width="-' not in drawn


def test_by_keyboard_alone(open_page: Opener) -> None:
    page = open_page().page
    expect(page.locator("#question")).to_be_focused()
    page.keyboard.type("How many customers are there?")
    page.keyboard.press("Enter")
    page.locator("article .foot").wait_for()
    expect(page.locator("#status")).to_contain_text("Answer:")
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.getAttribute('aria-controls')?.startsWith('sql-') ?? false"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("article .sql")).to_be_visible()


def test_the_usage_meter_shows_three_windows(open_page: Opener) -> None:
    page = open_page().page
    expect(page.locator("meter")).to_have_count(3)
    expect(page.locator("#usage")).to_contain_text("0 / 1,000")


def test_nothing_is_asked_of_anybody_else(open_page: Opener, server: Server) -> None:
    chat = open_page()
    asked: list[str] = []
    chat.page.on("request", lambda request: asked.append(request.url))
    chat.page.reload()
    chat.ready()
    chat.ask(PRODUCTS)
    assert asked
    assert [url for url in asked if not url.startswith(server.origin)] == []


def test_a_server_that_dies_and_comes_back_still_answers(browser: Browser, tmp_path: Path, open_page: Opener) -> None:
    mortal = Server(tmp_path, COLLOQUERY_QUERY_SECONDS="3")
    mortal.start()
    try:
        chat = open_page(mortal.origin)
        answer = chat.send(SLOW)
        answer.locator(".steps li").nth(2).wait_for()
        mortal.kill()
        expect(answer.get_by_text("The connection was lost.")).to_be_visible()
        mortal.start()
        # The question is taken up again, and ends at the time limit, as it would have without the kill.
        expect(answer.locator(".notice")).to_be_visible(timeout=30_000)
        chat.errors.clear()  # the browser notes each lost connection
    finally:
        mortal.close()


def test_the_token_opens_the_page_and_leaves_the_address_bar(
    browser: Browser, tmp_path: Path, open_page: Opener
) -> None:
    guarded = Server(
        tmp_path,
        "--host",
        "0.0.0.0",
        COLLOQUERY_WEB_TOKEN="the-token-of-this-test",
    )
    guarded.start()
    try:
        said = guarded.log()
        assert f"http://localhost:{guarded.port}/?token=…" in said and "the-token-of-this-test" not in said
        chat = open_page(f"{guarded.origin}/?token=the-token-of-this-test")
        assert chat.page.url == f"{guarded.origin}/"
        expect(chat.ask("How many customers are there?").locator(".big")).to_be_visible()
        chat.page.reload()
        chat.ready()
        expect(chat.page.locator("article")).to_have_count(1)

        stranger = browser.new_page()
        response = stranger.goto(guarded.origin)
        assert response is not None and response.status == 401
        expect(stranger.get_by_role("heading", name="Sign in")).to_be_visible()
        stranger.close()
    finally:
        guarded.close()


def test_a_page_whose_server_is_gone_says_so(browser: Browser, tmp_path: Path, open_page: Opener) -> None:
    gone = Server(tmp_path)
    gone.start()
    chat = open_page(gone.origin)
    gone.close()
    started = time.monotonic()
    answer = chat.send("How many customers are there?")
    expect(answer.locator(".notice")).to_contain_text("cannot be reached", timeout=20_000)
    assert time.monotonic() - started < 20
    gone.start()
    try:
        answer.get_by_role("button", name="Ask again").click()
        expect(chat.page.locator("article .big")).to_be_visible(timeout=20_000)
        chat.errors.clear()
    finally:
        gone.close()
