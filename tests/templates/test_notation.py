"""The parameters of a template as lines: read as they are printed, and refused with words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadEdit
from core.locale import error_words
from core.saved import Parameter, ParameterKind
from core.templates.notation import print_parameters, read_parameters

LINES = """
city: choice customers.city = Seoul

  since : date=2026-01-01
n: number = 5
name
label = a: b = "c"
"""


def test_lines_as_people_write_them() -> None:
    assert read_parameters(LINES) == (
        Parameter("city", "choice", "Seoul", "customers.city"),
        Parameter("since", "date", "2026-01-01"),
        Parameter("n", "number", "5"),
        Parameter("name"),
        Parameter("label", "text", 'a: b = "c"'),
    )


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("도시: 선택 customers.city = 서울", Parameter("도시", "choice", "서울", "customers.city")),
        ("도시：선택 customers.city＝서울", Parameter("도시", "choice", "서울", "customers.city")),
        ("도시: 고객.도시", Parameter("도시", "choice", None, "고객.도시")),
        ("부터: 날짜", Parameter("부터", "date")),
        ("개수: NUMBER =", Parameter("개수", "number")),
        ('p: text = " a "', Parameter("p", "text", " a ")),
        ('p: text = ""', Parameter("p", "text", "")),
        ('p: choice "a=b.c d" = x', Parameter("p", "choice", "x", "a=b.c d")),
        ("p: choice order details.unit price = x", Parameter("p", "choice", "x", "order details.unit price")),
        ("p:", Parameter("p")),
    ],
)
def test_a_line(line: str, read: Parameter) -> None:
    assert read_parameters(line) == (read,)


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("1st: number", "line_unreadable", "1st"),
        ("n: number\nwhat is this?", "line_unreadable", "2"),
        ('p: text = "open', "line_unreadable", "open"),
        ("n: integer", "line_kind", "integer"),
        ("c: choice = Seoul", "line_column", "choice cities.name"),
        ("n: number orders.amount", "line_column", "n: choice"),
        ("n: number\nn: date", "parameter_twice", "n"),
    ],
)
@pytest.mark.parametrize("locale", ["en", "ko"])
def test_what_cannot_be_read_is_said(text: str, code: str, said: str, locale: str) -> None:
    with pytest.raises(BadEdit) as refusal:
        read_parameters(text)
    assert refusal.value.code == f"template.{code}"
    words = " ".join(error_words(locale, refusal.value))
    assert said.replace("choice", "선택" if locale == "ko" else "choice") in words


NAMES = st.from_regex(r"[^\W\d_]\w{0,8}", fullmatch=True)
KINDS: st.SearchStrategy[ParameterKind] = st.sampled_from(["text", "number", "date", "choice"])
TEXTS = st.text(max_size=12) | st.sampled_from(["", " ", '"', "=", "a = b", "\r\n", "\u2028", '"x"', "\\", "＝"])
PARAMETERS = st.builds(
    lambda name, kind, default, table, column: Parameter(
        name, kind, default, f"{table}.{column}" if kind == "choice" else ""
    ),
    *(NAMES, KINDS, st.none() | TEXTS, TEXTS, TEXTS),
)


@given(st.lists(PARAMETERS, max_size=5, unique_by=lambda one: one.name), st.sampled_from(["en", "ko"]))
def test_what_is_printed_is_read_again(parameters: list[Parameter], locale: str) -> None:
    assert read_parameters(print_parameters(parameters, locale)) == tuple(parameters)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read = read_parameters(text)
    except BadEdit:
        return
    assert read_parameters(print_parameters(read, "en")) == read
