"""A message of Slack's as somebody sees it. Pure: JSON in, what is shown out."""

import html
from collections.abc import Iterator
from typing import Any

from tests.adapters.slack.whole import is_reply
from tests.scenarios.reading import facts_in
from tests.scenarios.stage import View

Json = dict[str, Any]


def is_answer(message: Json) -> bool:
    """Whether it is the answer to a question."""
    return is_reply(message.get("blocks") or ())


def is_progress(message: Json) -> bool:
    """Whether it only shows that an answer is being made."""
    return any(str(block.get("block_id", "")).startswith("cq_progress_") for block in message.get("blocks") or ())


def shown(message: Json, *, alone: bool) -> View:
    """What a message shows."""
    found: Json = {}
    for block in message.get("blocks") or ():
        match block["type"]:
            case "table" | "data_table":
                header, *rows = [tuple(cell["text"] for cell in row) for row in block["rows"]]
                found |= {"header": header, "rows": tuple(rows)}
            case "data_visualization":
                found["chart"] = block["chart"]["type"]
            case "header":
                found["chart"] = "figure"
            case "context" if facts := facts_in(block["elements"][0]["text"].split(" · ")):
                found["facts"] = facts
    elements = list(_elements(message))
    choices = [one["text"]["text"] for one in elements if one["action_id"].startswith("cq_choose")]
    return View(
        words(message), buttons=tuple(buttons(message)), choices=tuple(choices), alone=alone, handle=message, **found
    )


def words(message: Json) -> str:
    """Every word of a message: its blocks, or the text of one that has none."""
    blocks = message.get("blocks")
    return "\n".join(_texts(blocks)) if blocks else html.unescape(message["text"])


def preformatted(message: Json) -> str:
    """What stands in boxes of a fixed width."""
    boxes = [
        element
        for block in message.get("blocks") or ()
        if block["type"] == "rich_text"
        for element in block["elements"]
        if element["type"] == "rich_text_preformatted"
    ]
    return "".join(_texts(boxes))


def buttons(message: Json) -> Iterator[str]:
    """The names of the buttons, feedback's two by their own."""
    for element in _elements(message):
        name = element["action_id"].removeprefix("cq_").partition(":")[0]
        if name == "feedback":
            values = (element.get(which, element)["value"] for which in ("positive_button", "negative_button"))
            yield from dict.fromkeys(value.partition("|")[0] for value in values)
        else:
            yield name


def named(message: Json, name: str, value: str = "") -> Json:
    """A button or a menu by its name; `value`: how what it sends begins."""
    return next(
        one
        for one in _elements(message)
        if one["action_id"].partition(":")[0] == f"cq_{name}" and str(one.get("value", "")).startswith(value)
    )


def entries(message: Json) -> Iterator[tuple[str, Json]]:
    """The lines of a list, by their title in bold, and what may be pressed below each."""
    title = ""
    for block in message["blocks"]:
        if block["type"] == "rich_text":
            pieces = block["elements"][0]["elements"]
            title = next((one["text"].strip() for one in pieces if one.get("style", {}).get("bold")), title)
        elif block["type"] == "actions" and title:
            yield title, {**message, "blocks": [block]}
            title = ""


def _elements(message: Json) -> Iterator[Json]:
    for block in message.get("blocks") or ():
        if block["type"] in ("actions", "context_actions"):
            yield from (one for one in block["elements"] if "action_id" in one)


def _texts(shown: Any) -> Iterator[str]:
    """All texts of blocks, in order."""
    if isinstance(shown, list):
        for one in shown:
            yield from _texts(one)
    elif isinstance(shown, dict):
        for key, value in shown.items():
            if isinstance(value, str):
                if key in ("text", "title", "caption"):
                    yield value
            else:
                yield from _texts(value)
