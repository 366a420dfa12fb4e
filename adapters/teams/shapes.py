"""The shape of an activity, as far as anything here relies on it. What else it has is kept as it came. Pure."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json

from adapters.chat.text import Json

_Name = Annotated[str, Field(min_length=1, max_length=2_048)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True, hide_input_in_errors=True)


class _Named(_Part):
    id: str | None = None


class _Account(_Named):
    name: str | None = None
    aadObjectId: str | None = None


class _Conversation(_Part):
    id: _Name
    conversationType: str | None = None
    tenantId: str | None = None


class _ChannelData(_Part):
    tenant: _Named | None = None
    channel: _Named | None = None
    team: _Named | None = None


class _Activity(_Part):
    type: _Name
    id: str | None = None
    name: str | None = None
    serviceUrl: _Name
    channelId: _Name
    sender: _Account | None = Field(None, alias="from")
    recipient: _Account | None = None
    conversation: _Conversation
    channelData: _ChannelData | None = None
    text: str | None = None
    locale: str | None = None
    localTimezone: str | None = None
    replyToId: str | None = None
    entities: list[dict[str, Any]] | None = None
    attachments: list[dict[str, Any]] | None = None
    membersAdded: list[_Account] | None = None
    membersRemoved: list[_Account] | None = None


def read(body: bytes) -> Json | None:
    """The activity of a body; None for what is no JSON object, is nested too deep, has a number or a sign that JSON
    does not know, or a field of another type. What is null is left out, at the top.
    """
    try:
        found = from_json(body, allow_inf_nan=False)
        _Activity.model_validate(found)
    except (ValueError, ValidationError, RecursionError):
        return None
    return {name: value for name, value in found.items() if value is not None}
