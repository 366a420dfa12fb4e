"""Korean words without their particles and endings.

An eojeol (what stands between two spaces) is a stem with a tail: 고객별로 is 고객 with 별 and 로. Which cut is right
only a dictionary or a schema can tell, so all sensible ones are offered, the longest first.
"""

from functools import lru_cache

_TAILS = (
    "으로부터", "하지도", "하지", "되지", "짜리", "에서부터", "이라는", "이었던", "했었던", "에게서",
    "께서는", "하였던", "입니까", "입니다", "인가요", "이에요", "이나", "까지", "부터", "에서", "에게",
    "으로", "보다", "마다", "별로", "라는", "이란", "이고", "이며", "하고", "하는", "했던", "하던", "하신",
    "된", "되는", "됐던", "되었던", "처럼", "한테", "이랑", "예요", "인지", "이라도", "이면", "라면", "이자",
    "중에서", "중에", "대로", "밖에", "해서", "하며", "하여", "되어", "했을", "했는지", "했나요", "했어",
    "했습니까", "하나요", "합니까", "하고서", "하기", "있는", "없는", "이상", "이하", "초과", "미만", "은",
    "는", "이", "가", "을", "를", "의", "에", "로", "와", "과", "도", "만", "나", "별", "당", "들", "중",
    "한", "인", "할", "함", "랑", "란", "야", "요", "째", "쯤", "씩", "순", "님", "간",
)  # fmt: skip
_BY_LENGTH = tuple(sorted(_TAILS, key=len, reverse=True))


def is_hangul(text: str) -> bool:
    """Whether a word is written in Hangul."""
    return any("가" <= sign <= "힣" for sign in text)


@lru_cache(maxsize=65_536)
def is_tail(text: str) -> bool:
    """Whether a piece is nothing but particles and endings, as 에서 is after a Latin name."""
    return text == "" or any(text.startswith(tail) and is_tail(text[len(tail) :]) for tail in _BY_LENGTH)


@lru_cache(maxsize=65_536)
def forms(eojeol: str) -> tuple[str, ...]:
    """The eojeol, then its beginnings that particles and endings may have been added to, longest first."""
    found = {eojeol}
    waiting = [eojeol]
    while waiting:
        form = waiting.pop()
        for tail in _BY_LENGTH:
            shorter = form.removesuffix(tail)
            if shorter and shorter != form and shorter not in found:
                found.add(shorter)
                waiting.append(shorter)
    return tuple(sorted(found, key=len, reverse=True))
