"""Forms that were sent: changed SQL to run, a reason. What is wrong is said in the form."""

from typing import Any

from slack_bolt.async_app import AsyncApp

from adapters.slack.door import Door
from adapters.slack.modals import EDIT, INPUT_ACTION, INPUT_BLOCK, REASON
from core.errors import ColloqueryError
from core.locale import error_words


def register(app: AsyncApp, door: Door) -> None:
    """Listen to the forms."""

    async def edited(ack: Any, body: dict[str, Any], view: dict[str, Any]) -> None:
        actor = await door.presser(body)
        question_id, sql = str(view["private_metadata"]), _typed(view)
        await ack()
        door.spawn(door.run_edited(question_id, actor, sql, key=str(view["id"])))

    async def reasoned(ack: Any, body: dict[str, Any], view: dict[str, Any]) -> None:
        actor = await door.presser(body)
        question_id = str(view["private_metadata"])
        await _in_form(ack, actor.locale, door.service.feedback(question_id, actor, False, _typed(view)))

    app.view(EDIT)(edited)
    app.view(REASON)(reasoned)


async def _in_form(ack: Any, locale: str, work: Any) -> None:
    """Do it before the form closes: what is refused is said beside the input, and nothing typed is lost."""
    try:
        await work
    except ColloqueryError as error:
        await ack(response_action="errors", errors={INPUT_BLOCK: " ".join(filter(None, error_words(locale, error)))})
    else:
        await ack()


def _typed(view: dict[str, Any]) -> str:
    return str(view["state"]["values"][INPUT_BLOCK][INPUT_ACTION].get("value") or "")
