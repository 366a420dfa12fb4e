"""The dashboard and the sheet of one's own use in a real browser, over a real server with months of invented use."""

import asyncio
import csv
import os
import re
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from adapters.http.settings import HttpSettings
from core.ask.usage_desk import UsageDesk
from core.errors import NotAllowed
from core.figures import AlertRules, Dashboard, PersonUsage
from core.locale import error_words, format_money, format_number
from tests.browser.serving import Chat, Server, chromium, open_browser
from tests.history import HOSTILE, TEAM, fill
from tests.houses import open_house, settings_for

Opener = Callable[..., Page]
Kept = TypeVar("Kept")

OWNER = HttpSettings().person

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
def store(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Path:
    directory = tmp_path_factory.mktemp("dashboard")
    fill(directory, hostile=True)
    return directory


@pytest.fixture(scope="module")
def server(store: Path) -> Iterator[Server]:
    one = Server(store)
    one.start()
    yield one
    one.close()


@pytest.fixture(scope="module")
def empty_server(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Server]:
    one = Server(tmp_path_factory.mktemp("empty"))
    one.start()
    yield one
    one.close()


@pytest.fixture
def chats() -> list[Chat]:
    """The pages that a test has opened."""
    return []


@pytest.fixture
def open_page(browser: Browser, server: Server, chats: list[Chat]) -> Iterator[Opener]:
    """Opens the dashboard, or another page, with a browser of its own; at the end, nothing may have gone wrong."""
    contexts = []

    def opened(path: str = "/dashboard?span=quarter", *, width: int = 1280, origin: str = "", **context: Any) -> Page:
        options = {"locale": "en-US", "timezone_id": "Asia/Seoul", "reduced_motion": "reduce", **context}
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, **options))
        page = contexts[-1].new_page()
        page.set_default_timeout(20_000)
        chats.append(Chat(page, (origin or server.origin) + path))
        if "/dashboard" in path:
            page.locator("body.loaded").wait_for()
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [error for chat in chats for error in chat.errors] == []


def _ask_the_core(store: Path, work: Callable[[UsageDesk], Awaitable[Kept]]) -> Kept:
    """What the service says of the same store, from a thread of its own: this one has Playwright's loop."""

    async def asked() -> Kept:
        async with open_house(settings_for(store)) as built:
            return await work(built.service.usage)

    with ThreadPoolExecutor(1) as other:
        return other.submit(asyncio.run, asked()).result()


def _tile(page: Page, label: str) -> Locator:
    return page.locator(".tiles > div", has=page.locator("dt", has_text=re.compile(f"^{label}$")))


def _card(page: Page, title: str) -> Locator:
    return page.locator(".card", has=page.get_by_role("heading", name=title, exact=True))


def _first_column(card: Locator) -> list[str]:
    return [text.strip() for text in card.locator("tbody td:first-child").all_inner_texts()]


def _expect_refusals(chats: list[Chat], number: int) -> None:
    """The browser notes each answer that is no success by itself."""
    noted = [chat.errors.pop() for chat in chats for _ in range(len(chat.errors))]
    assert len(noted) == number and all(error.startswith("Failed to load resource") for error in noted), noted


def _fits(page: Page) -> bool:
    sizes = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    return bool(sizes[0] <= sizes[1])


def test_the_figures_are_the_services(open_page: Opener, store: Path) -> None:
    async def counted(desk: UsageDesk) -> Dashboard:
        return await desk.dashboard(OWNER, "quarter")

    page = open_page()
    board = _ask_the_core(store, counted)
    asked = {
        "Cost": format_money("en", board.cost),
        "Tokens": format_number("en", board.tokens),
        "Questions": format_number("en", board.questions),
        "People": format_number("en", board.people_asking),
    }
    for label, value in asked.items():
        expect(_tile(page, label).locator("b")).to_have_text(value)
    expect(_tile(page, "Questions")).to_contain_text(f"{board.failed} failed")
    expect(_tile(page, "Answered at 0 tokens")).to_contain_text(
        f"{board.free} of {format_number('en', board.questions)}"
    )
    assert board.forecast is not None
    expect(_tile(page, "Forecast for the month")).to_contain_text(f"From {board.forecast.days} days")
    assert [one.day.toordinal() for one in board.unusual]
    expect(page.locator(".unusual li")).to_have_count(len(board.unusual))
    expect(page.locator(".unusual li", has_text=TEAM[0])).to_contain_text(format_number("en", board.unusual[-1].usual))

    people = _card(page, "People")
    people.get_by_role("button", name="Show all").click()
    expect(people.locator("tbody tr")).to_have_count(len(board.people))
    costs = people.locator("tbody td:nth-child(2) > span[title]").evaluate_all("all => all.map(one => one.title)")
    assert costs == [format_money("en", person.cost) for person in sorted(board.people, key=lambda one: -one.cost)]
    expect(_card(page, "Models").locator("tbody tr")).to_have_count(len(board.models))
    expect(_card(page, "Topics").locator("tbody tr")).to_have_count(len(board.topics))
    expect(_card(page, "Why questions failed").locator("tbody tr")).to_have_count(len(board.failures))
    squares = page.locator(".hours rect:not(.ring)")
    expect(squares).to_have_count(7 * 24)
    expect(page.locator(".hours rect:not(.q0):not(.ring)")).to_have_count(len(board.hours))


def test_the_span_is_switched_and_stays_in_the_address(open_page: Opener, store: Path) -> None:
    async def counted(desk: UsageDesk) -> Dashboard:
        return await desk.dashboard(OWNER, "week")

    page = open_page("/dashboard")
    expect(page.get_by_role("button", name="This month")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="7 days").click()
    week = format_number("en", _ask_the_core(store, counted).questions)
    expect(_tile(page, "Questions").locator("b")).to_have_text(week)
    assert page.url.endswith("?span=week")
    page.reload()
    expect(page.get_by_role("button", name="7 days")).to_have_attribute("aria-pressed", "true")
    expect(_tile(page, "Questions").locator("b")).to_have_text(week)
    files = page.locator("#use a[download]").evaluate_all("all => all.map(one => one.href)")
    assert len(files) == 9 and all("span=week" in file for file in files)


def test_the_last_span_that_was_chosen_is_shown(open_page: Opener) -> None:
    page = open_page("/dashboard")

    def late(route: Route) -> None:
        page.wait_for_timeout(600)
        route.continue_()

    page.route("**/api/v1/usage/all?span=quarter*", late)
    page.get_by_role("button", name="90 days").click()
    page.get_by_role("button", name="7 days").click()
    expect(page.locator("#use")).to_have_attribute("aria-busy", "false")
    page.wait_for_timeout(1_200)
    files = page.locator("#use a[download]").evaluate_all("all => all.map(one => one.href)")
    assert all("span=week" in file for file in files)


def test_people_are_sorted_and_searched(open_page: Opener) -> None:
    people = _card(open_page(), "People")
    expect(people.locator("tbody tr")).to_have_count(10)
    expect(people.locator("th").nth(1)).to_have_attribute("aria-sort", "descending")
    people.get_by_role("button", name="Person").click()
    expect(people.locator("th").first).to_have_attribute("aria-sort", "ascending")
    expect(people.locator("th").nth(1)).to_have_attribute("aria-sort", "none")
    people.get_by_role("button", name="Questions").click()
    counts = [int(text) for text in people.locator("tbody td:nth-child(4)").all_inner_texts()]
    assert counts == sorted(counts, reverse=True)
    people.get_by_role("button", name="Questions").press("Enter")
    fewest = [int(text) for text in people.locator("tbody td:nth-child(4)").all_inner_texts()]
    assert fewest == sorted(fewest) and fewest[0] < counts[-1]

    people.get_by_role("searchbox").fill("PERSON3@")
    expect(people.locator("tbody tr")).to_have_count(1)
    assert _first_column(people) == [f"{TEAM[3]}\nperson3@example.com"]
    people.get_by_role("searchbox").fill("nobody at all")
    expect(people.locator("tbody tr")).to_have_count(0)
    expect(people.get_by_role("status")).to_have_text("Nothing matches.")


def test_charts_name_their_exact_values_to_pointer_and_keys(open_page: Opener) -> None:
    page = open_page()
    cost = _card(page, "Cost by day")
    plot = cost.locator("svg.plot")
    box = plot.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(cost.locator(".tip b")).to_have_text(re.compile(r"^\$\d"))
    page.mouse.move(0, 0)
    expect(cost.locator(".tip")).to_be_hidden()
    plot.focus()
    page.keyboard.press("ArrowLeft")
    last = cost.locator(".tip .of").inner_text()
    page.keyboard.press("ArrowLeft")
    expect(cost.locator(".tip .of")).not_to_have_text(last)

    hours = _card(page, "When people ask")
    hours.locator("rect.q5").first.hover()
    expect(hours.locator(".tip b")).to_have_text(re.compile(r"^Questions: \d+$"))
    expect(hours.locator("figcaption")).to_have_text(re.compile(r"Most on \w{3} \d\d:00–\d\d:00: \d+ questions"))


def test_hostile_names_and_questions_are_text(open_page: Opener) -> None:
    page = open_page()
    for button in reversed(page.get_by_role("button", name="Show all").all()):
        button.click()
    names = page.locator("#people tbody td:first-child bdi:first-child").all_text_contents()
    assert set(HOSTILE) <= set(names)
    questions = page.locator("#questions tbody td:first-child bdi").all_text_contents()
    assert set(HOSTILE) <= set(questions) and "y" * 500 in questions
    assert page.locator("#content img").count() == 0
    assert page.evaluate("window.hacked") is None
    assert _fits(page)
    long = page.locator("#questions td", has_text="y" * 500).bounding_box()
    assert long is not None and long["height"] < 80
    # What turns the line around turns nothing beyond its own name.
    directions = page.locator("#people bdi").evaluate_all("all => all.map(one => getComputedStyle(one).unicodeBidi)")
    assert set(directions) == {"isolate"}


def test_limits_are_kept_and_taken_back(open_page: Opener, store: Path) -> None:
    page = open_page()
    everyone = page.locator("form.limit", has_text="Everyone")
    hour = everyone.get_by_label("Everyone, This hour")
    expect(everyone.get_by_role("button", name="Save")).to_be_hidden()
    hour.fill("12,500")
    everyone.get_by_role("button", name="Save").click()
    expect(page.locator("#limits > .card > .note").last).to_have_text("Saved.")
    expect(page.get_by_label("Role: viewers, This hour")).to_have_attribute("placeholder", "12,500")

    adder = page.locator("form.limit.add")
    adder.get_by_label("E-mail of a person", exact=True).fill("person4@example.com")
    adder.get_by_label("E-mail of a person, Today").fill("700")
    adder.get_by_role("button", name="Add").click()
    own = page.locator("form.limit", has_text=TEAM[4])
    expect(own.get_by_label(f"{TEAM[4]}, Today")).to_have_value("700")

    page.reload()
    expect(page.get_by_label("Everyone, This hour")).to_have_value("12,500")

    async def limits(desk: UsageDesk) -> dict[str, tuple[int | None, int | None, int | None]]:
        return {line.name or line.id: (line.hour, line.day, line.month) for line in await desk.limits(OWNER)}

    kept = _ask_the_core(store, limits)
    assert (kept[""], kept[TEAM[4]]) == ((12_500, None, None), (None, 700, None))

    own.get_by_role("button", name=f"Remove: {TEAM[4]}").click()
    expect(own).to_have_count(0)
    page.get_by_role("button", name="No limits of its own: Everyone").click()
    expect(page.get_by_label("Everyone, This hour")).to_have_value("")
    assert set(_ask_the_core(store, limits).values()) == {(None, None, None)}


def test_a_limit_that_cannot_be_is_told_beside_it(open_page: Opener, chats: list[Chat]) -> None:
    page = open_page()
    hour = page.get_by_label("Everyone, This hour")
    hour.fill("lots")
    page.locator("form.limit", has_text="Everyone").get_by_role("button", name="Save").click()
    assert hour.evaluate("field => field.validationMessage") == "A whole number, or nothing."
    hour.fill("9000000000000")
    page.locator("form.limit", has_text="Everyone").get_by_role("button", name="Save").click()
    expect(page.locator("#limits .refused")).to_contain_text("1,000,000,000")
    expect(hour).to_have_value("9,000,000,000,000")
    adder = page.locator("form.limit.add")
    adder.get_by_label("E-mail of a person", exact=True).fill("nobody@example.com")
    adder.get_by_label("E-mail of a person, Today").fill("5")
    adder.get_by_role("button", name="Add").click()
    expect(page.locator("#limits .refused")).to_contain_text("nobody@example.com")
    _expect_refusals(chats, 2)


def test_alert_rules_are_kept(open_page: Opener, store: Path, chats: list[Chat]) -> None:
    page = open_page()
    alerts = page.locator("#alerts")
    for amount in ("99.5", "20", "20.00"):
        alerts.get_by_label("Amount in US dollars").fill(amount)
        alerts.get_by_label("Amount in US dollars").press("Enter")
    expect(alerts.locator(".chips").first.locator("li")).to_have_text(["$20", "$99.50"])
    alerts.get_by_label("Amount in US dollars").fill("none")
    alerts.get_by_label("Amount in US dollars").press("Enter")
    expect(alerts.locator(".chips").first.locator("li")).to_have_count(2)
    alerts.get_by_label("Tell once a day of unusual use").uncheck()
    alerts.get_by_role("button", name="Remove: $20").click()
    expect(alerts.locator(".saving .note")).to_have_text("Not saved yet.")
    alerts.get_by_role("button", name="Save").click()
    expect(alerts.locator(".saving .note")).to_have_text("Saved.")

    async def rules(desk: UsageDesk) -> AlertRules:
        return await desk.alerts(OWNER)

    kept = _ask_the_core(store, rules)
    assert ([str(one) for one in kept.thresholds], kept.unusual, kept.to) == (["99.5"], False, ())
    alerts.get_by_label("Id of a channel or a person").fill("C0123ABCDEF")
    alerts.get_by_label("Id of a channel or a person").press("Enter")
    alerts.get_by_role("button", name="Save").click()
    expect(alerts.locator(".refused")).to_contain_text("No platform is set up")  # and nothing else is lost
    expect(alerts.locator(".chips").last.locator("li")).to_have_count(1)
    _expect_refusals(chats, 1)
    page.reload()
    expect(alerts.locator(".chips").first.locator("li")).to_have_text(["$99.50"])
    expect(alerts.locator(".chips").last.locator("li")).to_have_count(0)


def test_a_list_is_taken_as_a_file(open_page: Opener) -> None:
    page = open_page(locale="ko-KR")
    with page.expect_download() as taken:
        page.get_by_role("link", name="사람 CSV로 받기").click()
    assert taken.value.suggested_filename == "usage-people-quarter.csv"
    rows = list(csv.reader(Path(taken.value.path()).read_text(encoding="utf-8-sig").splitlines()))
    assert rows[0][0] == "사람" and len(rows) == 1 + len(TEAM) + len(HOSTILE) + 1


def test_own_use_beside_the_conversation(open_page: Opener, store: Path) -> None:
    async def mine(desk: UsageDesk) -> PersonUsage:
        return await desk.mine(OWNER)

    use = _ask_the_core(store, mine)
    page = open_page("/")
    expect(page.locator("#usage meter")).to_have_count(3)
    page.get_by_role("button", name="Details").click()
    sheet = page.get_by_role("dialog", name="Your use")
    expect(sheet.locator("meter")).to_have_count(3)
    expect(sheet.locator(".figures b").first).to_have_text(format_money("en", use.cost))
    expect(sheet.locator(".figures")).to_contain_text(f"{use.free} of {format_number('en', use.questions)} questions")
    expect(sheet.locator("footer")).to_contain_text(format_number("en", use.total_tokens))
    expect(sheet.locator("svg.plot")).to_have_count(1)
    expect(sheet.locator("tbody tr")).to_have_count(len(use.models))
    with page.expect_download() as taken:
        sheet.get_by_role("link", name="Days as CSV").click()
    assert taken.value.suggested_filename == "my-usage.csv"
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(page.get_by_role("button", name="Details")).to_be_focused()
    page.get_by_role("link", name="Dashboard").click()
    page.locator("body.loaded").wait_for()
    expect(page.locator("h1")).to_have_text("Use and cost")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_in_korean_nothing_is_left_in_english(open_page: Opener, scheme: str) -> None:
    page = open_page(locale="ko-KR", color_scheme=scheme)
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    expect(page.locator("h1")).to_have_text("사용량과 비용")
    for heading in page.locator("h2, h3, th, dt, #sections a").all():
        assert re.search("[가-힣]", heading.inner_text()), heading.inner_text()
    page.get_by_role("button", name="English").click()
    expect(page.locator("h1")).to_have_text("Use and cost")
    expect(page.locator("#people h2")).to_have_text("People")


@pytest.mark.parametrize("width", [320, 390])
def test_on_a_phone(open_page: Opener, width: int) -> None:
    page = open_page(width=width, has_touch=True, is_mobile=True)
    assert _fits(page)
    box = page.locator("#people .scroller")
    assert box.evaluate("box => box.scrollWidth > box.clientWidth")
    sheet = open_page("/", width=width, has_touch=True, is_mobile=True)
    sheet.locator("#open-menu").click()
    sheet.get_by_role("button", name="Details").click()
    expect(sheet.locator("#own-use .figures")).to_be_visible()
    assert _fits(sheet)
    assert sheet.locator("#use").evaluate("box => box.scrollWidth <= box.clientWidth")


def test_everything_to_press_has_a_name(open_page: Opener) -> None:
    page = open_page()
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('button, a[href], input, select, meter, [role=region], [role=img]')]
          .filter((one) => one.checkVisibility())
          .filter((one) => !(one.getAttribute('aria-label') || one.textContent.trim() || one.labels?.length))
          .map((one) => one.outerHTML)"""
    )
    assert nameless == []
    levels = page.locator("h1, h2, h3").evaluate_all("all => all.map(one => Number(one.tagName[1]))")
    assert levels[0] == 1 and levels.count(1) == 1
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(open_page: Opener, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    faint = page.evaluate(
        """() => {
          const pen = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
          const rgb = (colour) => {
            pen.clearRect(0, 0, 1, 1); pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1);
            return [...pen.getImageData(0, 0, 1, 1).data];
          };
          const light = ([r, g, b]) => [r, g, b].map((part) => part / 255)
            .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
            .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
          const ground = (one) => {
            for (let at = one; at; at = at.parentElement) {
              const colour = rgb(getComputedStyle(at).backgroundColor);
              if (colour[3] === 255) return colour;
            }
            return rgb('white');
          };
          return [...document.querySelectorAll('#content :is(p, h1, h2, h3, dt, b, small, td, th, span, button)')]
            .filter((one) => one.checkVisibility() && one.innerText?.trim() && !one.disabled)
            .map((one) => [light(rgb(getComputedStyle(one).color)), light(ground(one)), one.innerText])
            .filter(([ink, paper]) => (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05) < 4.5)
            .map(([, , text]) => text);
        }"""
    )
    assert faint == []


def test_what_loads_does_not_push_the_page_about(open_page: Opener) -> None:
    page = open_page()
    page.add_init_script(
        """window.shifts = 0;
        new PerformanceObserver((list) => {
          for (const one of list.getEntries()) window.shifts += one.value;
        }).observe({ type: 'layout-shift', buffered: true });"""
    )
    page.reload()
    page.locator("body.loaded").wait_for()
    page.wait_for_timeout(500)
    assert page.evaluate("window.shifts") < 0.1  # what is called good: https://web.dev/articles/cls


def test_without_any_use_it_says_so(open_page: Opener, empty_server: Server) -> None:
    page = open_page(origin=empty_server.origin)
    expect(_tile(page, "Questions").locator("b")).to_have_text("0")
    expect(_tile(page, "Forecast for the month")).to_contain_text("Too few days")
    expect(page.locator("#use .blank")).to_have_count(9)
    assert "NaN" not in page.locator("#content").inner_text()
    # Its owner finds it before the first question.
    expect(open_page("/", origin=empty_server.origin).get_by_role("link", name="Dashboard")).to_be_visible()


def test_whoever_is_no_administrator_is_told_and_sees_nothing(open_page: Opener, chats: list[Chat]) -> None:
    page = open_page("/")
    text, hint = error_words("ko", NotAllowed("people.not_administrator"))
    told = {"code": "people.not_administrator", "detail": text, "hint": hint}
    for path in ("usage/all?*", "limits?*", "alerts?*"):
        page.route(f"**/api/v1/{path}", lambda route: route.fulfill(status=403, json=told))
    page.goto(page.url.split("#")[0] + "dashboard?lang=ko")
    expect(page.locator("#problem .notice")).to_contain_text("관리자만 할 수 있습니다.")
    expect(page.locator(".tiles")).to_be_hidden()
    expect(page.locator("#rules")).to_be_hidden()
    _expect_refusals(chats, 3)


def test_limits_in_an_answer_are_bars(open_page: Opener) -> None:
    page = open_page("/")
    item = {"label": "Today", "used": 3, "limit": 4, "text": "3 of 4", "note": "Starts again 9:00", "share": 0.75}
    reply = {"question_id": "q", "ok": True, "locale": "en", "parts": [{"part": "meters", "items": [item]}]}
    page.evaluate(
        """async (reply) => {
          const { drawReply } = await import('./static/answer.js');
          const answer = document.createElement('div');
          answer.className = 'answer';
          answer.append(...drawReply(reply, {}));
          document.getElementById('conversation').append(answer);
        }""",
        reply,
    )
    meter = page.locator(".answer meter")
    expect(meter).to_have_attribute("aria-label", "Today: 3 of 4")
    assert meter.evaluate("meter => meter.value") == 0.75
    expect(page.locator(".answer .meters")).to_contain_text("Starts again 9:00")


def test_a_server_that_cannot_be_reached_leaves_what_was_there(open_page: Opener, chats: list[Chat]) -> None:
    page = open_page()
    before = _tile(page, "Questions").locator("b").inner_text()
    page.context.set_offline(True)
    page.get_by_role("button", name="7 days").click()
    expect(page.locator("#problem .notice")).to_contain_text("cannot be reached")
    expect(_tile(page, "Questions").locator("b")).to_have_text(before)
    page.get_by_label("Everyone, This hour").fill("5")
    page.locator("form.limit", has_text="Everyone").get_by_role("button", name="Save").click()
    expect(page.locator("#limits .refused")).to_contain_text("cannot be reached")
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#problem")).to_be_empty()
    expect(_tile(page, "Questions").locator("b")).not_to_have_text(before)
    chats[0].errors.clear()  # the browser notes each request that went nowhere, its own for the icon too
