"""Every action that is written down has words in every language."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from core.audit.refusals import ACTION
from core.locale.words import LANGUAGES, catalogue

ROOT = Path(__file__).parents[2]
TREES = [
    ast.parse(path.read_text(encoding="utf-8"))
    for folder in ("core", "bot", "adapters")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if "core/model/" not in path.as_posix()  # where "refused" is said of a model's answer
]
_ACTION = re.compile(r"[a-z_]+\.[a-z_]+")
_Function = ast.FunctionDef | ast.AsyncFunctionDef


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _given(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(one.value for one in call.keywords)]


def _writers() -> set[str]:
    """The names of `record` and of every function that hands its own `action` on to one of them."""
    writers = {"record"}
    functions = [node for tree in TREES for node in ast.walk(tree) if isinstance(node, _Function)]
    while True:
        more = {
            one.name
            for one in functions
            if any(argument.arg == "action" for argument in (*one.args.args, *one.args.kwonlyargs))
            for call in _calls(one)
            if _name(call) in writers
            and any(isinstance(given, ast.Name) and given.id == "action" for given in _given(call))
        }
        if more <= writers:
            return writers
        writers |= more


def _constants(node: ast.AST) -> set[str]:
    values = (each.value for each in ast.walk(node) if isinstance(each, ast.Constant))
    return {value for value in values if isinstance(value, str) and _ACTION.fullmatch(value)}


def actions() -> set[str]:
    """Every action there is in the code."""
    writers = _writers() | {"note_refusal"}
    found = {ACTION}
    for tree in TREES:
        for call in _calls(tree):
            if _name(call) in writers:
                # Codes of refusals look alike, and are not what was done.
                codes = {id(one.value) for one in call.keywords if one.arg in ("refused", "why", "code", "asked")}
                found |= set().union(*(_constants(one) for one in _given(call) if id(one) not in codes))
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and any(getattr(one, "id", "") == "action" for one in node.targets):
                found |= _constants(node.value)
    return found


def test_actions_are_found_where_they_are_handed_on() -> None:
    assert {"connection.added", "template.saved", "query.run", "question.asked", "config.changed", "answer.read"} <= (
        actions()
    )
    assert len(actions()) > 30


def test_every_action_has_words_in_every_language() -> None:
    for language in LANGUAGES:
        missing = {one for one in actions() if f"audit.action.{one}" not in catalogue(language)}
        assert missing == set()
