"""A message of Teams' as somebody sees it. Pure: what was posted in, what is shown out."""

import html
from typing import Any

from adapters.teams.escape import JOINER
from tests.adapters.teams.server import Posted
from tests.scenarios.reading import facts_in
from tests.scenarios.stage import View
from tests.scenarios.teams_line import buttons, elements

Json = dict[str, Any]

_CHARTS = {
    "Chart.Line": "line",
    "Chart.Pie": "pie",
    "Chart.VerticalBar": "bar",
    "Chart.VerticalBar.Grouped": "bar",
    "Chart.HorizontalBar": "bar",
}
_READ_AS = str.maketrans({"∗": "*", "ˍ": "_", "∼": "~", "ˋ": "`", JOINER: None})
"""Signs that look alike, as they are read."""
_CONSENT = "application/vnd.microsoft.teams.card.file.consent"


def shown(posted: Posted, *, alone: bool) -> View:
    """What a message shows."""
    drawn = list(elements(posted.cards))
    found: Json = {}
    for element in drawn:
        if element["type"] == "Table":
            header, *rows = [tuple(_text(cell) for cell in row["cells"]) for row in element["rows"]]
            found |= {"header": header, "rows": tuple(rows)}
        elif element["type"] in _CHARTS:
            found["chart"] = _CHARTS[element["type"]]
        elif element["type"] == "RichTextBlock" and element["inlines"][0].get("size") == "Large":
            found["chart"] = "figure"
        elif facts := facts_in(_text(element).split(" · ")):
            found["facts"] = facts
    thumbs = ("good", "bad") if posted.activity.get("channelData", {}).get("feedbackLoop") else ()
    choices = [one["title"] for one in buttons(posted.cards) if one["data"]["cq"] == "choose"]
    return View(
        words(posted),
        buttons=(*names(posted), *thumbs),
        choices=tuple(choices),
        alone=alone,
        handle=posted,
        **found,
    )


def names(posted: Posted) -> list[str]:
    """The names of its buttons."""
    return [str(one["data"]["cq"]) for one in buttons(posted.cards)]


def words_of(card: Json) -> str:
    """Every word of a card."""
    return "\n".join(_text(one) for one in elements(card) if one["type"] in ("RichTextBlock", *_CHARTS))


def words(posted: Posted) -> str:
    """Every word of a message: its text, and its card's."""
    text = html.unescape(posted.text).translate(_READ_AS).replace(" [1]", "")
    return "\n".join([text, *map(words_of, posted.cards)])


def code(posted: Posted) -> str:
    """What stands in boxes of code."""
    found = (one for card in posted.cards for one in elements(card) if one["type"] == "CodeBlock")
    return "".join(str(one["codeSnippet"]) for one in found)


def consent(posted: Posted) -> Json | None:
    """What a message asks that offers a file; None for any other."""
    attachments = posted.activity.get("attachments") or ()
    return next((one for one in attachments if one["contentType"] == _CONSENT), None)


def entry(posted: Posted, title: str) -> Json:
    """The line of a list that has this title."""
    lines = (one for card in posted.cards for one in elements(card) if one["type"] == "Container")
    return next(one for one in lines if one["items"] and _text(one["items"][0]) == title)


def titles(posted: Posted) -> tuple[str, ...]:
    """The titles of a list's lines."""
    lines = [one for card in posted.cards for one in card["body"] if one["type"] == "Container"]
    return tuple(_text(one["items"][0]) for one in lines)


def _text(element: Json) -> str:
    """The text of one element, as it is read."""
    if element["type"] == "TableCell":
        return "".join(map(_text, element["items"]))
    if element["type"] in _CHARTS:
        return str(element["title"])
    return "".join(one["text"] for one in element.get("inlines", ())).translate(_READ_AS)
