"""Schema linking: the part of a schema that one question needs, found without a model and written in few tokens."""

from core.ask.linking.inputs import Documentation, GlossaryEntry
from core.ask.linking.linker import Linker, Private

__all__ = ["Documentation", "GlossaryEntry", "Linker", "Private"]
