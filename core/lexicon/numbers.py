"""Numbers as people write them, in figures and in words of both languages."""

import re

Number = int | float

_ENGLISH = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten "  # noqa: SIM905 - as a list it fills the file
        "eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty".split()
    )
} | {
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
    "dozen": 12,
}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_LETTERS = {"k": 1_000, "K": 1_000, "M": 1_000_000, "B": 1_000_000_000}
_KOREAN_SCALES = {"십": 10, "백": 100, "천": 1_000, "만": 10_000, "억": 100_000_000, "조": 1_000_000_000_000}
_KOREAN_NATIVE = {
    "하나": 1, "한": 1, "둘": 2, "두": 2, "셋": 3, "세": 3, "넷": 4, "네": 4, "다섯": 5, "여섯": 6, "일곱": 7,
    "여덟": 8, "아홉": 9, "열": 10, "열두": 12, "열다섯": 15, "스무": 20, "스물": 20, "서른": 30, "마흔": 40, "쉰": 50,
    "백": 100, "천": 1_000, "만": 10_000,
}  # fmt: skip
_KOREAN_CLEAR = frozenset({"하나", "둘", "셋", "넷", "다섯", "여섯", "일곱", "여덟", "아홉", "열두", "열다섯", "스무"})

COUNTERS = (
    "개월", "가지", "군데", "사람", "개", "명", "곳", "번", "건", "대", "권", "병", "장", "달", "해", "팀", "곡", "편",
    "회", "원", "위", "분", "차례", "주", "년", "일", "종",
)  # fmt: skip
"""Korean words that follow a number and say what is counted."""

FIGURES = re.compile(
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<letter>[kKMB](?![A-Za-z]))?(?P<scale>[십백천만억조]+)?"
)
_COUNTED = re.compile(
    "(" + "|".join(sorted(_KOREAN_NATIVE, key=len, reverse=True)) + r")\s?(?=" + "|".join(COUNTERS) + ")"
)


def plain(digits: str) -> Number:
    """Figures with or without thousands separators."""
    bare = digits.replace(",", "")
    return float(bare) if "." in bare else int(bare)


def _whole(value: float) -> Number:
    return int(value) if value == int(value) else value


def scaled(match: re.Match[str]) -> Number:
    """The value of one `FIGURES` match: "1,000", "1.5k", "3천", "5만"."""
    value = plain(match["digits"])
    if match["letter"]:
        value = _whole(value * _LETTERS[match["letter"]])
    for scale in match["scale"] or "":
        value = _whole(value * _KOREAN_SCALES[scale])
    return value


def adds_up(earlier: Number, later: Number) -> bool:
    """Whether two Korean numbers in a row are one: 3만 5천 is 35,000, while 5천 3만 is not."""
    return isinstance(earlier, int) and isinstance(later, int) and 0 < later < 10 ** _trailing_zeros(earlier)


def _trailing_zeros(value: int) -> int:
    text = str(value)
    return len(text) - len(text.rstrip("0"))


def english_number(lower: str) -> int | None:
    """The value of a plain English number word."""
    return _ENGLISH.get(lower)


def english_scale(lower: str) -> int | None:
    """What "hundred", "thousand" … multiply by."""
    return _SCALES.get(lower)


def korean_number(text: str, at: int) -> tuple[int, int] | None:
    """The value of a Korean number word that starts at `at`, and where it ends: "다섯", or "세" before a counter."""
    if counted := _COUNTED.match(text, at):
        return _KOREAN_NATIVE[counted[1]], counted.end(1)
    run = re.compile(r"[가-힣]+").match(text, at)
    if run and run[0] in _KOREAN_CLEAR:
        return _KOREAN_NATIVE[run[0]], run.end()
    return None
