"""Names of tables and columns, taken apart."""

import re
from functools import lru_cache

_PIECE = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_A-Za-z]+")


@lru_cache(maxsize=65_536)
def split_identifier(name: str) -> tuple[str, ...]:
    """The words of a name, in lower case: orderItems, ORDER_ITEMS and "order items" are all ("order", "items")."""
    return tuple(piece.lower() for piece in _PIECE.findall(name))
