"""Reads English."""

from core.model.builtin.english.reader import EnglishReader

__all__ = ["EnglishReader"]
