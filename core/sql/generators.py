"""From tree to text with sqlglot's generators, which are kept by the thread that made them.

Each that is made takes some 60 bytes that are never given back (the compiled sqlglot 30.30), and a question makes half
a dozen: a process that is asked all it can answer grew by 15 MB an hour.
"""

import threading
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ErrorLevel

Spellings = Mapping[type[exp.Expr], Callable[[Any, Any], str]]

_kept = threading.local()


def sql_of(
    tree: exp.Expr, dialect: str, unsupported: ErrorLevel = ErrorLevel.IGNORE, spellings: Spellings | None = None
) -> str:
    """The tree in a dialect, without comments. `spellings`: how nodes are written instead, one table a dialect.

    Raises whatever sqlglot raises.
    """
    made: dict[tuple[str, ErrorLevel, bool], Any] = _kept.__dict__.setdefault("made", {})
    key = dialect, unsupported, spellings is not None
    # Taken out while it is at work: one that fails half-way is not used again.
    generator = made.pop(key, None) or _made(dialect, unsupported, spellings)
    generator._next_name = _names()  # as a new one has it: the same tree is the same text
    text = str(generator.generate(tree))
    made[key] = generator
    return text


def _made(dialect: str, unsupported: ErrorLevel, spellings: Spellings | None) -> Any:
    generator: Any = Dialect.get_or_raise(dialect).generator(comments=False, unsupported_level=unsupported)
    if spellings:
        # The generators are compiled classes that cannot be derived from; their table of spellers can be replaced.
        generator._dispatch = {**generator._dispatch, **spellings}
    return generator


def _names() -> Callable[[], str]:
    numbers = count()
    return lambda: f"_t{next(numbers)}"
