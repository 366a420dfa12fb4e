from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.teams import cards, limits
from core.locale.words import catalogue
from tests.adapters.teams.payloads import card_problems, shown, weight

HOSTILE = "{{DATE(2020)}} **b** <at>x</at> \u202e\u200b\x00\ud800 \n"
hostile = st.sampled_from(["", " ", HOSTILE, HOSTILE * 300, "👩‍💻" * 3000, "\u200d", "a\tb"])


@settings(max_examples=40, deadline=None)
@given(hostile, st.sampled_from(["en", "ko"]), st.booleans())
def test_any_text_makes_elements_that_teams_takes(text: str, locale: str, flag: bool) -> None:
    body = [
        *cards.paragraphs(text, locale, bold=flag),
        *(cards.header(text), cards.note(text), cards.code(text), cards.monospace(text), cards.text(text, right=flag)),
        cards.facts([(text, text)] * 30),
        cards.columns([cards.text(text)], [cards.note(text)]),
        cards.container([cards.text(text)], separator=flag, identity="a", folded=flag),
        cards.field("text", text, text[:50], multiline=flag, required=flag, hint=text),
        cards.field("secret", text, text, secret=True),
        cards.number("number", text, 3, most=9),
        cards.choice("choice", text, [(text, "a"), (text, "b")], "b", required=flag),
        cards.tick("tick", text, ticked=flag),
        cards.action_set([cards.button(text, "a", "v", opens=flag), cards.send(text, "b", "v", {"sent": "1"})]),
        cards.action_set([cards.link(text, "https://example.com/"), cards.toggle(text, "a")]),
    ]
    assert card_problems(cards.card(body, [cards.button(text, "c")])) == []


def test_a_text_run_cannot_be_worked_out_by_a_client() -> None:
    run = cards.run("{{DATE(2020-01-01)}} **b**")
    assert run["text"] == "{\u2060{\u2060DATE(2020-01-01)}} **b**"
    assert shown(run) == "{{DATE(2020-01-01)}} **b**"


def test_a_button_that_opens_asks_for_a_dialog() -> None:
    assert cards.button("Edit", "edit", "q1", opens=True) == {
        "type": "Action.Submit",
        "title": "Edit",
        "data": {"cq": "edit", "v": "q1", "msteams": {"type": "task/fetch"}},
        "associatedInputs": "none",
    }
    assert "associatedInputs" not in cards.send("Send", "edit")


def test_a_secret_has_no_value_to_begin_with() -> None:
    assert "hunter2" not in str(cards.field("password", "Password", "hunter2", secret=True))


def test_code_keeps_its_tabs_and_a_client_without_boxes_shows_it_too() -> None:
    box = cards.code("SELECT\n\t'{{x}}' \u202e")
    assert box["codeSnippet"] == "SELECT\n\t'{{x}}' \\u202e"
    assert shown(box["fallback"]) == "SELECT\n '{{x}}' \\u202e"


def test_what_is_too_large_is_cut_and_that_is_said() -> None:
    body = [cards.text(f"{n} " + "x" * 500) for n in range(50)]
    for most in range(400, 20_000, 131):
        kept = cards.within(body, most, "en")
        assert weight(kept) <= most
        assert kept[:-1] == body[: len(kept) - 1]
        assert shown(kept[-1]) == catalogue("en")["chat.cut"]
    assert len(cards.within(body, 20_000, "en")) > 10
    assert cards.within(body, weight(body), "en") == body


@given(hostile)
def test_the_weight_is_that_of_the_json_in_utf_16(text: str) -> None:
    made = [text, {"a": text}]
    assert cards.weight(made) == weight(made)


def test_the_limits_are_the_platforms() -> None:
    assert (limits.CARD_VERSION, limits.TABLE_ROWS, limits.TABLE_COLUMNS) == ("1.5", 15, 6)


def bad_cards() -> list[tuple[str, dict[str, Any]]]:
    def of(*body: dict[str, Any]) -> dict[str, Any]:
        return cards.card(body)

    text = cards.text("a")
    cell = {"type": "TableCell", "items": [text]}
    row = {"type": "TableRow", "cells": [cell]}
    bar = {"type": "Chart.VerticalBar", "title": "t", "fallback": text, "data": [{"x": "a", "y": 1.0}]}
    button = cards.button("a", "a")
    return [
        ("TextBlock", of({"type": "TextBlock", "text": "*a*"})),
        ("no model", of({"type": "Text", "text": "a"})),
        ("has no", of({**text, "wrap": True})),
        ("has no", of({"type": "Table", "columns": [{"width": 1, "align": "right"}], "rows": [row, row]})),
        ("has no", of({**bar, "data": [{"label": "a", "y": 1.0}]})),
        ("horizontalAlignment", of({**text, "horizontalAlignment": "right"})),
        ("codeSnippet", of({**cards.code("a"), "codeSnippet": 1})),
        ("width", {**of(text), "msteams": {"width": "Wide"}}),
        ("version", {**of(text), "version": "1.6"}),
        ("body", of()),
        ("an empty text", of(cards.rich([{"type": "TextRun", "text": " "}]))),
        ("hidden", of(cards.rich([{"type": "TextRun", "text": "a\u202e"}]))),
        ("works out", of(cards.rich([{"type": "TextRun", "text": "{{DATE(1)}}"}]))),
        ("a run of", of(cards.rich([{"type": "TextRun", "text": "x" * 3001}]))),
        ("rich text", of({"type": "RichTextBlock", "inlines": ["a"]})),
        ("rows", of({"type": "Table", "columns": [{"width": 1}], "rows": [row]})),
        ("columns", of({"type": "Table", "columns": [{"width": 1}] * 2, "rows": [row, row]})),
        ("actions", of(cards.action_set([button] * 7))),
        ("title", of(cards.action_set([{**button, "title": "x" * 41}]))),
        ("data", of(cards.action_set([{**button, "data": "a"}]))),
        ("nothing to show", of(cards.action_set([cards.toggle("a", "gone")]))),
        ("ids", of(cards.container([text], identity="a"), cards.container([text], identity="a"))),
        ("folded", of(cards.container([text], folded=True))),
        ("points", of({**bar, "data": [{"x": "a", "y": 1.0}] * 2})),
        ("two charts", of(*[bar] * 3)),
        ("no JSON", of({**bar, "data": [{"x": "a", "y": float("inf")}]})),
        ("fallback", of({**bar, "fallback": cards.container([text])})),
        ("choices", of({**cards.choice("a", "a", []), "choices": [{"title": "a", "value": "x"}] * 2})),
        ("no choice", of(cards.choice("a", "a", [("a", "x")], "y"))),
        ("a secret", of({**cards.field("a", "a", secret=True), "value": "x"})),
    ]


@pytest.mark.parametrize(("named", "card"), bad_cards(), ids=[f"{n} {name}" for n, (name, _) in enumerate(bad_cards())])
def test_the_checker_finds_what_teams_refuses(named: str, card: dict[str, Any]) -> None:
    assert any(named in problem for problem in card_problems(card)), card_problems(card)
