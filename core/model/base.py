"""What writes SQL: a model over HTTP, or the built-in writer. Both take a `Request` and give a `Written`.

A model can also complete a prompt about something else (`Completer`); the built-in writer cannot.
"""

from dataclasses import dataclass
from datetime import date
from typing import Protocol, runtime_checkable

from core.errors import ModelFailed
from core.schema import Linked


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens that a model's server reported."""

    prompt_tokens: int = 0
    completion_tokens: int = 0

    @property
    def total_tokens(self) -> int:
        """Both together."""
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is sent to a model: the two messages, their tokens counted offline, and the most it may answer."""

    system: str
    user: str
    tokens: int
    max_output: int


@dataclass(frozen=True, slots=True)
class Previous:
    """The question before this one in the thread, and the SQL it became. Never its rows."""

    question: str
    sql: str


@dataclass(frozen=True, slots=True)
class Request:
    """A question to be written as SQL."""

    question: str
    linked: Linked
    today: date
    """In the asker's time zone: what "this month" means."""
    previous: Previous | None = None
    prompt: Prompt | None = None
    """Set when the writer asked for one (`Writer.wants_prompt`)."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a writer wrote for a question, and what it cost."""

    sql: str
    """The built-in writer: one SELECT in the dialect of `Request.linked`. A model: its text as it came, perhaps in a
    code fence or with a refusal in place of SQL; `core.ask.prompt.reading` reads it before anything else does. Of a
    `Completer`, the text that answers its prompt."""
    usage: Usage
    model: str
    """The model as its server named it; "built-in" for the built-in writer."""


class Writer(Protocol):
    """Turns a question into SQL, or says plainly that it cannot."""

    wants_prompt: bool

    async def write(self, request: Request) -> Written:
        """Write the SQL.

        Raises `core.errors.BeyondWriter` when the question is beyond it, and `core.errors.ModelFailed` when the
        model is down or answers nonsense; either carries `usage` in its details when tokens were spent.
        """
        ...

    async def aclose(self) -> None:
        """Let go of whatever it holds open."""
        ...


@runtime_checkable
class Completer(Protocol):
    """A model that answers any prompt with text."""

    @property
    def model(self) -> str:
        """The model's name, as it is asked for and priced."""
        ...

    async def complete(self, prompt: Prompt, seconds: float | None = None) -> Written:
        """Its text, unread. `seconds` bounds the wall clock instead of the time a question may take.

        Raises `core.errors.ModelFailed`, with `usage` in its details when tokens were spent.
        """
        ...


def completer(writer: Writer) -> Completer:
    """The model behind a writer. Raises `ModelFailed` (model.none_configured) for the built-in writer."""
    if isinstance(writer, Completer):
        return writer
    raise ModelFailed("model.none_configured")
