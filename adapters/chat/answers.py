"""What may be done with an answer, done: the same in every chat."""

from adapters.chat.text import code, size
from core.ask.service import Service
from core.chat import Actor
from core.locale import format_number, say


def edit_refusal(sql: str, most: int, locale: str) -> str:
    """Why SQL cannot be changed in a field that holds `most` UTF-16 units; empty when it can."""
    length = size(code(sql))
    if length <= most:
        return ""
    return say(locale, "chat.edit.too_long", length=format_number(locale, length), most=format_number(locale, most))


async def judge(service: Service, actor: Actor, value: str) -> tuple[str, bool]:
    """Keep a verdict, `good|<question>` or `bad|<question>`: the question, and whether it was good."""
    verdict, _, question_id = value.partition("|")
    good = verdict == "good"
    await service.feedback(question_id, actor, good=good)
    return question_id, good
