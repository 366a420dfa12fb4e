"""A limit as a bar of blocks, `███░░░`, for places that draw no bars. Pure."""

from core.chat import Meter

WIDTH = 20
"""Signs of a bar."""


def share(meter: Meter) -> float:
    """How much of the limit is used, from 0 to 1. A limit of nothing is used up."""
    return min(max(meter.used / meter.limit, 0.0), 1.0) if meter.limit > 0 else 1.0


def bar(meter: Meter, width: int = WIDTH) -> str:
    """The bar. It is full only when the limit is reached, and shows the first token."""
    used = share(meter)
    full = round(used * width)
    if 0 < used < 1:
        full = min(max(full, 1), width - 1)
    return "█" * full + "░" * (width - full)
