"""What may follow `usage`, and what is a question instead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.usage_words import (
    Everybody,
    File,
    Help,
    Mine,
    Of,
    SetLimits,
    ShowLimits,
    Who,
    parse,
)
from adapters.chat.words import command
from adapters.slack.inbound import plain_text

BOB = Who(account="U0BOB")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", Mine()),
        ("  ", Mine()),
        ("help", Help()),
        ("도움말", Help()),
        ("all", Everybody("month")),
        ("ALL Week", Everybody("week")),
        ("all quarter", Everybody("quarter")),
        ("전체", Everybody("month")),
        ("전체 분기", Everybody("quarter")),
        ("<@U0BOB|bob>", Of(BOB)),
        ("<@U0BOB|Bob Smith>", Of(BOB)),
        ("<@U0BOB>", Of(BOB)),
        ("@U0BOB", Of(BOB)),
        ("Bob@Example.com", Of(Who(email="bob@example.com"))),
        ("<mailto:bob@example.com|bob@example.com>", Of(Who(email="bob@example.com"))),
        ("limits", ShowLimits()),
        ("limit", ShowLimits()),
        ("한도", ShowLimits()),
        (
            "limit <@U0BOB|bob> hour 2000 day 20,000 month -",
            SetLimits("person", BOB, limits=(("hour", 2_000), ("day", 20_000), ("month", None))),
        ),
        ("limit everyone day 5", SetLimits("everyone", limits=(("day", 5),))),
        ("limit viewer hour 0", SetLimits("role", role="viewer", limits=(("hour", 0),))),
        ("한도 관리자 시간 3000 한달 기본", SetLimits("role", role="admin", limits=(("hour", 3_000), ("month", None)))),
        ("한도 bob@example.com 하루 10", SetLimits("person", Who(email="bob@example.com"), limits=(("day", 10),))),
        ("csv", File()),
        ("csv people", File("people")),
        ("csv 실패 주", File("failures", "week")),
        ("csv limits", File("limits")),
    ],
)
def test_what_is_meant(text: str, meant: object) -> None:
    assert parse(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        *("of seats by month", "all the time", "all week month", "week", "@bob", "<@U0BOB|bob> please", "<!channel>"),
        *("limits please", "limit everyone", "limit everyone hour", "limit everyone hour many"),
        *("limit everyone hour -5", "limit everyone hour 1,2", "limit everyone hour 1 hour 2", "limit nobody hour 1"),
        *("limit everyone hour ١٢", "csv nothing", "csv people year", "csv people week month"),
    ],
)
def test_anything_else_is_not_understood(text: str) -> None:
    assert parse(text) is None


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    parse(text)
    parse(f"limit {text}")
    parse(f"csv {text}")


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("<@UBOT> usage all", ("usage", "all")),
        ("<@UBOT> 사용량 전체 주", ("usage", "전체 주")),
        ("<@UBOT> usage <@U0BOB>", ("usage", "@U0BOB")),
        ("<@UBOT> usage limit <@U0BOB> hour 2000", ("usage", "limit @U0BOB hour 2000")),
        ("<@UBOT> usage of seats by month", None),
        ("<@UBOT> usage limit per plan", None),
    ],
)
def test_in_a_message_it_is_a_command_only_with_its_own_words(raw: str, expected: object) -> None:
    assert command(plain_text(raw, "UBOT")) == expected
