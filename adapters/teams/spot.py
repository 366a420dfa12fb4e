"""Where something is posted."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spot:
    """A conversation as the Bot Connector knows it, or a message of ours in it that the next one takes the place of."""

    service_url: str
    """Ends in a slash."""
    conversation: str
    """Its id; of a thread of a channel with ";messageid=" and the id of the thread's first message."""
    message: str | None = None
    """The activity id of our message that showed the progress."""
    stream: str | None = None
    """The id of a stream that shows the progress, which its last activity ends."""
    unsure: bool = False
    """A message that shows the progress may stand there, its id not known: the call that posted it was cut off."""
