"""The page of administration in a real browser, over a real server: people, keys, the audit, settings."""

import csv
import re
from pathlib import Path

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

HOURS = "connections.refresh_hours"


def _line(page: Page, email: str) -> Locator:
    return page.locator(".person-line", has_text=email)


def _audit(page: Page) -> Locator:
    return page.locator("#audit")


def _setting(page: Page, key: str) -> Locator:
    return page.locator(f'[data-key="{key}"]')


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_person_comes_in_rises_and_leaves(
    open_page: Opener, server: Server, chats: list[Chat], language: str
) -> None:
    page = open_page("/admin", language=language)

    def said(key: str, **values: object) -> str:
        return words(language, f"admin.{key}", **values)

    email, name = f"noor-{language}@example.com", f"Noor {language}"
    adder = page.locator(".adder")
    adder.locator("summary").click()
    field(adder, said("email")).fill("no address")
    field(adder, said("name")).fill(name)
    press(adder, said("add"))
    expect(adder.locator(".refused")).to_contain_text(say(language, "errors.people.bad_email.hint").split("{")[0])
    expect(field(adder, said("name"))).to_have_value(name)
    field(adder, said("email")).fill(email)
    press(adder, said("add"))
    person = _line(page, email)
    expect(person).to_contain_text(said("never_seen"))
    expect_refusals(chats, 1)

    press(person, said("link"))
    link = person.get_by_label(said("link_label"))
    expect(link).to_be_focused()
    address = link.input_value()
    assert re.fullmatch(rf"{re.escape(server.origin)}/sign-in#\S{{20,}}", address)
    page.reload()
    expect(person).to_be_visible()
    assert address.partition("#")[2] not in page.content()  # it is shown that once

    theirs = open_page(address, language=language)
    theirs.locator("#link [type=submit]").click()
    theirs.locator("body.account.loaded").wait_for()
    made = call(theirs, "POST", "keys", {"name": f"nightly {language}", "scopes": [{"scope": "ask"}]})

    press(person, said("make_admin"))
    press(person.locator(".sure"), words(language, "templates.cancel"))
    expect(person.get_by_role("button", name=said("make_admin"))).to_be_focused()
    press(person, said("make_admin"))
    press(person.locator(".sure"), said("make_admin"))
    expect(person.locator(".notice")).to_have_text(said("is_admin", name=name))
    expect(person.locator(".name")).to_contain_text(words(language, "account.role_admin"))
    press(person, said("sign_out"))
    press(person.locator(".sure"), said("sign_out"))
    expect(person.locator(".notice")).to_contain_text(name)

    page.reload()
    keys = page.locator("#keys")
    press(keys, words(language, "account.revoke_of", name=f"nightly {language}"))
    press(keys.locator(".sure"), words(language, "account.revoke"))
    key = keys.locator(".key-line", has_text=f"nightly {language}")
    expect(key).to_contain_text(words(language, "account.key_revoked"))
    expect(key).to_contain_text(made["line"]["prefix"])
    assert made["key"] not in page.content()

    press(person, said("deactivate"))
    press(person.locator(".sure"), said("deactivate"))
    expect(person.locator(".name")).to_contain_text(said("inactive"))
    press(person, said("activate"))
    expect(person.locator(".notice")).to_have_text(said("activated", name=name))

    # All of it is in the audit, what they did and what was done to them.
    press(person, said("audit_of"))
    audit = _audit(page)
    expect(field(audit, said("who"))).to_have_value(email)
    press(audit, said("find"))
    expect(audit.locator(".audit-line").first).to_contain_text(say(language, "audit.action.key.made"))
    assert audit.locator(".audit-line .whom").all_inner_texts() == [name] * audit.locator(".audit-line").count()
    press(audit, said("clear"))
    expect(audit.locator(".audit-line").first).to_contain_text(say(language, "audit.action.people.activated"))
    field(audit, said("action")).select_option("key.")
    press(audit, said("find"))
    activated = say(language, "audit.action.people.activated")
    expect(audit.locator(".audit-line", has_text=activated)).to_have_count(0)  # the list is the new one
    revoked = audit.locator(".audit-line", has_text=say(language, "audit.action.key.revoked")).first
    revoked.locator("summary").click()
    expect(revoked).to_contain_text("key.revoked")
    expect(revoked).to_contain_text("127.0.0.1")
    press(audit, said("verify"))
    expect(audit.locator(".notice")).to_contain_text(said("whole", lines="§", since="§").split("§")[0].strip()[:6])
    head = audit.locator(".copyable input").input_value()
    assert re.fullmatch(r"\d+:[0-9a-f]{64}", head)
    audit.locator(":scope > details > summary").click()
    noted = field(audit, said("head_noted"))
    noted.fill("7:of nobody")
    press(audit, said("verify"))
    assert noted.evaluate("one => one.validationMessage") == said("head_wrong")
    number, seal = head.split(":")
    noted.fill(f"{number}:{seal[::-1]}")
    press(audit, said("verify"))
    expect(audit.get_by_role("alert")).to_contain_text(said("damage_cut_off", number=number))
    noted.fill(head)
    press(audit, said("verify"))
    expect(audit.get_by_role("alert")).to_have_count(0)


def test_what_is_refused_is_told_where_it_was_asked(open_page: Opener, chats: list[Chat]) -> None:
    page = open_page("/admin")
    own = page.locator(".person-line", has=page.locator(".mark", has_text="You"))
    press(own, "Make viewer")
    press(own.locator(".sure"), "Make viewer")
    expect(own.get_by_role("alert")).to_contain_text(say("en", "errors.people.owner_of_machine.text"))
    audit = _audit(page)
    field(audit, "Person").fill("nobody@example.com")
    press(audit, "Search")
    expect(audit.get_by_role("alert")).to_contain_text("nobody@example.com")
    expect(field(audit, "Person")).to_have_value("nobody@example.com")
    expect_refusals(chats, 2)


def test_people_are_found_page_by_page(open_page: Opener) -> None:
    page = open_page("/admin")
    for number in range(23):
        call(page, "POST", "users", {"email": f"crowd{number}@example.com", "name": f"Crowd {number:02}"})
    page.reload()
    lines = page.locator(".person-line")
    expect(lines).to_have_count(20)
    press(page.locator("#people"), "Show more")
    expect(_line(page, "crowd0@")).to_be_visible()
    page.get_by_label("Search names and e-mail addresses").fill("Crowd 1")
    expect(lines).to_have_count(10)
    page.get_by_label("Search names and e-mail addresses").fill("nobody has this")
    expect(page.locator("#people > .note")).to_have_text("Nobody was found.")


def test_the_audit_is_searched_and_taken_along(open_page: Opener) -> None:
    page = open_page("/admin")
    for hours in range(30, 66):
        call(page, "PUT", f"config/{HOURS}", {"value": hours})
    page.reload()
    audit = _audit(page)
    lines = audit.locator(".audit-line")
    expect(lines).to_have_count(30)
    press(audit, "Show more")
    expect(lines.nth(35)).to_be_visible()
    field(audit, "Action").select_option("config.")
    field(audit, "Outcome").select_option("true")
    field(audit, "Kind of thing").select_option("config")
    field(audit, "From").fill("2020-01-01T00:00")
    press(audit, "Search")
    expect(lines.first).to_contain_text("A setting was changed")
    lines.first.locator("summary").click()
    expect(lines.first.locator(".values tbody tr")).to_have_text([f"{HOURS}6465"])
    press(lines.first, "Only this action")
    expect(field(audit, "Action")).to_have_value("config.changed")
    with page.expect_download() as taken:
        audit.get_by_role("link", name="CSV").click()
    rows = list(csv.reader(Path(taken.value.path()).read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) >= 37 and {row[4] for row in rows[1:]} == {"config.changed"}
    field(audit, "Until before").fill("2020-01-02T00:00")
    press(audit, "Search")
    expect(audit.locator("[role=status]").last).to_have_text("No line fits.")


def test_a_setting_is_kept_or_refused(open_page: Opener, chats: list[Chat]) -> None:
    page = open_page("/admin")
    call(page, "DELETE", f"config/{HOURS}")
    page.reload()
    hours = _setting(page, HOURS)
    typed = hours.locator("input")
    expect(typed).to_have_value("24")
    for wrong, why in (("99999", "8,760|8760"), ("soon", "number"), ("-1", "0")):
        typed.fill(wrong)
        press(hours, "Save")
        expect(hours.get_by_role("alert")).to_contain_text(re.compile(why))
        expect(typed).to_have_value(wrong)
        expect(typed).to_be_focused()
    expect_refusals(chats, 3)
    typed.fill("6")
    press(hours, "Save")
    expect(hours.locator(".notice")).to_contain_text("is set.")
    expect(hours).to_contain_text("Default: 24")
    added_by = _setting(page, "connections.added_by")
    added_by.locator("select").select_option("administrators")
    press(added_by, "Save")
    expect(added_by.locator(".notice")).to_contain_text("is set.")
    kept = {one["key"]: one["value"] for one in call(page, "GET", "config")["items"]}
    assert (kept[HOURS], kept["connections.added_by"]) == (6, "administrators")
    for one in (hours, added_by):
        one.get_by_role("button", name=re.compile("^Use the default")).click()
        expect(one).to_contain_text("The default holds.")
    # What has a form of its own is shown, and changed there.
    alerts = _setting(page, "alerts")
    expect(alerts.locator("form")).to_have_count(0)
    expect(alerts.get_by_role("link")).to_have_attribute("href", "dashboard#alerts")


def test_a_viewer_is_told_and_shown_nothing(open_page: Opener, server: Server, chats: list[Chat]) -> None:
    page = open_page("/admin")
    theirs = sign_in(page, open_page, server, "vera@example.com", "Vera")
    theirs.goto(f"{server.origin}/admin")
    theirs.locator("body.loaded").wait_for()
    told = theirs.locator("#problem").get_by_role("alert")
    expect(told).to_contain_text(say("en", "errors.people.not_administrator.text"))
    press(theirs, "한국어")
    expect(told).to_contain_text(say("ko", "errors.people.not_administrator.text"))
    expect(theirs.locator("#rooms")).to_be_hidden()
    assert theirs.locator("#rooms").inner_text().strip() == "" and "Operator" not in theirs.content()
    expect(theirs.locator("[data-administrators]:visible")).to_have_count(0)
    theirs.goto(server.origin)
    theirs.locator("#usage meter").first.wait_for()
    expect(theirs.get_by_role("link", name=words("ko", "connections.title"))).to_be_visible()
    expect(theirs.locator("#to-admin")).to_be_hidden()
    expect_refusals(chats, 2)


def test_what_is_written_stays_text(open_page: Opener, server: Server) -> None:
    page = open_page("/admin")
    call(page, "POST", "users", {"email": "evil2@example.com", "name": HOSTILE})
    call(page, "POST", "keys", {"name": HOSTILE, "scopes": [{"scope": "ask"}]})
    theirs = sign_in(page, open_page, server, "evil3@example.com", f"{HOSTILE} two")
    call(theirs, "POST", "keys", {"name": HOSTILE, "scopes": [{"scope": "ask"}]})
    page.reload()
    expect(_line(page, "evil2@").locator("b")).to_have_text(HOSTILE)
    expect(page.locator(".key-line", has_text=HOSTILE)).to_have_count(2)
    audit = _audit(page)
    for line in audit.locator(".audit-line").all()[:8]:
        line.locator("summary").click()
    expect(audit.locator(".values", has_text=HOSTILE).first).to_be_visible()
    press(_line(page, "evil2@"), "Deactivate")
    expect(_line(page, "evil2@").locator(".sure")).to_contain_text(HOSTILE)
    expect_untouched(page)


def test_on_a_phone(open_page: Opener) -> None:
    page = open_page("/admin", width=390, has_touch=True, is_mobile=True, language="ko", color_scheme="dark")
    page.locator(".audit-line summary").first.click()
    page.locator(".adder summary").click()
    press(_audit(page), words("ko", "admin.verify"))
    expect(_audit(page).locator(".copyable")).to_be_visible()
    expect_names(page)
    for heading in page.locator("h1, h2, h3, .label, dt").all_inner_texts():
        assert re.search("[가-힣]", heading) or not heading, heading
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert fits(page)
