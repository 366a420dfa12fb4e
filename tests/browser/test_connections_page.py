"""The page of connections in a real browser, over a real server and a PostgreSQL that asks for passwords and shows a
certificate.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from core.locale import say
from tests.authority import NAME, Authority
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
from tests.engines.tls_servers import postgresql

__all__ = ["browser", "chats", "open_page", "server"]

READER, PASSWORD, WRONG = "reader", "right-horse-battery", "wrong-horse-battery"


@dataclass(frozen=True)
class Shop:
    """A database that one account may only read, and only with its password."""

    port: int
    ca: str

    def run(self, sql: str, database: str = "shop") -> None:
        """Run a statement as its administrator."""
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user="postgres", dbname=database, autocommit=True, connect_timeout=3
        ) as line:
            line.execute(sql.encode())


@pytest.fixture(scope="module")
def shop(browser: Browser) -> Iterator[Shop]:
    authority = Authority("an authority of one's own")
    with postgresql(authority.sign()) as running:
        one = Shop(running.target.port, authority.pem)
        running.run("CREATE DATABASE shop")
        running.run(f"CREATE ROLE {READER} LOGIN PASSWORD '{PASSWORD}'")
        one.run("CREATE TABLE customers (id int PRIMARY KEY, name text)")
        one.run(f"REVOKE TEMPORARY ON DATABASE shop FROM PUBLIC; GRANT SELECT ON customers TO {READER}")
        running.put("data/pg_hba.conf", f"host all {READER} all scram-sha-256\nhost all postgres all trust\n")
        running.run("SELECT pg_reload_conf()")
        yield one


def _fill(form: Locator, language: str, **typed: str) -> None:
    for name, text in typed.items():
        into = field(form, words(language, f"connections.{name}"))
        if name in ("kind", "tls"):
            into.select_option(text)
        else:
            into.fill(text)


def _add(page: Page, shop: Shop, name: str) -> str:
    new = {"name": name, "kind": "postgresql", "host": NAME, "port": shop.port, "user": READER, "database": "shop"}
    added = call(page, "POST", "connections", {**new, "password": PASSWORD})
    connection_id: str = added["connection"]["id"]
    return connection_id


def _card(page: Page, name: str) -> Locator:
    return page.locator(".connection", has=page.get_by_role("heading", name=name, exact=True))


def _expect_kept_to_itself(page: Page) -> None:
    """No password is anywhere in the page, nor in anything that is filled in."""
    held = page.evaluate("[...document.querySelectorAll('input, textarea')].map((one) => one.value).join(' ')")
    for secret in (PASSWORD, WRONG):
        assert secret not in page.content() and secret not in held


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_connection_from_a_wrong_password_to_its_end(
    open_page: Opener, shop: Shop, chats: list[Chat], language: str
) -> None:
    page = open_page("/connections", language=language)

    def said(key: str, **values: object) -> str:
        return words(language, f"connections.{key}", **values)

    call(page, "POST", "users", {"email": f"giver-{language}@example.com", "name": f"Sofia {language}"})
    press(page, said("add"))
    form = page.locator("#adding form")
    port = field(form, said("port"))
    for kind, usual in (("mysql", "3306"), ("oracle", "1521"), ("postgresql", "5432")):
        _fill(form, language, kind=kind)
        expect(port).to_have_attribute("placeholder", said("port_usual", port=usual))
    name = f"warehouse {language}"
    _fill(form, language, name=name, host=NAME, port=str(shop.port), user=READER, password=WRONG, tls="verify")
    _fill(form, language, database="shop")
    form.locator("summary").click()
    form.locator("textarea").fill(shop.ca)

    press(form, said("add_go"))
    expect(form.get_by_role("alert")).to_contain_text(say(language, "errors.database.sign_in.text").split("{")[0])
    _expect_kept_to_itself(page)
    password = field(form, said("password"))
    expect(password).to_have_value("")
    expect(password).to_be_focused()
    expect(field(form, said("name"))).to_have_value(name)
    expect(port).to_have_value(str(shop.port))
    expect(form.locator("textarea")).to_have_value(shop.ca)

    password.fill(PASSWORD)
    press(form, said("add_go"))
    card = _card(page, name)
    expect(card.locator(".look .passed")).to_have_count(6)
    expect(card.locator(".report")).to_contain_text("TLSv1.3")
    expect(card.locator(".report")).to_contain_text(said("only_read"))
    expect(page.locator("#told")).to_have_text(said("added", name=name))
    expect(card).to_contain_text(f"{READER}@{NAME}:{shop.port}/shop")
    _expect_kept_to_itself(page)
    expect_refusals(chats, 1)

    # Changed: the name alone needs no look; another way to it needs the password again, and nothing typed is lost.
    press(card, said("edit"))
    form = card.locator("form")
    expect(field(form, said("password"))).to_have_value("")
    _fill(form, language, tls="require", name=f"{name} 2")
    press(form, said("edit_go"))
    expect(form.get_by_role("alert")).to_contain_text(say(language, "errors.connection.password_again.hint"))
    expect(field(form, said("password"))).to_be_focused()
    expect(field(form, said("name"))).to_have_value(f"{name} 2")
    field(form, said("password")).fill(PASSWORD)
    press(form, said("edit_go"))
    card = _card(page, f"{name} 2")
    expect(card.locator(".notice")).to_have_text(said("changed", name=f"{name} 2"))
    expect(card.locator(".where")).to_contain_text(said("tls_require"))
    press(card, said("edit"))
    _fill(card.locator("form"), language, name=name)
    press(card, said("edit_go"))
    card = _card(page, name)
    expect(card).to_contain_text(said("unseen"))
    _expect_kept_to_itself(page)
    expect_refusals(chats, 1)

    # Looked at, read again, chosen, switched off and on.
    press(card, said("test"))
    expect(card.locator(".look .passed")).to_have_count(6)
    press(card, said("refresh"))
    expect(card.locator(".report")).to_have_text(said("same"))
    shop.run(f"CREATE TABLE returns_{language} (id int PRIMARY KEY)")
    shop.run(f"GRANT SELECT ON returns_{language} TO {READER}")
    press(card, said("refresh"))
    expect(card.locator(".report dd")).to_contain_text(f"returns_{language}")
    press(card, said("make_default"))
    expect(page.locator("#told")).to_have_text(said("default_set", name=name))
    expect(card.locator(".name")).to_contain_text(said("is_default"))
    press(card, said("disable"))
    press(card.locator(".sure"), said("disable"))
    expect(card.locator(".name")).to_contain_text(said("off"))
    press(card, said("enable"))
    expect(card.locator(".name")).to_contain_text(said("on"))

    # Given to a person with its private columns, to everyone without them; taken back.
    press(card, said("give"))
    press(card, said("give_go"))
    expect(card.locator(".given-list")).to_have_count(0)  # nobody was chosen
    field(card, said("person")).fill(f"sofia {language}")
    card.locator(".offers button").click()
    card.locator("form").get_by_label(said("with_private")).check()
    press(card, said("give_go"))
    expect(card.locator(".notice")).to_have_text(said("given_done", name=f"Sofia {language}"))
    private = card.get_by_label(said("private_of", name=f"Sofia {language}"))
    expect(private).to_be_checked()
    private.click()
    expect(card.locator(".notice")).to_have_text(said("private_off", name=f"Sofia {language}"))
    expect(private).not_to_be_checked()
    expect(private).to_be_focused()
    field(card, said("give_to")).select_option("everyone")
    press(card, said("give_go"))
    expect(card.locator(".given-list li")).to_have_count(2)
    press(card, said("take_of", name=f"Sofia {language}"))
    expect(card.locator(".notice")).to_have_text(said("taken_done", name=f"Sofia {language}"))
    expect(card).to_contain_text(said("given", who=said("everyone")))
    press(card, said("close"))
    expect(card.get_by_role("button", name=said("give"), exact=True)).to_be_focused()

    # Deleted, not at the first click.
    press(card, said("delete"))
    press(card.locator(".sure"), words(language, "templates.cancel"))
    expect(card.get_by_role("button", name=said("delete"), exact=True)).to_be_focused()
    press(card, said("delete"))
    press(card.locator(".sure"), said("delete"))
    expect(page.locator("#told")).to_have_text(said("deleted", name=name))
    expect(card).to_have_count(0)


def test_of_two_who_change_it_at_once_nobody_loses_anything(open_page: Opener, shop: Shop, chats: list[Chat]) -> None:
    page = open_page("/connections")
    connection_id = _add(page, shop, "crm")
    page.reload()
    press(_card(page, "crm"), "Edit")
    form = _card(page, "crm").locator("form")
    field(form, "Name").fill("crm of mine")
    call(
        page, "PATCH", f"connections/{connection_id}", {"name": "crm of theirs", "tls": "require", "password": PASSWORD}
    )
    press(form, "Try it and change it")
    expect(form.get_by_role("alert")).to_contain_text("Somebody else has changed")
    press(form, "Show what is there now")
    expect(field(form, "How the line is secured")).to_have_value("require")
    expect(field(form, "Name")).to_have_value("crm of mine")
    expect(form).to_contain_text("Changed by somebody else to: crm of theirs")
    press(form, "Try it and change it")
    expect(_card(page, "crm of mine")).to_contain_text("“crm of mine” was changed.")
    call(page, "DELETE", f"connections/{connection_id}")
    expect_refusals(chats, 1)


def test_what_is_wrong_is_told_step_by_step(open_page: Opener, shop: Shop) -> None:
    page = open_page("/connections")
    connection_id = _add(page, shop, "closed")
    page.reload()
    shop.run(f"ALTER ROLE {READER} PASSWORD 'another'", "postgres")
    try:
        press(_card(page, "closed"), "Test")
        card = _card(page, "closed")
        expect(card.locator(".report")).to_contain_text("It cannot be asked.")
        expect(card.locator(".look .failed")).to_have_text("Signing in: failed")
        expect(card.locator(".look .open").last).to_have_text("Reading the tables: not tried")
        expect(card.locator(".flag.bad")).to_be_visible()  # and it is told in the list from now on
        page.reload()
        expect(_card(page, "closed").locator(".flag.bad")).to_be_visible()
    finally:
        shop.run(f"ALTER ROLE {READER} PASSWORD '{PASSWORD}'", "postgres")
    call(page, "DELETE", f"connections/{connection_id}")


def test_what_is_typed_stays_text(open_page: Opener, shop: Shop, chats: list[Chat]) -> None:
    page = open_page("/connections")
    call(page, "POST", "users", {"email": "evil@example.com", "name": HOSTILE})
    press(page, "Add a connection")
    form = page.locator("#adding form")
    _fill(form, "en", name=HOSTILE, host=HOSTILE, user=HOSTILE)
    field(form, "Database").fill(HOSTILE)
    press(form, "Try it and add it")
    expect(form.get_by_role("alert")).to_be_visible()
    _fill(form, "en", host=NAME, port=str(shop.port), user=READER, password=PASSWORD)
    field(form, "Database").fill("shop")
    press(form, "Try it and add it")
    card = _card(page, HOSTILE)
    expect(card.locator("h2")).to_have_text(HOSTILE)
    press(card, "Who may ask it")
    field(card, "Name or e-mail").fill("<img")
    card.locator(".offers button").click()
    press(card, "Give")
    expect(card).to_contain_text(f"Given to: {HOSTILE}")
    expect(card.locator(".given-list")).to_contain_text(HOSTILE)
    press(card, "Delete")
    press(card.locator(".sure"), "Delete")
    expect(page.locator("#told")).to_contain_text(HOSTILE)
    expect_untouched(page)
    expect_refusals(chats, 1)


def test_a_viewer_sees_what_was_given_and_no_more(open_page: Opener, server: Server, shop: Shop) -> None:
    page = open_page("/connections")
    connection_id = _add(page, shop, "of the house")
    theirs = sign_in(page, open_page, server, "viewer@example.com", "Vera")
    theirs.goto(f"{server.origin}/connections?whose=everybody")
    theirs.locator("body.loaded").wait_for()
    expect(_card(theirs, "of the house")).to_have_count(0)
    vera = call(theirs, "GET", "me")["id"]
    call(page, "POST", f"connections/{connection_id}/grants", {"to": "user", "subject": vera})
    theirs.reload()
    card = _card(theirs, "of the house")
    expect(card).to_be_visible()
    expect(card.locator(".where")).to_have_count(0)
    assert card.locator(".tools button").all_inner_texts() == ["Make it my default"]
    expect(theirs.locator("#whose")).to_be_hidden()
    expect(theirs.locator("[data-administrators]:visible")).to_have_count(0)
    # A file of the machine of the server is named by nobody who is not at it.
    press(theirs, "Add a connection")
    assert "sqlite" not in field(theirs.locator("#adding"), "Server").locator("option").evaluate_all(
        "all => all.map(o => o.value)"
    )
    # Where only administrators add connections, nobody else is offered to.
    call(page, "PUT", "config/connections.added_by", {"value": "administrators"})
    theirs.reload()
    expect(card).to_be_visible()
    expect(theirs.get_by_role("button", name="Add a connection")).to_be_hidden()
    call(page, "DELETE", "config/connections.added_by")
    call(page, "DELETE", f"connections/{connection_id}")


def test_on_a_phone(open_page: Opener, shop: Shop) -> None:
    page = open_page("/connections", width=390, has_touch=True, is_mobile=True, language="ko")
    connection_id = _add(page, shop, "w" * 100)
    page.reload()
    card = _card(page, "w" * 100)
    press(card, words("ko", "connections.test"))
    expect(card.locator(".report")).to_be_visible()
    press(card, words("ko", "connections.give"))
    press(page, words("ko", "connections.add"))
    expect_names(page)
    for width in (390, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert fits(page)
    call(page, "DELETE", f"connections/{connection_id}")


def test_the_way_there_and_on(open_page: Opener, server: Server) -> None:
    page = open_page("/connections")
    page.get_by_role("link", name="Use and cost").click()
    expect(page.locator("h1")).to_have_text("Use and cost")
    page.get_by_role("link", name="Administration").click()
    expect(page.locator("h1")).to_have_text("Administration")
    page.goto(server.origin)
    page.get_by_role("link", name="Connections").click()
    expect(page.locator("h1")).to_have_text("Connections")
    page.locator("body.loaded").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#content")).to_be_focused()
