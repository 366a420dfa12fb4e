"""What an exported file is called."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.export.names import file_name


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Top 5 products by sales?", "answer-Top-5-products-by-sales.xlsx"),
        ("서울 고객은 몇 명인가요?", "answer-서울-고객은-몇-명인가요.xlsx"),
        ("../../etc/passwd", "answer-etc-passwd.xlsx"),
        ("C:\\CON", "answer-C-CON.xlsx"),
        ("a\0b\n\r\tc\u202e.exe", "answer-a-b-c-exe.xlsx"),
        ("???", "answer.xlsx"),
        ("", "answer.xlsx"),
    ],
)
def test_names(title: str, name: str) -> None:
    assert file_name(title, "xlsx") == name


@given(st.text())
def test_any_title_gives_a_name_of_letters_that_every_disk_takes(title: str) -> None:
    name = file_name(title, "csv")
    assert re.fullmatch(r"answer(-\w+)*\.csv", name.replace("_", "!"))
    assert len(name.encode()) <= 255
