"""Commands that run in the test's own process set up logging: it is put back."""

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def logging_as_it_was() -> Iterator[None]:
    """The root logger's handlers and level, and the levels of the loggers that commands quieten."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    named = {name: one.level for name, one in root.manager.loggerDict.items() if isinstance(one, logging.Logger)}
    yield
    root.handlers, root.level = handlers, level
    for name, one in root.manager.loggerDict.items():
        if isinstance(one, logging.Logger):
            one.setLevel(named.get(name, logging.NOTSET))
