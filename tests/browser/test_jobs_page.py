"""Upkeep on the page of administration, in a real browser: how each job went, and running one now."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from core.locale import say
from tests.browser.pages import (
    Opener,
    browser,
    call,
    chats,
    expect_names,
    field,
    fits,
    open_page,
    press,
    words,
)
from tests.browser.serving import Server

__all__ = ["browser", "chats", "open_page"]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("upkeep")


@pytest.fixture(scope="module")
def server(home: Path, browser: Browser) -> Iterator[Server]:
    """One whose archive cannot be written: what deletes old events fails, once there are any."""
    no_folder = home / "archive"
    no_folder.touch()
    one = Server(home, COLLOQUERY_ARCHIVE_DIR=str(no_folder))
    one.start()
    yield one
    one.close()


def _written(home: Path, sql: str) -> None:
    """Something written into the store beside the server."""
    with closing(sqlite3.connect(home / "app_data.db", timeout=30)) as store, store:
        store.execute(sql)


def _job(page: Page, name: str) -> Locator:
    return page.locator(f'[data-job="{name}"]')


def _run(page: Page, name: str, language: str) -> Locator:
    """Run one, and what is told of it."""
    job = _job(page, name)
    press(job, words(language, "admin.job_run_of", name=say(language, f"jobs.name.{name}")))
    told = job.locator(".notice")
    told.wait_for()
    return told


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_job_is_run_now_and_says_how_it_went(open_page: Opener, language: str) -> None:
    page = open_page("/admin", language=language)
    jobs = call(page, "GET", "jobs")["items"]
    expect(page.locator(".job-line")).to_have_count(len(jobs))
    for one in jobs:
        expect(_job(page, one["name"]).locator("b")).to_have_text(say(language, f"jobs.name.{one['name']}"))
    never, name = {"en": "delete_addresses", "ko": "clear_outbox"}[language], "thin_metrics"
    expect(_job(page, never)).to_contain_text(words(language, "admin.job_never"))

    expect(_run(page, name, language)).to_have_text(re.compile(rf"^{say(language, f'jobs.name.{name}')}: 0"))
    job = _job(page, name)
    expect(job).to_contain_text(words(language, "admin.job_count", count=0))
    expect(job).to_contain_text(re.compile(words(language, "admin.job_process", process=r"\S+:\d+")))
    expect(job.get_by_role("button")).to_be_focused()
    page.reload()
    expect(job).to_contain_text(re.compile(words(language, "admin.job_process", process=r"\S+:\d+")))

    audit = page.locator("#audit")
    field(audit, words(language, "admin.action")).select_option("job.")
    press(audit, words(language, "admin.find"))
    expect(audit.locator(".audit-line").first).to_contain_text(say(language, "audit.action.job.ran"))


def test_what_failed_or_is_late_is_marked(open_page: Opener, home: Path) -> None:
    page = open_page("/admin", width=390, has_touch=True, is_mobile=True, language="ko", color_scheme="dark")
    _written(
        home, "INSERT INTO events (id, event_type, timestamp) VALUES ('an-old-event', 'test', '2020-01-01 00:00:00')"
    )
    why = say("ko", "errors.store.archive.text")
    told = _run(page, "delete_events", "ko")
    expect(told).to_contain_text(why)
    expect(told).to_have_attribute("role", "alert")
    _run(page, "delete_messages", "ko")
    _written(home, "UPDATE job_runs SET started_at = '2026-01-01 00:00:00' WHERE name = 'delete_messages'")
    page.reload()
    failed, late = _job(page, "delete_events"), _job(page, "delete_messages")
    expect(failed.locator(".mark")).to_have_text(words("ko", "admin.job_failed"))
    expect(failed).to_contain_text(why)
    expect(late.locator(".mark")).to_have_text(words("ko", "admin.job_overdue"))
    _run(page, "delete_messages", "ko")
    expect(late.locator(".mark")).to_have_count(0)
    expect_names(page)
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert fits(page)
