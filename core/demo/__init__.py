"""A made-up shop to try everything on."""

from core.demo.shop import SEED, DemoSummary, build, questions

__all__ = ["SEED", "DemoSummary", "build", "questions"]
