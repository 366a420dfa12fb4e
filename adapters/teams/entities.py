"""A message as the JSON of an activity, with what Teams shows beside its text and card. Pure."""

from typing import Literal

from adapters.chat.text import Json, label, size, travels
from adapters.teams import cards, limits
from adapters.teams.render import Message

CARD = "application/vnd.microsoft.card.adaptive"
"""The type of an attachment that is an Adaptive Card."""

_MESSAGE = "https://schema.org/Message"


def activity(message: Message, *, streamed: bool = False) -> Json:
    """The whole activity but for what `Connector` fills in: from whom it comes and where it goes.

    Teams makes two messages of a text and a card, gives neither an id, and lets neither be edited, but for the last of
    a stream (`streamed`). Everywhere else a card goes alone and begins with what the text says; what refers to the text
    (the citation) goes with the text alone.
    """
    made: Json = {"type": "message"}
    alone = message.card is not None and not streamed
    if not alone:
        made |= {"text": message.text, "textFormat": "markdown"}
    if message.summary:
        made["summary"] = message.summary
    if message.card is not None:
        card = _with_lead(message.card, message.lead) if alone else message.card
        made["attachments"] = [{"contentType": CARD, "content": card}]
    if message.answer:
        made["entities"] = [_label(None if alone else message.citation)]
        made["channelData"] = {"feedbackLoop": {"type": "default"}}
    offered = [one for one in message.suggestions if travels(one) and size(one) <= limits.SUGGESTION]
    if offered:
        made["suggestedActions"] = {"actions": [_suggested(one) for one in offered[: limits.SUGGESTIONS]]}
    return made


def _with_lead(card: Json, lead: str) -> Json:
    said = cards.paragraphs(lead, "en") if lead else ()
    return {**card, "body": [*said, *card["body"]]}


def stream_info(kind: Literal["informative", "streaming", "final"], stream: str | None, sequence: int | None) -> Json:
    """The entity that makes an activity a piece of a stream. The first piece has no stream yet, the last no number."""
    made: Json = {"type": "streaminfo", "streamType": kind}
    if stream is not None:
        made["streamId"] = stream
    return made if sequence is None else made | {"streamSequence": sequence}


def _label(citation: Json | None) -> Json:
    """That a machine wrote it. Teams refuses a second entity of this type."""
    made: Json = {
        "type": _MESSAGE,
        "@type": "Message",
        "@context": "https://schema.org",
        "additionalType": ["AIGeneratedContent"],
    }
    return made if citation is None else made | {"citation": [citation]}


def _suggested(text: str) -> Json:
    """A button that says `text` in the person's name."""
    return {"type": "imBack", "title": label(text, limits.BUTTON_TEXT), "value": text}
