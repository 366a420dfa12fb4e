"""Drivers that are not installed with us: each is an extra of its own, and its absence is said in words."""

from importlib import import_module
from types import ModuleType

from core.errors import BadConnection


def driver(module: str, extra: str) -> ModuleType:
    """A driver's module. Raises `BadConnection`: connection.extra_missing (`extra`) where it is not installed."""
    try:
        return import_module(module)
    except ImportError:
        raise BadConnection("connection.extra_missing", extra=extra) from None
