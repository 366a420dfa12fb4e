"""The built-in writer: answers simple questions in English and Korean when there is no model."""

from core.model.builtin.writer import MODEL, BuiltinWriter

__all__ = ["MODEL", "BuiltinWriter"]
