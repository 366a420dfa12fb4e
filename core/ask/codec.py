"""Questions and replies as JSON and back, for the store. Cells are JSON scalars already, so nothing is lost."""

from pydantic import TypeAdapter

from core.chat import Question, Reply

_QUESTION = TypeAdapter(Question)
_REPLY = TypeAdapter(Reply)


def question_to_json(question: Question) -> object:
    """A question as JSON values."""
    return _QUESTION.dump_python(question, mode="json")


def question_from_json(stored: object) -> Question:
    """The question that was stored."""
    return _QUESTION.validate_python(stored, strict=False)


def reply_to_json(reply: Reply) -> object:
    """A reply as JSON values."""
    return _REPLY.dump_python(reply, mode="json")


def reply_from_json(stored: object) -> Reply:
    """The reply that was stored."""
    return _REPLY.validate_python(stored, strict=False)
