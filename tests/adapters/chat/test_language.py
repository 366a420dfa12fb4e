"""In which language somebody is answered."""

import pytest

from adapters.chat.language import speaking
from core.chat import Actor

ADA = Actor("slack", "T1", "U1", "Ada", locale="en-US")
KIM = Actor("slack", "T1", "U2", "Kim", locale="ko-KR")


@pytest.mark.parametrize(
    "text",
    [
        "이번 달 주문은 몇 건이야?",
        "도움말",
        "월별 revenue 보여줘",
        "orders는 몇 건?",
        "@Bob 매출 top 5",
        "2024년",
        'customers 중에 "Kim Min" 찾아줘',
    ],
)
def test_whoever_writes_korean_reads_korean(text: str) -> None:
    assert speaking(ADA, text).locale == "ko"
    assert speaking(KIM, text) is KIM


@pytest.mark.parametrize(
    "text",
    [
        "How many customers are there?",
        "How many customers are in 서울?",
        "orders of \"김민수\" and '이영희'",
        "SELECT name FROM customers WHERE city = '서울'",
        "@김민수 how many",
        "12",
        "",
        "?!",
    ],
)
def test_what_is_not_korean_leaves_the_language_of_the_client(text: str) -> None:
    assert speaking(ADA, text) is ADA
    assert speaking(KIM, text) is KIM
