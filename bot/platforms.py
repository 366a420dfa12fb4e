"""docs/platforms.md, written from what the chat platforms declare: `python -m bot.platforms > docs/platforms.md`, and
with `ko` in Korean.
"""

import sys
from collections.abc import Iterator
from types import ModuleType

from adapters.chat.capabilities import FEATURES, Capability, Feature, Platform
from adapters.slack import capabilities as slack
from adapters.slack import limits as slack_limits
from adapters.teams import capabilities as teams
from adapters.teams import limits as teams_limits
from core.locale import format_number, say

PLATFORMS: tuple[tuple[Platform, ModuleType], ...] = (
    (slack.PLATFORM, slack_limits),
    (teams.PLATFORM, teams_limits),
)
"""Each platform, and where its numbers are."""


def document(locale: str) -> str:
    """The whole document, in Markdown."""
    parts = [
        f"# {say(locale, 'platforms.title')}",
        say(locale, "platforms.intro"),
        "\n".join(_table(locale)),
        say(locale, "platforms.more"),
    ]
    return "\n\n".join(parts) + "\n"


def told(platform: Platform, feature: Feature, numbers: ModuleType, locale: str) -> tuple[str, str]:
    """How a feature is done, and what it becomes where that is refused; empty for nothing."""
    one = next(one for one in platform.capabilities if one.feature == feature)
    key, values = f"platforms.{platform.name}.{feature}", _numbers(one, numbers, locale)
    return say(locale, key, **values), say(locale, f"{key}_otherwise", **values) if one.degrades else ""


def _table(locale: str) -> Iterator[str]:
    yield _row(say(locale, "platforms.feature"), *(platform.title for platform, _ in PLATFORMS))
    yield _row(*["---"] * (len(PLATFORMS) + 1))
    for feature in FEATURES:
        cells = (_cell(*told(platform, feature, numbers, locale), locale) for platform, numbers in PLATFORMS)
        yield _row(say(locale, f"platforms.features.{feature}"), *cells)


def _cell(how: str, otherwise: str, locale: str) -> str:
    return f"{how}. {say(locale, 'platforms.otherwise')}: {otherwise}" if otherwise else how


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _numbers(one: Capability, numbers: ModuleType, locale: str) -> dict[str, str]:
    return {name.lower(): format_number(locale, getattr(numbers, name)) for name in one.numbers}


if __name__ == "__main__":
    sys.stdout.write(document((sys.argv[1:] or ["en"])[0]))
