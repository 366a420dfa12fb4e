"""The prompt: everything a model is told, in few tokens under a hard ceiling, and how its answer is read."""

from core.ask.prompt.building import AIM, CEILING, MAX_OUTPUT, Built, Example, build
from core.ask.prompt.reading import read_sql
from core.ask.prompt.repairing import repair

__all__ = ["AIM", "CEILING", "MAX_OUTPUT", "Built", "Example", "build", "read_sql", "repair"]
