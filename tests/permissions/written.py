"""The tables of docs/permissions.md, read as data."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENGLISH, KOREAN = ROOT / "docs/permissions.md", ROOT / "docs/permissions.ko.md"

OUTSIDERS, ACTIONS, PEOPLE, SCOPES, KEYS, LIMITED = range(6)
"""Which table is which, in the order of the document."""

Row = tuple[str, ...]

WORDS: Mapping[str, str] = {
    "예": "yes", "아니요": "no", "모두": "any", "무엇이든": "anything",
    "자기 것": "own", "본인에게 준 것": "given to them", "이곳에 준 것": "given here",
    "모두에게 준 것": "given to everyone", "남의 것": "somebody else's", "주인 없는 것": "nobody's",
    "그 밖의 것": "everything else", "혼자": "alone", "팀": "team", "외부인": "outsiders",
    "일반 사용자로서": "as a viewer", "그 키의 것만": "its own alone", "주인으로서": "as its owner",
    "질문": "a question", "대화": "a thread", "연결": "a connection", "템플릿": "a template",
    "다른 봇": "another bot", "다른 조직의 사람": "somebody of another organisation",
    "워크스페이스의 게스트": "a guest of the workspace", "비활성화된 사람": "somebody who was deactivated",
    "일": "Action", "누구의 것": "Whose", "자리": "Where", "일반 사용자": "Viewer", "관리자": "Administrator",
    "무엇에 관해": "About", "그 가운데 하나": "About one of them", "다른 연결": "About another connection",
    "연결과 상관없음": "About no connection", "범위": "Scope", "누구": "Who", "답": "Answer",
}  # fmt: skip
"""What a cell of the Korean document says in English."""

_SAME = {"anything else": "everything else"}
"""Two ways to say one thing in English, where Korean has one."""


@dataclass(frozen=True, slots=True)
class PeopleRow:
    """A row of the table of people. `answers`: of a viewer and of an administrator, "" for yes, else the code."""

    actions: frozenset[str]
    whose: frozenset[str]
    where: frozenset[str]
    answers: tuple[str, str]


@cache
def tables(document: Path) -> list[list[Row]]:
    """All tables of a document, each with its heading first, without the line under it."""
    found: list[list[Row]] = [[]]
    for line in document.read_text(encoding="utf-8").splitlines():
        if line.startswith("|"):
            row = tuple(cell.strip() for cell in line.strip("|").split("|"))
            if not all(set(cell) <= {"-"} for cell in row):
                found[-1].append(row)
        elif found[-1]:
            found.append([])
    return [one for one in found if one]


@cache
def names(cell: str) -> frozenset[str]:
    """The things a cell lists, without their marks."""
    return frozenset(part.strip().strip("`") for part in cell.split(","))


def reason(cell: str) -> str:
    """The code of a no; empty for a yes."""
    if cell == "yes":
        return ""
    found = re.fullmatch(r"no: `(people\.[a-z_]+)`", cell)
    assert found is not None, cell
    return found[1]


def in_english(cell: str) -> str:
    """A cell of either document with the words of the English one, in one order."""
    parts = re.split(r"(, |: )", cell)
    told = [WORDS.get(part, part) for part in parts]
    return "".join(_SAME.get(part, part) for part in told)


@cache
def people() -> Sequence[PeopleRow]:
    """The table of people."""
    return [
        PeopleRow(names(action), names(whose), names(where), (reason(viewer), reason(administrator)))
        for action, whose, where, viewer, administrator in tables(ENGLISH)[PEOPLE][1:]
    ]


@cache
def outsiders() -> Mapping[str, str]:
    """Who may nothing, and why."""
    return {who: reason(answer) for who, answer in tables(ENGLISH)[OUTSIDERS][1:]}
