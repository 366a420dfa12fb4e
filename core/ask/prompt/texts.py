"""The fixed texts of prompts."""

from functools import cache
from pathlib import Path
from string import Template

from core.sql.products import product


@cache
def system_text(name: str, dialect: str) -> str:
    """One of the two system texts, `system` or `repair`, for a sqlglot dialect."""
    text = Path(__file__).with_name(f"{name}.txt").read_text(encoding="utf-8")
    return Template(text).substitute(dialect=product(dialect)).strip()
