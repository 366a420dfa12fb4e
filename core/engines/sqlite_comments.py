"""Comments of a SQLite table. SQLite has none of its own, but keeps the CREATE TABLE text with its `--` comments.

A comment at the end of a column's line belongs to that column, one on the line of CREATE TABLE to the table:

    CREATE TABLE orders (      -- What customers bought
        id INTEGER PRIMARY KEY,
        state TEXT NOT NULL    -- paid, sent or returned
    )
"""

import re
from dataclasses import dataclass, field

_PIECE = re.compile(
    r"""(?P<comment>--[^\n]*)
      | (?P<block>/\*.*?(?:\*/|\Z))
      | (?P<name>"(?:[^"]|"")*" | `(?:[^`]|``)*` | \[[^\]]*\])
      | (?P<string>'(?:[^']|'')*')
      | (?P<word>[^\W\d][\w$]*)
      | (?P<line>\n)
      | (?P<sign>[(),])
      | [^\S\n]+ | .""",
    re.VERBOSE | re.DOTALL,
)
_CONSTRAINTS = frozenset({"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"})


@dataclass(slots=True)
class _Scan:
    """Where the reading of a CREATE TABLE text stands."""

    depth: int = 0
    expects_name: bool = False
    on_line: str = ""
    """The column whose definition is on this line."""
    started: bool = False
    """The parenthesis of the columns has opened, and a line has ended since."""
    table: str = ""
    columns: dict[str, str] = field(default_factory=dict)


def read_comments(sql: str) -> tuple[str, dict[str, str]]:
    """The table's comment and its columns' comments, by column name. Columns without one are left out."""
    scan = _Scan()
    for piece in _PIECE.finditer(sql):
        kind, text = piece.lastgroup, piece.group()
        if kind == "line":
            scan.started = scan.started or scan.depth > 0
            scan.on_line = ""
        elif kind == "sign":
            _sign(scan, text)
        elif kind in ("word", "name", "string") and scan.depth == 1 and scan.expects_name:
            scan.expects_name = False
            scan.on_line = "" if kind == "word" and text.upper() in _CONSTRAINTS else _plain(text)
        elif kind == "comment":
            _comment(scan, text.lstrip("-").strip())
    return scan.table, scan.columns


def _sign(scan: _Scan, sign: str) -> None:
    if sign == "(":
        scan.depth += 1
        scan.expects_name = scan.expects_name or scan.depth == 1
    elif sign == ")":
        scan.depth -= 1
    elif scan.depth == 1:
        scan.expects_name = True


def _comment(scan: _Scan, text: str) -> None:
    if scan.on_line:
        scan.columns.setdefault(scan.on_line, text)
    elif not scan.started and not scan.table:
        scan.table = text


def _plain(name: str) -> str:
    if name[0] in "\"`'":
        return name[1:-1].replace(name[0] * 2, name[0])
    return name[1:-1] if name[0] == "[" else name
