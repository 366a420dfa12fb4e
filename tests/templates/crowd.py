"""Made-up templates in the words of the paraphrases' businesses, none of which answers any of their questions.

Each names a plant, programme or line of its own, so that whatever else it shares with a question, it asks for more.
"""

from collections.abc import Iterator

from core.saved import Parameter
from core.templates.matching import Candidate

_NAMES = "Aldora Brennek Calvino Dortane Elvaston Fenwick Galora Hestia Ixelle Jorvik Kelmora Lunasol Mirabel".split()  # noqa: SIM905
_KOREAN_NAMES = (
    "가온누리 다솜채 라온제나 마루터 바람골 사랑채 아라빛 자람터 초롱불 타래실 푸른솔 하늘재".split()  # noqa: SIM905
)
_ENGLISH = (
    "Revenue by month this year", "Average order value by region", "Number of returns per product last month",
    "Top 10 customers by revenue", "Customers who have not ordered in the last 90 days", "Late deliveries by carrier",
    "Students enrolled", "Total deposits per branch yesterday", "Daily active users over the last 30 days",
    "How many patients did each doctor see last week", "Employees hired after 2025-06-30", "Lowest exam scores",
    "Subscriptions cancelled this month by plan", "Loans more than 60 days overdue",
    "Products with fewer than 20 units",
    "Appointments of patients", "Average salary by department", "Shipments from Hamburg to Busan this month",
)  # fmt: skip
_KOREAN = (
    "이번 달 지역별 매출", "매출 상위 10개 상품", "어제 서울에서 들어온 주문", "지난주 진료과별 환자 수",
    "부서별 남은 연차 일수", "작년에 퇴사한 직원", "창고별 현재 재고 수량", "이번 주 배송 지연 건수",
    "이번 학기 강좌별 수강생 수", "출석률이 80% 미만인 학생", "지난달 신규 계좌 개설 건수", "평균 대출 금액",
    "요금제별 유료 사용자 비율", "최근 7일간 가입한 사용자", "예약 취소가 많은 요일", "한 번도 구매하지 않은 회원 수",
)  # fmt: skip
_N, _TEXT = Parameter("n", "number"), Parameter("what", "text")
_FILLED: tuple[tuple[str, tuple[Parameter, ...]], ...] = (
    ("Top {n} customers by revenue at {name}", (_N,)),
    ("Orders of {what} at {name} this month", (_TEXT,)),
    ("Appointments of patient {what} in ward {name}", (_TEXT,)),
    ("Students enrolled in {what} at {name}", (_TEXT,)),
    ("매출 상위 {n}개 {name} 상품", (_N,)),
    ("{name}의 {what} 지점 평균 대출 금액", (_TEXT,)),
    ("최근 {n}일간 {name}에 가입한 사용자", (_N,)),
)


def crowd(many: int = 2_000) -> tuple[Candidate, ...]:
    """So many templates, always the same ones; a quarter of them with placeholders."""
    return tuple(candidate for candidate, _ in zip(_all(), range(many), strict=False))


def _all() -> Iterator[Candidate]:
    for number in range(1, 1_000):
        for at, ((english, korean), (filled, parameters)) in enumerate(_rounds(number)):
            name, hangul = _NAMES[(number + at) % len(_NAMES)], _KOREAN_NAMES[(number + at) % len(_KOREAN_NAMES)]
            yield Candidate(f"e{number}-{at}", f"{english} at {name} {number}")
            yield Candidate(f"k{number}-{at}", f"{hangul} {number}호점 {korean}")
            if at % 2:
                place = (
                    f"{hangul} {number}호점"
                    if "의" in filled or "개" in filled or "간" in filled
                    else f"{name} {number}"
                )
                yield Candidate(f"f{number}-{at}", filled.replace("{name}", place), parameters)


def _rounds(number: int) -> Iterator[tuple[tuple[str, str], tuple[str, tuple[Parameter, ...]]]]:
    for at in range(len(_ENGLISH)):
        pair = _ENGLISH[at], _KOREAN[(at + number) % len(_KOREAN)]
        yield pair, _FILLED[(at // 2 + number) % len(_FILLED)]
