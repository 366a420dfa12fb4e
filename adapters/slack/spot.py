"""Where something is posted."""

from dataclasses import dataclass
from datetime import datetime, timedelta

_CLOCKS = timedelta(minutes=10)
"""How far Slack's clock and ours may be apart."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A thread, or a message of ours in it that the next one takes the place of."""

    channel: str
    thread: str
    """The ts of its first message; empty for the channel itself."""
    ts: str | None = None
    """Our message that showed the progress."""
    streaming: bool = False
    """That message is a stream, which has to be stopped before it can be edited."""
    unsure: bool = False
    """A message that shows the progress may stand there, its ts not known: the call that posted it was cut off."""
    after: str = ""
    """The ts of the message that is answered: ours are all later. Empty when it is not known."""


def ts_at(moment: datetime) -> str:
    """A ts before anything that was posted after a moment of ours."""
    return f"{(moment - _CLOCKS).timestamp():.6f}"
