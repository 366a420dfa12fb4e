"""Words: every text people read, in every language, and how numbers and dates are written in it.

A catalogue is one TOML file a room and language (`en/errors.toml`, `ko/errors.toml`, …); the file's name is the first
part of a key: `say("ko", "errors.question.empty")`.
"""

from core.locale.errors import error_words, reason_words
from core.locale.format import format_cell, format_date, format_money, format_number
from core.locale.words import LANGUAGES, language_of, say

__all__ = [
    "LANGUAGES",
    "error_words",
    "format_cell",
    "format_date",
    "format_money",
    "format_number",
    "language_of",
    "reason_words",
    "say",
]
