"""`colloquery` with a clock that is wrong: python -m tests.chaos.serving CLOCK serve …

CLOCK is a file with the seconds that the clock is ahead by (behind, below 0). It is read whenever somebody looks at the
clock, so that the clock jumps when the file is changed.
"""

import sys
from datetime import datetime, timedelta
from pathlib import Path

from core.storage import base

_right = base.utc_now


def main(clock: Path) -> None:
    """Run the command line by that clock."""

    def utc_now() -> datetime:
        return _right() + timedelta(seconds=float(clock.read_text()))

    # Before anything else is imported: the others take it from there.
    base.utc_now = utc_now
    from bot.command_line import main as command_line

    command_line()


def set_clock(clock: Path, ahead: timedelta) -> None:
    """Make a clock jump. Whoever reads the file meanwhile finds the old or the new figure, never half of one."""
    new = clock.with_suffix(".new")
    new.write_text(str(ahead.total_seconds()))
    new.replace(clock)


if __name__ == "__main__":
    main(Path(sys.argv.pop(1)))
