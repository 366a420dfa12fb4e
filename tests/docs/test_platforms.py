"""docs/platforms.md is what the chat platforms declare, and what they declare is so."""

import ast
import importlib
from dataclasses import replace
from pathlib import Path
from string import Formatter
from types import ModuleType

import pytest

from adapters.chat.capabilities import FEATURES, Capability, Platform
from adapters.slack import usage_form
from adapters.slack.connection_form import ADD, CHANGE
from adapters.slack.listeners import actions, connections, schedules, sign_in, templates, usage
from adapters.slack.modals import EDIT, REASON
from adapters.slack.schedule_pages import FORM
from adapters.slack.template_modals import DELETE, KEEP, RUN
from adapters.teams.listeners import rooms
from bot.platforms import PLATFORMS, document, told
from core.locale import LANGUAGES
from core.locale.words import catalogue
from tests.docs.test_documents import ROOT

HEARD = {
    "slack": {
        *actions.ACTS, *connections.ACTS, *schedules.ACTS, *sign_in.ACTS, *templates.ACTS, *usage.ACTS,
        *connections.FORMS_SENT, EDIT, REASON, usage_form.LIMITS, RUN, KEEP, DELETE, ADD, CHANGE, FORM,
    },
    "teams": {*rooms.ACTS, *rooms.OPENS, *rooms.SENT},
}  # fmt: skip
"""What each platform's listeners listen to."""
DECLARED = [(platform, numbers, one) for platform, numbers in PLATFORMS for one in platform.capabilities]
ALL = pytest.mark.parametrize(
    ("platform", "numbers", "one"), DECLARED, ids=[f"{platform.name}-{one.feature}" for platform, _, one in DECLARED]
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_is_current(language: str) -> None:
    name = "docs/platforms.md" if language == "en" else f"docs/platforms.{language}.md"
    written = (ROOT / name).read_text(encoding="utf-8")
    assert written == document(language), f"stale: python -m bot.platforms {language} > {name}"


@ALL
def test_what_does_it_is_there_and_is_used(platform: Platform, numbers: ModuleType, one: Capability) -> None:
    folder = ROOT / "adapters" / platform.name
    for named in one.by:
        module, _, name = named.partition(":")
        found: object = importlib.import_module(f"adapters.{platform.name}.{module}")
        for part in name.split("."):
            found = getattr(found, part)
        users = (*folder.rglob("*.py"), *(ROOT / "bot").rglob("*.py"))
        assert any(name.split(".")[-1] in _names(path) for path in users), named


@ALL
def test_what_is_heard_has_a_listener(platform: Platform, numbers: ModuleType, one: Capability) -> None:
    assert set(one.heard) <= HEARD[platform.name]


@ALL
def test_its_sentences_say_its_numbers_and_nothing_else_does(
    platform: Platform, numbers: ModuleType, one: Capability, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = f"platforms.{platform.name}.{one.feature}"
    for language in LANGUAGES:
        words = catalogue(language)
        assert (f"{key}_otherwise" in words) == one.degrades
        sentences = words[key] + words.get(f"{key}_otherwise", "")
        blanks = {blank for _, blank, _, _ in Formatter().parse(sentences) if blank}
        assert blanks == {name.lower() for name in one.numbers}
        assert not any(character.isdigit() for character in sentences)
    for name in one.numbers:
        before = told(platform, one.feature, numbers, "en")
        monkeypatch.setattr(numbers, name, getattr(numbers, name) + 1)
        assert told(platform, one.feature, numbers, "en") != before


def test_every_platform_declares_every_feature_once() -> None:
    assert [platform.name for platform, _ in PLATFORMS] == ["slack", "teams"]
    platform = PLATFORMS[0][0]
    for wrong in (platform.capabilities[1:], (*platform.capabilities, platform.capabilities[0])):
        with pytest.raises(ValueError, match="every feature"):
            replace(platform, capabilities=wrong)
    named = {key.split(".")[2] for key in catalogue("en") if key.startswith("platforms.features.")}
    assert named == set(FEATURES)


def test_no_sentence_is_of_a_feature_that_there_is_not() -> None:
    known = {f"{feature}{end}" for feature in FEATURES for end in ("", "_otherwise")}
    for key in catalogue("en"):
        if key.startswith(("platforms.slack.", "platforms.teams.")):
            assert key.split(".")[2] in known, key


def _names(path: Path) -> set[str]:
    """The names that a module uses, which is more than to define them or to import them."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    found = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    return found | {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
