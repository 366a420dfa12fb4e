"""Reads Korean."""

from core.model.builtin.korean.reader import KoreanReader

__all__ = ["KoreanReader"]
