"""Scheduled questions at the page, in a real browser over a real server: made, asked, looked after, deleted."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from core.locale import say
from tests.browser.pages import (
    HOSTILE,
    Opener,
    browser,
    call,
    chats,
    expect_names,
    expect_refusals,
    expect_untouched,
    field,
    fits,
    open_page,
    press,
    server,
    sign_in,
    words,
)
from tests.browser.serving import Chat, Server

__all__ = ["browser", "chats", "open_page", "server"]


def _said(language: str, key: str, **values: object) -> str:
    return words(language, f"schedules.{key}", **values)


def _line(page: Page, title: str) -> Locator:
    return page.locator("#schedules .schedule", has_text=title)


def _press(one: Locator, act: str) -> None:
    one.locator(f'[data-act="{act}"]').click()


def _make(page: Page, language: str, text: str, when: str, condition: str = "") -> None:
    """Fill the form, and send it."""
    section = page.locator("#schedules")
    field(section, _said(language, "question")).fill(text)
    field(section, _said(language, "when")).fill(when)
    field(section, _said(language, "condition")).fill(condition)
    press(section, _said(language, "submit"))


@pytest.mark.parametrize("language", ["en", "ko"])
def test_one_is_made_asked_paused_changed_and_deleted(
    open_page: Opener, server: Server, chats: list[Chat], language: str
) -> None:
    page = open_page("/account", language=language)
    text, wrong, when, condition, other, shown, changed = {
        "en": ("How many customers are there?", "now and then", "every weekday at 9", "changed", "매월 말일 정오",
               "every weekday at 09:00", "on the last day of each month at 12:00"),
        "ko": ("고객은 모두 몇 명인가요?", "가끔", "평일 오전 9시", "결과가 바뀌면",
               "on the last day of each month at noon", "평일 09:00", "매월 말일 12:00"),
    }[language]  # fmt: skip
    section = page.locator("#schedules")
    section.locator("summary.chip").click()
    refused = section.locator(".saving .note")
    _make(page, language, text, wrong)
    expect(refused).to_contain_text(wrong)
    _make(page, language, text, when, "sometimes")
    expect(refused).to_contain_text("sometimes")
    expect(field(section, _said(language, "when"))).to_have_value(when)
    expect_refusals(chats, 2)
    _make(page, language, text, when, condition)
    one = _line(page, text)
    expect(one.locator(".notice")).to_have_text(_said(language, "made", title=text))
    expect(one).to_contain_text(f"{shown} (Asia/Seoul)")
    expect(one).to_contain_text(say(language, "schedule.condition.changed"))
    expect(one).to_contain_text(say(language, "schedule.line.never"))

    _press(one, "run")
    expect(one.locator(".notice")).to_have_text(_said(language, "running"))
    expect(one).to_contain_text(say(language, "schedule.outcome.posted"), timeout=60_000)

    _press(one, "pause")
    expect(one.locator(".mark")).to_have_text(_said(language, "is_paused"))
    expect(one.locator('[data-act="resume"]')).to_be_focused()
    _press(one, "change")
    expect(field(one, _said(language, "question"))).to_have_value(text)
    field(one, _said(language, "when")).fill(other)
    press(one, words(language, "dashboard.save"))
    expect(one.locator(".notice")).to_have_text(_said(language, "changed"))
    expect(one).to_contain_text(changed)
    _press(one, "resume")
    expect(one.locator(".mark")).to_have_count(0)

    # Its answer is in a conversation of its own, in the list beside the questions.
    answers = open_page("/account", language=language)
    answers.goto(server.origin)
    answers.locator("#threads").get_by_role("link", name=text).click()
    expect(answers.locator("#conversation .question")).to_have_text(text)
    expect(answers.locator(".figure, .sentence").first).to_be_visible()

    _press(one, "delete")
    press(one.locator(".sure"), words(language, "templates.cancel"))
    expect(one.locator('[data-act="delete"]')).to_be_focused()
    _press(one, "delete")
    press(one.locator(".sure"), words(language, "account.delete_schedule"))
    expect(one).to_have_count(0)
    expect(section).to_contain_text(words(language, "account.no_schedules"))
    assert call(page, "GET", "schedules")["items"] == []


def test_the_sql_of_an_answer_is_scheduled_on_a_phone(open_page: Opener, server: Server, chats: list[Chat]) -> None:
    page = open_page("/account", width=390, has_touch=True, is_mobile=True, language="ko", color_scheme="dark")
    page.goto(server.origin)
    page.locator("body.ready").wait_for()
    text = "서울에 사는 고객은 몇 명인가요?"
    page.locator("#question").fill(text)
    page.locator("#composer .send").click()
    opener = page.locator(".answer").get_by_role("button", name=say("ko", "present.action.schedule"), exact=True)
    opener.click()
    form = page.locator(".answer .scheduling:visible")
    field(form, _said("ko", "when")).fill("한가할 때")
    press(form, _said("ko", "submit"))
    expect(form.locator(".refused")).to_contain_text("한가할 때")
    expect_refusals(chats, 1)
    field(form, _said("ko", "when")).fill("매일 9시")
    press(form, _said("ko", "submit"))
    told = form.get_by_role("status")
    expect(told).to_contain_text(_said("ko", "made", title=text))
    assert fits(page)
    told.get_by_role("link").click()
    page.locator("body.account.loaded").wait_for()
    one = _line(page, text)
    one.locator("summary").click()
    expect(one.locator("pre")).to_contain_text("SELECT")

    call(page, "POST", "schedules", {"text": f"SELECT '{HOSTILE}' AS x", "when": "매시간"})
    page.reload()
    evil = _line(page, HOSTILE)
    expect(evil.locator("b")).to_contain_text(HOSTILE)
    _press(evil, "delete")
    expect(evil.locator(".sure")).to_contain_text(HOSTILE)
    expect_untouched(page)
    page.locator("#schedules details > summary.chip").click()
    expect_names(page)
    for label in page.locator("#schedules .label").all_inner_texts():
        assert re.search("[가-힣]", label), label
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert fits(page)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_an_administrator_looks_after_everybodys(
    open_page: Opener, server: Server, chats: list[Chat], language: str
) -> None:
    page, name = open_page("/admin", language=language), f"Sora {language}"
    theirs = sign_in(page, open_page, server, f"sora-{language}@example.com", name, language)
    text = f"How many cities are there? ({language})"
    call(theirs, "POST", "schedules", {"text": f"SELECT '{text}' AS x", "when": "daily at 9"})
    page.reload()
    one = _line(page, text)
    expect(one).to_contain_text(say(language, "schedule.line.of", name=name))
    expect(one.locator('[data-act="change"]')).to_have_count(0)
    _press(one, "pause")
    expect(one.locator(".mark")).to_have_text(_said(language, "is_paused"))
    assert [shown["is_paused"] for shown in call(theirs, "GET", "schedules")["items"]] == [True]
    _press(one, "delete")
    press(one.locator(".sure"), words(language, "account.delete_schedule"))
    expect(one).to_have_count(0)
    assert call(theirs, "GET", "schedules")["items"] == []
    assert fits(page)
    expect_names(page)
