"""Settings of connections that change while running."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from core.config import Setting

AddedBy = Literal["members", "administrators"]

ADDED_BY: Setting[AddedBy] = Setting(
    "connections.added_by",
    TypeAdapter(AddedBy),
    "Who may add connections of their own: members (everybody who may ask) or administrators.",
)
ADDED_BY_DEFAULT: AddedBy = "members"

REFRESH_HOURS: Setting[int] = Setting(
    "connections.refresh_hours",
    TypeAdapter(Annotated[int, Field(ge=0, le=24 * 365)]),
    "Hours after which the schema of a connection is read again; 0: only when somebody asks for it.",
)
REFRESH_HOURS_DEFAULT = 24
