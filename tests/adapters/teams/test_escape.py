import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.text import size
from adapters.teams.escape import JOINER, fenced, markdown, run_text
from tests.adapters.teams.payloads import FORMATS, markdown_problems

PIECES = [
    *("<at>Ada</at>", "<b>", "</b>", "<https://evil.example>", "https://evil.example", "www.evil.example", "a@b.cd"),
    *("[click](https://evil.example)", "[1]", "[a]: /x", "![i](x)", "[x][y]", "\\[", "\\", "&lt;", "&#42;", "&"),
    *("*bold*", "**b**", "_it_", "snake_case_name", "~~no~~", "`x`", "```", "\n```\n", "# head", "- item", "1. one"),
    *("2024. 3. 5.", "> quote", "---", "===", "    code", "\n\n", "\r\n", "\t", "| a | b |", "{{DATE(2020)}}", "@Ada"),
    *("\u202e", "\u200b", "\u2060", "\u200d", "\x00", "\ud800", "👩‍💻", "고객_이름", "a", " ", "\n", "1.5", "서울"),
]  # fmt: skip
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=30).map("".join)


@given(texts, st.integers(20, 60))
def test_a_text_formats_links_cites_and_calls_nothing(text: str, most: int) -> None:
    for made in (markdown(text, most), fenced(text, most), markdown(text), fenced(text)):
        assert list(markdown_problems(made)) == []
        assert made.strip() and size(made) <= 4_000
        json.dumps(made, ensure_ascii=False).encode()
    assert size(markdown(text, most)) <= most and size(fenced(text, most)) <= most


@given(texts)
def test_a_text_run_is_that_text_and_works_nothing_out(text: str) -> None:
    made = run_text(text)
    assert "{{" not in made
    assert not re.search("[\r\t\x00\u200b\u202e\ud800]", made)
    assert made.replace(JOINER, "") == run_text(text.replace("{{", "{ {")).replace(JOINER, "").replace("{ {", "{{")


def test_what_is_read_stays_readable() -> None:
    shown = {
        "EMEA leads with 1,203.50 of 3,000 (40%).": "EMEA leads with 1,203.50 of 3,000 (40%).",
        "customer_id 3 * 4": "customerˍid 3 ∗ 4",
        "AT&T < 5 > 4": "AT&amp;T &lt; 5 &gt; 4",
        "2024. 3. 5. 서울": f"{JOINER}2024. 3. 5. 서울",
        "one\ntwo\n\n\nthree": "one\n\ntwo\n\nthree",
        "shop.orders[1]": f"shop.{JOINER}orders[{JOINER}1]{JOINER}",
        "https://x.example": f"https:{JOINER}//x.{JOINER}example",
        "C:\\temp": f"C:\\{JOINER}temp",
        "\u2060": f"{JOINER}\\{JOINER}u2060",
    }
    assert {text: markdown(text) for text in shown} == shown


def test_code_keeps_its_signs() -> None:
    assert fenced("SELECT `a_b`, count(*) FROM b -- [1]") == "```\nSELECT `a_b`, count(*) FROM b -- [1]\n```"
    assert fenced("a < b &amp; c") == f"```\na <{JOINER} b &{JOINER}amp; c\n```"
    assert fenced("```") == "```\nˋˋˋ\n```"


def test_what_a_cut_leaves_is_whole() -> None:
    for text in ("ab<<<<", "ab[[[[", "ab\n\ncd\nef", "ab&&&&", "ab\\\\\\"):
        for most in range(3, 14):
            assert list(markdown_problems(markdown(text, most))) == [], (text, most)


@pytest.mark.parametrize("text", ["", " \n\t", "\u200d", "\u3164"])
def test_what_cannot_be_seen_is_a_dash(text: str) -> None:
    assert markdown(text) == f"{JOINER}–"


def test_a_long_text_of_empty_lines_loses_none_of_its_words() -> None:
    assert markdown("\n" * 9_000 + "a" + "\n \n" * 9_000 + "b") == "a\n\nb"


@pytest.mark.parametrize(
    "text",
    [
        *("*b*", "a_b", "<at>x</at>", "&lt", "[1]", "[x](y)", "http://x", "see x.example", "a\nb", "- item", "1. one"),
        *("# h", "> q", "    code", "`c`", "c:\\x", "```\na```b\n```", "```\n<b>\n```", "```\na\n```\n\n*b*"),
    ],
)
def test_the_checker_finds_what_teams_would_parse(text: str) -> None:
    assert list(markdown_problems(text))


def test_every_rule_of_the_checker_finds_something() -> None:
    found = " ".join(problem for text in ("*", "<", "& ", "[", "a://b", "a\nb", "- a") for problem in
                     markdown_problems(text))  # fmt: skip
    assert all(name in found for name in FORMATS)
