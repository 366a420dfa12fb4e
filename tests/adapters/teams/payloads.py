"""Whatever goes to Teams, checked against Microsoft's own models of cards and against the platform's rules. The numbers
are written out here on purpose: they are the documentation's and the house's, not the renderer's, so that a wrong
constant is found."""

import inspect
import json
import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from microsoft_teams.cards import core as models
from pydantic import BaseModel, ValidationError

Json = Mapping[str, Any]

CARD = "application/vnd.microsoft.card.adaptive"
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
JOINER = "\u2060"
ALLOWED_HIDDEN = f"\n\u200c\u200d{JOINER}"
FIELDS_TYPED_BY_PEOPLE = {"value", "codeSnippet", "v"}
"""They come back as they went out or are code: tabs are theirs."""

USED = {
    *("AdaptiveCard", "RichTextBlock", "TextRun", "Container", "ColumnSet", "Column", "ActionSet", "CodeBlock"),
    *("Table", "TableRow", "TableCell", "Chart.Line", "Chart.Pie", "Chart.VerticalBar", "Chart.VerticalBar.Grouped"),
    *("Chart.HorizontalBar", "Input.Text", "Input.Number", "Input.ChoiceSet", "Input.Toggle", "Input.Date"),
    *("Action.Submit", "Action.OpenUrl", "Action.ToggleVisibility"),
}
"""What we make cards of. No TextBlock and no FactSet: they read Markdown."""

MODELS = {
    model.model_fields["type"].default: model
    for _, model in inspect.getmembers(models, inspect.isclass)
    if issubclass(model, BaseModel) and "type" in model.model_fields
}
BASES = (models.CardElement, models.Action, models.ContainerLayout)

FORMATS = {
    "a sign that formats": re.compile(r"[*_~`]|\\(?!\u2060)"),
    "a tag": re.compile(r"[<>]"),
    "an entity": re.compile(r"&(?!(?:amp|lt|gt);)"),
    "a bracket": re.compile(r"[\[\]](?!\u2060)"),
    "a link": re.compile(r"://|\w\.[^\W\d_]"),
    "joined lines": re.compile(r"(?<!\n)\n(?!\n)"),
    "a line that begins with no letter": re.compile(r"^[^\w\u2060\n]|^\d", re.MULTILINE),
}


def length(text: str) -> int:
    """In UTF-16 units."""
    return sum(2 if ord(character) > 0xFFFF else 1 for character in text)


def weight(payload: object) -> int:
    """The bytes that Teams counts."""
    return 2 * length(json.dumps(payload, ensure_ascii=False))


def activity_problems(activity: Json, *, streamed: bool = False) -> list[str]:
    """Why Teams would refuse an activity, or show in it what it must not. Empty: nothing. `streamed`: it ends a stream,
    the one place where a text and a card are one message.
    """
    found = [*_json(activity), *_label(activity), *_suggested(activity)]
    if activity.keys() - {
        *("type", "text", "textFormat", "summary", "attachments", "entities", "channelData", "suggestedActions")
    }:
        found.append(f"fields {sorted(activity)}")
    if activity["type"] != "message":
        found.append("type of an activity")
    if weight(activity) > 80 * 1024 - 2048:  # room for addresses
        found.append(f"an activity of {weight(activity)} bytes")
    alone = bool(activity.get("attachments")) and not streamed
    if ("text" in activity) == alone or activity.get("textFormat") != (None if alone else "markdown"):
        found.append("a text beside a card" if alone else "no text of the right format")
    text = activity.get("text", "a")
    if not 1 <= length(text) <= 4000:
        found.append(f"a text of {length(text)}")
    if "summary" in activity and (length(activity["summary"]) > 200 or "\n" in activity["summary"]):
        found.append("a summary")
    cited = any("citation" in entity for entity in activity.get("entities", ()))
    if cited and alone:
        found.append("a citation of a text that is not there")
    found += markdown_problems(_without_mark(text) if cited else text)
    if len(activity.get("attachments", ())) > 1:
        found.append("more than one card")
    for attachment in activity.get("attachments", ()):
        if attachment["contentType"] != CARD:
            found.append(f"attachment {attachment['contentType']}")
        found += card_problems(attachment["content"])
    return found


def markdown_problems(text: str) -> Iterator[str]:
    """What Teams would parse in a text that it reads as Markdown. A block of code around all of it is our own."""
    fence = re.fullmatch(r"```\n(.*)\n```(?:\n\n([^`]*))?", text, re.DOTALL)
    if fence:
        if re.search(r"```|<(?=[a-zA-Z/!?])|&(?=[#\w])|://", fence[1]):
            yield "something in a block of code that ends it, a tag or a link"
        text = fence[2] or "a"
    for name, pattern in FORMATS.items():
        if found := pattern.search(text):
            yield f"{name}: {text[max(0, found.start() - 10) : found.end() + 10]!r}"


def card_problems(card: Json) -> list[str]:
    """Why Teams would refuse a card, by Microsoft's models and beyond them."""
    found = [*_json(card), *_models(card)]
    if found:
        return found  # the rest reads what is of the right shape
    if card.get("version") != "1.5" or card.get("type") != "AdaptiveCard" or not card.get("body"):
        found.append("a card without version, type or body")
    if len(card.get("actions", ())) > 6:
        found.append("more than 6 actions of a card")
    nodes = list(_nodes(card))
    ids = [node["id"] for node in nodes if "id" in node]
    if len(set(ids)) < len(ids):
        found.append(f"ids {ids}")
    for node in nodes:
        if node["type"] not in USED:
            found.append(f"an element {node['type']}")
        found += CHECKS.get(node["type"], _nothing)(node)
        if node["type"] == "Action.ToggleVisibility" and set(node["targetElements"]) - set(ids):
            found.append(f"nothing to show: {node['targetElements']}")
    if sum(node["type"].startswith("Chart.") for node in nodes) > 2:
        found.append("more than two charts")
    return found


def shown(node: object) -> str:
    """Every text of a card that people see, in order, without word joiners. A client draws an element or its
    fallback, so that the fallback is left out."""
    return " ".join(_shown(node)).replace(JOINER, "")


def _shown(node: object) -> Iterator[str]:
    if isinstance(node, Mapping):
        for name, value in node.items():
            if isinstance(value, str) and name in ("text", "title", "codeSnippet", "x", "legend", "label"):
                yield value
            elif name not in ("fallback", "data") or (name == "data" and isinstance(value, list)):
                yield from _shown(value)
    elif isinstance(node, Sequence) and not isinstance(node, str):
        for value in node:
            yield from _shown(value)


def _without_mark(text: str) -> str:
    """The text without the one place that refers to the citation."""
    return "no citation [0]" if text.count("[1]") != 1 else text.replace(" [1]", "")


def _json(payload: object) -> Iterator[str]:
    try:
        json.dumps(payload, allow_nan=False, ensure_ascii=False).encode()
    except ValueError as error:
        yield f"no JSON: {error}"
    yield from _characters(payload, "")


def _characters(node: object, name: str) -> Iterator[str]:
    if isinstance(node, str):
        for character in node:
            if unicodedata.category(character) in HIDDEN and character not in ALLOWED_HIDDEN:
                if character == "\t" and name in FIELDS_TYPED_BY_PEOPLE:
                    continue
                yield f"a hidden character U+{ord(character):04X} in {name}"
        if not node.strip() and name not in FIELDS_TYPED_BY_PEOPLE:
            yield f"an empty {name}"
    elif isinstance(node, Mapping):
        for key, value in node.items():
            yield from _characters(value, key)
    elif isinstance(node, Sequence):
        for value in node:
            yield from _characters(value, name)


def _models(node: Json) -> Iterator[str]:
    """Microsoft's models take any field and look into no element: here each element is read by the model of its own
    type, and a field that no model names is a problem."""
    model = MODELS.get(node.get("type", ""))
    if model is None:
        yield f"no model of {node.get('type')}"
        return
    given = {name: value for name, value in node.items() if name != "$schema" or node["type"] != "AdaptiveCard"}
    try:
        parsed = model.model_validate(given, strict=True)
    except ValidationError as error:
        yield f"{node['type']}: {error}"
        return
    yield from _fields(parsed)


def _fields(parsed: BaseModel) -> Iterator[str]:
    if type(parsed) in BASES:
        yield from _models(parsed.model_extra or {})
        return
    if parsed.model_extra and not isinstance(parsed, models.SubmitActionData):
        yield f"{type(parsed).__name__} has no {sorted(parsed.model_extra)}"
    for name in type(parsed).model_fields:
        value = getattr(parsed, name)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, BaseModel):
                yield from _fields(one)


def _nodes(node: object) -> Iterator[Json]:
    """Every element and action of a card. What a button sends is no element."""
    if isinstance(node, Mapping):
        if "type" in node:
            yield node
        for name, value in node.items():
            if not (name == "data" and isinstance(value, Mapping)) and name != "msteams":
                yield from _nodes(value)
    elif isinstance(node, Sequence) and not isinstance(node, str):
        for value in node:
            yield from _nodes(value)


def _nothing(_: Json) -> Iterator[str]:
    yield from ()


def _label(activity: Json) -> Iterator[str]:
    entities = activity.get("entities", [])
    if [entity["type"] for entity in entities] not in ([], ["https://schema.org/Message"]):
        yield f"entities {entities}"
    if bool(entities) != (activity.get("channelData") == {"feedbackLoop": {"type": "default"}}):
        yield "a label without thumbs, or thumbs without a label"
    for entity in entities:
        if (entity["@type"], entity["@context"]) != ("Message", "https://schema.org"):
            yield "the label"
        if entity["additionalType"] != ["AIGeneratedContent"] or len(entity.get("citation", ())) > 20:
            yield "the label's type, or its citations"
        for number, claim in enumerate(entity.get("citation", ()), 1):
            about = claim["appearance"]
            if (claim["@type"], claim["position"], about["@type"]) != ("Claim", number, "DigitalDocument"):
                yield f"claim {claim}"
            if not 1 <= length(about["name"]) <= 80 or not 1 <= length(about["abstract"]) <= 160:
                yield f"claim {claim}"


def _suggested(activity: Json) -> Iterator[str]:
    suggested = activity.get("suggestedActions", {"actions": [{"type": "imBack", "title": "a", "value": "a"}]})
    if not 1 <= len(suggested["actions"]) <= 3:
        yield f"{len(suggested['actions'])} suggested actions"
    for one in suggested["actions"]:
        if one["type"] != "imBack" or not 1 <= length(one["title"]) <= 40 or not 1 <= length(one["value"]) <= 300:
            yield f"suggested action {one}"


def _rich_text(block: Json) -> Iterator[str]:
    if not block["inlines"] or any(isinstance(one, str) or one["type"] != "TextRun" for one in block["inlines"]):
        yield "rich text of nothing, or of strings"


def _text_run(run: Json) -> Iterator[str]:
    most = 10_000 if run.get("fontType") == "Monospace" else 3000
    if not 1 <= length(run["text"]) <= most:
        yield f"a run of {length(run['text'])}"
    if "{{" in run["text"]:
        yield "a moment that a client works out"


def _code(block: Json) -> Iterator[str]:
    if not 1 <= length(block["codeSnippet"]) <= 10_000 or block["fallback"]["type"] != "RichTextBlock":
        yield "a box of code"


def _container(container: Json) -> Iterator[str]:
    if not container["items"]:
        yield "a container of nothing"
    if container.get("isVisible") is False and "id" not in container:
        yield "folded for ever"


def _table(table: Json) -> Iterator[str]:
    widths = {len(row["cells"]) for row in table["rows"]}
    if not 2 <= len(table["rows"]) <= 16:
        yield f"{len(table['rows'])} rows"
    if widths != {len(table["columns"])} or not 1 <= max(widths) <= 6:
        yield f"columns {widths}"
    for row in table["rows"]:
        for cell in row["cells"]:
            texts = [run["text"] for item in cell["items"] for run in item["inlines"]]
            if len(texts) != 1 or length(texts[0].replace(JOINER, "")) > 200 or "\n" in texts[0]:
                yield f"cell {texts}"


def _actions(row: Json) -> Iterator[str]:
    if not 1 <= len(row["actions"]) <= 6:
        yield f"{len(row['actions'])} actions"


def _button(button: Json) -> Iterator[str]:
    if not 1 <= length(button["title"]) <= 40:
        yield f"title of {length(button['title'])}"
    data = button.get("data")
    if button["type"] != "Action.Submit":
        return
    if not isinstance(data, Mapping) or not re.fullmatch(r"[a-z_]+", data["cq"]) or length(data["v"]) > 2000:
        yield f"data {data}"
    elif data.get("msteams", {"type": "task/fetch"}) != {"type": "task/fetch"}:
        yield f"msteams {data['msteams']}"


def _chart(chart: Json) -> Iterator[str]:
    if not 1 <= length(chart["title"].replace(JOINER, "")) <= 100 or chart["fallback"]["type"] != "RichTextBlock":
        yield "title or fallback of a chart"
    flat = chart["type"] in ("Chart.VerticalBar", "Chart.HorizontalBar")
    groups = [chart["data"]] if flat or chart["type"] == "Chart.Pie" else [one["values"] for one in chart["data"]]
    names = [] if flat or chart["type"] == "Chart.Pie" else [one["legend"] for one in chart["data"]]
    if (
        not 1 <= len(groups) <= 10
        or len(set(names)) < len(names)
        or any(not 1 <= length(one.replace(JOINER, "")) <= 40 for one in names)
    ):
        yield f"series {names}"
    most = {"Chart.Line": 100, "Chart.Pie": 12}.get(chart["type"], 50)
    label, value = ("legend", "value") if chart["type"] == "Chart.Pie" else ("x", "y")
    for points in groups:
        labels = [point[label] for point in points]
        if not 1 <= len(points) <= most or len(set(labels)) < len(labels):
            yield f"points {labels}"
        if any(not 1 <= length(one.replace(JOINER, "")) <= 40 for one in labels):
            yield f"labels {labels}"
        if any(not math.isfinite(point[value]) for point in points):
            yield "a point that is no number"
        if chart["type"] == "Chart.Pie" and any(point[value] <= 0 for point in points):
            yield "a slice of nothing"


def _input(field: Json) -> Iterator[str]:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", field["id"]):
        yield f"id {field['id']}"
    if not field.get("label", field.get("title")):
        yield "a field without a label"
    if field["type"] == "Input.Text" and length(field.get("value", "")) > field["maxLength"]:
        yield "a value that is too long"
    if field.get("style") == "Password" and "value" in field:
        yield "a secret that is shown"
    if field["type"] == "Input.ChoiceSet":
        values = [one["value"] for one in field["choices"]]
        if not 1 <= len(values) <= 100 or len(set(values)) < len(values):
            yield f"choices {values}"
        if field.get("value", values[0]) not in values:
            yield "a chosen value that is no choice"


CHECKS = {
    "RichTextBlock": _rich_text,
    "TextRun": _text_run,
    "CodeBlock": _code,
    "Container": _container,
    "Table": _table,
    "ActionSet": _actions,
    **dict.fromkeys(("Action.Submit", "Action.OpenUrl", "Action.ToggleVisibility"), _button),
    **dict.fromkeys([kind for kind in USED if kind.startswith("Chart.")], _chart),
    **dict.fromkeys([kind for kind in USED if kind.startswith("Input.")], _input),
}
