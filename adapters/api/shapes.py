"""The shapes of what comes in and goes out, for the description of the API and for reading requests.

What comes in is read strictly: no text for a number, nothing that is not asked for. Many answers are values of the core
as they are, so that their shapes are made from them.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, create_model


class Body(BaseModel):
    """What a request brings."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Shape(BaseModel):
    """What an answer holds, and nothing else."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _unicode(text: str) -> str:
    if "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise ValueError("no text")
    return text


Name = Annotated[str, Field(max_length=255, pattern=r"^[^\x00-\x1f\x7f]*$")]
"""Something that names a person, a role, a channel, a connection: one line of text."""

Words = Annotated[str, Field(max_length=20_000), AfterValidator(_unicode)]
"""Text of several lines."""

ClientId = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", examples=["sales-review"], description="A UUID, or a name you like.")
]
"""An id made by whoever asks: of a session, of a message."""

Money = Annotated[str, Field(max_length=20, pattern=r"^[0-9]+(\.[0-9]+)?$", examples=["99.50"])]
"""US dollars as decimal text, so that no binary fraction comes between."""

Uuid = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]

_WORDED = (int, float, Decimal, date, datetime)
"""What `adapters.api.figures` says in words, too."""


@cache
def shape_of(kind: type, *, worded: bool = False) -> type[Shape]:
    """The shape of a dataclass as JSON; `worded`: with the words that `figures` puts beside its values."""
    return _made(kind, worded=worded, name=kind.__name__, more={})


def widened(kind: type, name: str, more: Mapping[str, Any], *, worded: bool = False) -> type[Shape]:
    """The same with more fields, each a type or (type, Field): they take the place of those of the same name."""
    return _made(kind, worded=worded, name=name, more=more)


def _made(kind: type, *, worded: bool, name: str, more: Mapping[str, Any]) -> type[Shape]:
    hints = get_type_hints(kind)
    given: dict[str, Any] = {}
    for field in fields(kind):
        if field.name in more:
            continue
        hint = _outside(hints[field.name], worded=worded)
        if hasattr(Shape, field.name):  # a word of Pydantic's own, such as "schema"
            given[f"{field.name}_"] = (hint, Field(alias=field.name))
            continue
        given[field.name] = (hint, ...)
        if worded and (words := _words(hints[field.name])) is not None:
            given[f"{field.name}_text"] = words
    for added, what in more.items():
        given[added] = what if isinstance(what, tuple) else (what, ...)
    made: type[Shape] = create_model(name, __base__=Shape, __doc__=kind.__doc__, **given)
    return made


def _words(hint: Any) -> Any:
    kinds = _alternatives(hint)
    if not any(one in _WORDED for one in kinds):
        return None
    # None has no words: the field is left out then.
    return (str, Field(default="")) if type(None) in kinds else (str, ...)


def _alternatives(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)


def _outside(hint: Any, *, worded: bool) -> Any:
    """How a value of this type looks as JSON."""
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return Union[tuple(_outside(one, worded=worded) for one in get_args(hint))]  # noqa: UP007 (made, not written)
    if origin is tuple:
        return list[_outside(get_args(hint)[0], worded=worded)]  # type: ignore[misc]
    if origin is Literal:
        return hint
    if hint is Decimal:
        return Annotated[str, Field(description="Decimal text.")]
    if hint is datetime:
        return Annotated[str, Field(description="ISO 8601, with its zone.")]
    if hint is date:
        return Annotated[str, Field(description="ISO 8601.")]
    if isinstance(hint, type) and is_dataclass(hint):
        return shape_of(hint, worded=worded)
    if origin is not None and issubclass(origin, Mapping):
        return dict[str, Any]
    return hint
