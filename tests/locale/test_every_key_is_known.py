"""Every sentence the code asks for is in the catalogue, and every error has words."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import errors
from core.errors import ColloqueryError
from core.locale.words import catalogue
from core.sql.guard import REASONS

ROOT = Path(__file__).parents[2]
SOURCES = sorted(path for folder in ("bot", "core", "adapters") for path in (ROOT / folder).rglob("*.py"))
ERRORS = {
    name: kind for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, ColloqueryError)
}


def _calls(path: Path) -> Iterator[tuple[str, list[ast.expr], int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield name, node.args, node.lineno


def _constants(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_key_in_the_code_is_in_the_catalogue(path: Path) -> None:
    known = catalogue("en")
    for name, arguments, line in _calls(path):
        if name in ERRORS and arguments and isinstance(arguments[0], ast.Constant):
            assert f"errors.{arguments[0].value!s}.text" in known, f"{path}:{line}"
        if name == "say" and len(arguments) > 1 and isinstance(arguments[1], ast.Constant):
            assert arguments[1].value in known, f"{path}:{line}"


def test_every_default_code_and_every_reason_of_the_guard_has_words() -> None:
    codes = {kind.code for kind in ERRORS.values()} | {f"guard.{reason}" for reason in REASONS}
    codes |= {f"quota.{window}" for window in ("hour", "day", "month")}
    assert {code for code in codes if f"errors.{code}.text" not in catalogue("en")} == set()


def test_no_error_has_words_that_nothing_raises() -> None:
    written = set[str]().union(*(_constants(path) for path in SOURCES))
    raised = written | {kind.code for kind in ERRORS.values()} | {f"guard.{reason}" for reason in REASONS}
    raised |= {f"quota.{window}" for window in ("hour", "day", "month")}
    codes = {
        key.removeprefix("errors.").removesuffix(".text")
        for key in catalogue("en")
        if key.startswith("errors.") and key.endswith(".text")
    }
    assert codes - raised == set()
