"""Forms that were sent: changed SQL to run, a reason, a connection. What is wrong is said in the form."""

from typing import Any

from slack_bolt.async_app import AsyncApp

from adapters.slack.command_pages import health_words
from adapters.slack.connection_form import CONNECTION, read, render_connection_form, render_told
from adapters.slack.door import Door
from adapters.slack.modals import EDIT, INPUT_ACTION, INPUT_BLOCK, REASON, render_loading_modal
from core.chat import Actor
from core.errors import ColloqueryError
from core.locale import error_words


def register(app: AsyncApp, door: Door) -> None:
    """Listen to the forms."""

    async def edited(ack: Any, body: dict[str, Any], view: dict[str, Any]) -> None:
        actor = await door.directory.actor(str(body["user"]["id"]))
        question_id, sql = str(view["private_metadata"]), _typed(view)
        await ack()
        door.spawn(door.run_edited(question_id, actor, sql, key=str(view["id"])))

    async def reasoned(ack: Any, body: dict[str, Any], view: dict[str, Any]) -> None:
        actor = await door.directory.actor(str(body["user"]["id"]))
        question_id = str(view["private_metadata"])
        await _in_form(ack, actor.locale, door.service.feedback(question_id, actor, False, _typed(view)))

    async def connected(ack: Any, body: dict[str, Any], view: dict[str, Any]) -> None:
        actor = await door.directory.actor(str(body["user"]["id"]))
        # Reaching a database takes longer than Slack waits: the form says so meanwhile, and then what came of it.
        await ack(response_action="update", view=render_loading_modal(actor.locale))
        door.spawn(_connect(door, actor, view))

    app.view(CONNECTION)(connected)
    app.view(EDIT)(edited)
    app.view(REASON)(reasoned)


async def _connect(door: Door, actor: Actor, view: dict[str, Any]) -> None:
    """Try and keep the connection; the form says what came of it. What was typed is there again when it failed."""
    typed, where = read(view), str(view["private_metadata"])
    try:
        health = await door.service.add_connection(actor, typed.connection())
    except ColloqueryError as error:
        wrong = " ".join(filter(None, error_words(actor.locale, error)))
        shown = render_connection_form(where, typed, actor.locale, wrong)
    else:
        shown = render_told(health_words(health, actor.locale), actor.locale)
    await door.calls.do(door.client.views_update, view_id=str(view["id"]), view=shown)


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
