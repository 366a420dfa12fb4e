"""Schema linking: the part of a schema that one question needs, found without a model and written in few tokens."""

from core.ask.linking.linker import Linker

__all__ = ["Linker"]
