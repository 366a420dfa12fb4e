"""The command, run in this process: many commands one after another take a moment."""

import asyncio
import io
import os
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from bot.command_line import main

CANARY = "canary-password"
"""Typed where a password is asked for; it is never to be said."""


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty environment and a directory of its own, and a loop that is there afterwards as before."""
    for name in os.environ:
        if name.startswith(("OPENAI", "COLLOQUERY_", "DATABASE", "SLACK", "TEAMS")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COLLOQUERY_DATA_DIR", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    yield
    asyncio.set_event_loop(None)


def command(*words: str, stdin: str = "") -> tuple[int, str]:
    """The exit code of the command, run in this process, and all that it says."""
    said, argv, typed = io.StringIO(), sys.argv, sys.stdin
    sys.argv, sys.stdin = ["colloquery", *words], io.StringIO(stdin)
    try:
        with redirect_stdout(said), redirect_stderr(said):
            main()
    except SystemExit as ended:
        code = ended.code
    finally:
        sys.argv, sys.stdin = argv, typed
    told = said.getvalue()
    assert CANARY not in told
    assert "Traceback" not in told
    return (code if isinstance(code, int) else 0), told
