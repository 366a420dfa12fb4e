"""Teams in a real browser: the local client's own page, a real server with the demo shop and the built-in writer."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.serving import chromium, open_browser
from tests.browser.teams_page import TeamsPage, serving_teams

PRODUCTS = "Top 5 products by sales amount"
MONTHS = "Sales amount by month"
HOSTILE = "SELECT '**bold** [link](http://evil.example) <img src=x onerror=alert(1)>' AS said"

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


@pytest.fixture
def teams(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TeamsPage]:
    with serving_teams(tmp_path_factory.mktemp("teams")) as url:
        context = browser.new_context(viewport={"width": 1280, "height": 1100}, locale="en-US")
        one = TeamsPage(context, url)
        yield one
        context.close()
        assert one.errors == []


def test_an_answer_has_a_sentence_a_chart_a_table_and_its_sql(teams: TeamsPage) -> None:
    card = teams.ask(PRODUCTS)
    expect(card.get_by_role("table").get_by_role("row")).to_have_count(6)
    expect(card.get_by_role("img")).to_have_count(5)
    expect(teams.page.get_by_text("Highest", exact=False).last).to_be_visible()
    expect(teams.page.get_by_text("AI generated").last).to_be_visible()
    expect(card.get_by_text("SELECT", exact=False)).to_be_hidden()
    card.get_by_role("button", name="Show SQL").click()
    expect(card.get_by_text("SELECT", exact=False)).to_be_visible()


def test_a_button_is_pressed_and_a_follow_up_is_asked(teams: TeamsPage) -> None:
    card = teams.ask(MONTHS)
    card.get_by_role("button", name="Explain", exact=True).click()
    expect(teams.page.get_by_text("SQL", exact=False).last).to_be_visible()
    teams.ask("only 2024")
    expect(teams.cards.last).to_contain_text("2024")


def test_a_channel_is_asked_with_a_mention(teams: TeamsPage) -> None:
    teams.go_to("Group")
    teams.box.click()
    teams.page.keyboard.type("@Collo")
    teams.page.get_by_role("menuitem", name="Colloquery").click()
    teams.page.keyboard.type("How many customers are in Seoul?")
    teams.page.keyboard.press("Enter")
    expect(teams.cards.get_by_role("button", name="CSV", exact=True)).to_have_count(1)


def test_what_comes_from_a_database_stays_text(teams: TeamsPage) -> None:
    card = teams.ask(HOSTILE)
    expect(card.get_by_role("table")).to_contain_text(
        "**bold** [link](http://evil.example) <img src=x onerror=alert(1)>"
    )
    expect(card.get_by_role("link")).to_have_count(0)
    expect(card.locator("img")).to_have_count(0)
