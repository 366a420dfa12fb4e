"""What Teams means when it refuses, where we do something about it.

The codes: learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/conversation-messages (status codes)
and bots/streaming-ux (error codes).
"""

from adapters.teams.calls import Refused

_STREAM = "ContentStreamNotAllowed"
_GONE = "ActivityNotFoundInConversation"
_OURS_TO_MEND = frozenset({401, 429})
"""Of a token that is not taken, and of too many calls: to post elsewhere would be refused as well."""


def is_form(refused: Refused) -> bool:
    """A message whose form Teams does not take, or that is too large: a simpler form is tried."""
    too_large = refused.code == _STREAM and "too large" in refused.words.lower()
    return refused.status in (400, 413) or too_large


def is_stream_over(refused: Refused) -> bool:
    """A stream that takes no more: it has ended, took too long, or somebody stopped it."""
    return refused.code == _STREAM and not is_form(refused)


def was_stopped(refused: Refused) -> bool:
    """Somebody pressed Stop beside a stream. Teams spells it both ways."""
    return is_stream_over(refused) and "cancel" in refused.words.lower()


def is_closed(refused: Refused) -> bool:
    """A conversation that we cannot post to, whatever we post: the asker may still be told elsewhere."""
    return refused.status in (403, 404) and refused.code not in (_STREAM, _GONE)


def is_elsewhere(refused: Refused) -> bool:
    """Another way to say the same may go well."""
    return refused.status not in _OURS_TO_MEND
