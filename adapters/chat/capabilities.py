"""What a chat platform can do here, declared feature by feature, so that it can be shown and held against the code.

A declaration is data: how a feature is done is a sentence of the catalogue, `platforms.<platform>.<feature>`, whose
numbers are the platform's own limits. `bot.platforms` makes docs/platforms.md of it; the tests check that what a
declaration names is there and is used.
"""

from dataclasses import dataclass
from typing import Literal, get_args

Feature = Literal[
    "asking", "threads", "languages", "progress", "stop", "answer", "table", "chart", "sql", "long", "files",
    "buttons", "feedback", "ai_label", "suggestions", "choices", "forms", "commands", "usage", "templates",
    "schedules", "connections", "home", "private", "readers", "sign_in", "alerts", "once", "rates", "reach", "setup",
]  # fmt: skip
FEATURES: tuple[Feature, ...] = get_args(Feature)
"""In the order they are shown in."""


@dataclass(frozen=True, slots=True)
class Capability:
    """How one feature is done on one platform. A feature that a platform lacks has a sentence that says so."""

    feature: Feature
    by: tuple[str, ...]
    """What does it: `<module>:<name>` within the platform's folder."""
    numbers: tuple[str, ...] = ()
    """Constants of the platform's `limits` that the sentence names, in lower case there."""
    heard: tuple[str, ...] = ()
    """Buttons and forms that belong to it, as the platform's listeners name them."""
    degrades: bool = False
    """There is a sentence for what it becomes where the platform refuses it, too."""


@dataclass(frozen=True, slots=True)
class Platform:
    """A chat platform. Raises `ValueError` where it does not declare each feature once, in order."""

    name: str
    """As its folder is called."""
    title: str
    capabilities: tuple[Capability, ...]

    def __post_init__(self) -> None:
        if tuple(one.feature for one in self.capabilities) != FEATURES:
            raise ValueError(f"{self.name} does not declare every feature once, in order")
