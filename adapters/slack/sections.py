"""What a person has and may use, as blocks: on the Home tab, and as the answer to a command. Pure."""

from collections.abc import Iterator, Sequence

from adapters.slack import blocks, limits
from adapters.slack.buttons import action_id
from adapters.slack.escape import Json, size, travels
from core.chat import ConnectionChoice, UsageWindow
from core.locale import format_date, format_number, say

_BAR = 20
"""Signs of a usage bar."""


def connections(choices: Sequence[ConnectionChoice], locale: str, *, manages: bool = False) -> Iterator[Json]:
    """The databases a person may ask, in a menu that chooses one: `cq_connection` sends its name.

    One that `manages` them gets a menu for the channel (`cq_place_connection`), one that tests (`cq_try_connection`),
    and a button that adds (`cq_add_connection`).
    """
    yield blocks.header(say(locale, "slack.home.connection"))
    fitting = [choice for choice in choices if _fits(choice.name, limits.OPTION_VALUE)]
    if not fitting:
        yield from blocks.paragraphs(say(locale, "slack.home.no_connection"), locale)
        if manages:
            yield blocks.actions([_add(locale)])
        return
    offered = fitting[: limits.OPTIONS]
    options = [blocks.option(f"{choice.name} ({choice.kind})", choice.name) for choice in offered]
    chosen = next((option for option, choice in zip(options, offered, strict=True) if choice.is_default), None)
    placeholder = say(locale, "slack.home.pick_connection")
    yield blocks.actions([blocks.select(placeholder, action_id("connection"), options, chosen)])
    if manages:
        yield blocks.actions(
            [
                blocks.select(say(locale, "slack.connections.here"), action_id("place_connection"), options),
                blocks.select(say(locale, "slack.connections.try"), action_id("try_connection"), options),
                _add(locale),
            ]
        )
    yield from _left_out(len(choices) - len(offered), locale)


def _add(locale: str) -> Json:
    return blocks.button(say(locale, "slack.connections.add"), action_id("add_connection"), "new")


def templates(questions: Sequence[str], locale: str) -> Iterator[Json]:
    """Saved questions as buttons: `cq_template:<n>` sends the question."""
    if not questions:
        return
    yield blocks.header(say(locale, "slack.home.templates"))
    fitting = [text for text in questions if _fits(text, limits.BUTTON_VALUE)]
    offered = fitting[: limits.ACTIONS]
    buttons = [blocks.button(text, action_id("template", n), text) for n, text in enumerate(offered)]
    if buttons:
        yield blocks.actions(buttons)
    yield from _left_out(len(questions) - len(offered), locale)


def usage(windows: Sequence[UsageWindow], locale: str, timezone: str) -> Iterator[Json]:
    """The three limits as bars, and when each starts again."""
    if not windows:
        return
    yield blocks.header(say(locale, "slack.home.usage"))
    for window in windows:
        name = blocks.text_element(say(locale, f"slack.home.{window.name}"), bold=True)
        yield blocks.rich_section([name, blocks.text_element(f"\n{_bar(window)}  {used(window, locale)}")])
        yield blocks.context(say(locale, "slack.home.resets", time=format_date(locale, window.resets_at, timezone)))


def used(window: UsageWindow, locale: str) -> str:
    """One limit in words."""
    numbers = {name: format_number(locale, getattr(window, name)) for name in ("used", "limit")}
    return say(locale, "slack.home.used", **numbers, percent=format_number(locale, round(_share(window) * 100)))


def _fits(value: str, most: int) -> bool:
    """Whether a value comes back from Slack as it was sent."""
    return 0 < size(value) <= most and travels(value)


def _left_out(number: int, locale: str) -> Iterator[Json]:
    if number:
        yield blocks.context(say(locale, "slack.home.left_out", n=format_number(locale, number)))


def _share(window: UsageWindow) -> float:
    """What is used of the limit: 0 to 1."""
    return min(window.used / window.limit, 1.0) if window.limit > 0 else 1.0


def _bar(window: UsageWindow) -> str:
    full = round(_share(window) * _BAR)
    return "█" * full + "░" * (_BAR - full)
