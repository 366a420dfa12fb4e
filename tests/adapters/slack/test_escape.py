import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.text import code, cut, filled, is_blank, label, pieces, size
from adapters.slack.escape import fenced, mrkdwn, plain_text
from tests.adapters.slack.payloads import mrkdwn_problems

PIECES = [
    *(
        "<!channel>",
        "<!here|x>",
        "<@U1>",
        "<#C1>",
        "<!subteam^S1>",
        "<https://evil.example|click>",
        "https://evil.example",
    ),
    *("*bold*", "_it_", "~no~", "`x`", "```", ":tada:", "::", "> quote", "\n>>> all", "&lt;!channel&gt;", "&amp", "&"),
    *(
        "\u202e",
        "\u200b",
        "\u200d",
        "\x00",
        "\r\n",
        "\n",
        "\t",
        "\ud800",
        "👩‍💻",
        "고객_이름",
        "customer_id",
        "a",
        " ",
        "/",
        "1:2:3",
    ),
]
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=30).map("".join)


@given(texts, st.integers(20, 60))
def test_a_top_level_text_formats_links_and_calls_nothing(text: str, most: int) -> None:
    for made in (mrkdwn(text, most), fenced(text, most)):
        assert list(mrkdwn_problems(made)) == []
        assert made.strip() and size(made) <= most
        json.dumps(made, ensure_ascii=False).encode()


@given(texts)
def test_a_line_is_one_line_visible_and_not_empty(text: str) -> None:
    made = label(text, 40)
    assert not is_blank(made) and size(made) <= 40
    assert not re.search("[\n\r\t\x00\u200b\u202e\ud800]", made)
    assert plain_text(text, 40) == {"type": "plain_text", "text": made, "emoji": False}


@given(texts, st.integers(2, 40))
def test_pieces_are_the_text(text: str, most: int) -> None:
    made = list(pieces(code(text), most))
    assert "".join(made) == code(text)
    assert all(size(piece) <= most for piece in made)


def test_what_is_read_stays_readable() -> None:
    assert mrkdwn("고객_이름이 3 * 4 & 5 < 6, customer_id", 100) == "고객_이름이 3 ∗ 4 &amp; 5 &lt; 6, customer_id"
    assert mrkdwn("at 12:30, see https://x.example :tada:", 100) == "at 12:30, see https∶//x.example ∶tada:"
    assert fenced("SELECT `a`, count(*) FROM b WHERE c <> ':x:'", 100) == (
        "```\nSELECT `a`, count(*) FROM b WHERE c &lt;&gt; ':x:'\n```"
    )


def test_code_is_exact_but_for_what_cannot_be_seen() -> None:
    sql = "SELECT '*_~`<!channel>'\n\tFROM a -- 고객"
    assert code(sql) == sql
    assert code("SELECT 1 \u202e --") == "SELECT 1 \\u202e --"


@pytest.mark.parametrize("text", ["", " \n\t", "\u200d", "\u3164", "\u2800\u00a0"])
def test_what_cannot_be_seen_is_a_dash(text: str) -> None:
    assert filled(text) == "–"


def test_an_emoji_counts_twice_and_is_never_halved() -> None:
    assert size("👍") == 2
    assert [cut("👍👍👍", most) for most in (3, 4, 5, 6)] == ["👍…", "👍…", "👍👍…", "👍👍👍"]


def test_an_escape_is_never_halved() -> None:
    assert [mrkdwn("ab<<<<", most) for most in (6, 7, 8, 18)] == ["ab…", "ab&lt;…", "ab&lt;…", "ab&lt;&lt;&lt;&lt;"]
