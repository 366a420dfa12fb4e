"""Whatever goes to Slack, checked against Slack's rules. The numbers are written out here on purpose: they are the
documentation's (docs.slack.dev/reference/block-kit), not the renderer's, so that a wrong constant is found."""

import json
import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.basic_objects import JsonObject
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

Json = Mapping[str, Any]

UNKNOWN_TO_SDK = {"data_table", "data_visualization"}
MESSAGE_ONLY = {"context_actions"}
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
ALLOWED_HIDDEN = "\n\u200c\u200d"
FIELDS_TYPED_BY_PEOPLE = {"value", "initial_value"}
"""They come back as they went out and are shown nowhere, or are edited: tabs and line ends are theirs."""

FORMATS = {
    "bold": re.compile(r"\*"),
    "strike": re.compile(r"~"),
    "code": re.compile(r"`"),
    "italic": re.compile(r"(?<![^\W_])_|_(?![^\W_])"),
    "quote": re.compile(r"^\s*&gt;", re.MULTILINE),
    "emoji": re.compile(r":[^\s:]+:"),
}
LINK = re.compile(r"\w://")
CONTROL = re.compile(r"[<>]|&(?!(?:amp|lt|gt);)")


def length(text: str) -> int:
    return sum(2 if ord(character) > 0xFFFF else 1 for character in text)


def message_problems(text: str, blocks: Sequence[Json]) -> list[str]:
    """Why Slack would refuse a message, or show in it what it must not. Empty: nothing."""
    found = list(_json(blocks)) + list(mrkdwn_problems(text)) + list(_blocks(blocks, 50, "message"))
    if not text.strip():
        found.append("no top-level text")
    if length(text) > 4000:
        found.append(f"top-level text of {length(text)}")
    return found


def view_problems(view: Json) -> list[str]:
    """The same for a modal or a Home tab."""
    found = list(_json(view)) + list(_blocks(view["blocks"], 100, "view"))
    if not view["blocks"]:
        found.append("a view without blocks")
    if len(view.get("private_metadata", "")) > 3000 or len(view.get("callback_id", "")) > 255:
        found.append("private_metadata or callback_id too long")
    for name in ("title", "submit", "close"):
        if name in view:
            found += _text(view[name], 24, name, only_plain=True)
    if view["type"] == "modal" and "title" not in view:
        found.append("a modal without a title")
    if any(block["type"] == "input" for block in view["blocks"]) and "submit" not in view:
        found.append("an input and nothing to submit it")
    if view["type"] == "home" and view.keys() & {"title", "submit", "close"}:
        found.append("a Home tab with a title or buttons")
    return [*found, *_sdk(View(**view))]


def chunk_problems(chunk: Json) -> list[str]:
    """The same for a chunk of a stream."""
    found = list(_json(chunk))
    if chunk["type"] != "task_update" or chunk["status"] not in ("pending", "in_progress", "complete", "error"):
        found.append("not a task_update")
    if not chunk["id"] or not 1 <= length(chunk["title"]) <= 256 or not chunk["title"].strip():
        found.append("id or title of a task")
    return found


def mrkdwn_problems(text: str) -> Iterator[str]:
    """What Slack would parse in a text that it reads as mrkdwn. A block of code around all of it is our own."""
    if found := CONTROL.search(text):
        yield f"control character {found.group()!r} in mrkdwn"
    if LINK.search(text):
        yield "a link in mrkdwn"
    fence = re.fullmatch(r"```\n(.*)\n```(\n[^`]*)?", text, re.DOTALL)
    if fence and "```" not in fence.group(1):
        return
    for name, pattern in FORMATS.items():
        if pattern.search(text):
            yield f"{name} in mrkdwn"


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
                if character == "\t" and name in (*FIELDS_TYPED_BY_PEOPLE, "text"):
                    continue
                yield f"a hidden character U+{ord(character):04X} in {name}"
        if not node.strip() and name != "value":
            yield f"an empty {name}"
    elif isinstance(node, Mapping):
        for key, value in node.items():
            yield from _characters(value, key)
    elif isinstance(node, Sequence):
        for value in node:
            yield from _characters(value, name)


def _blocks(blocks: Sequence[Json], most: int, surface: str) -> Iterator[str]:
    if len(blocks) > most:
        yield f"{len(blocks)} blocks"
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    if len(set(ids)) < len(ids) or any(not 1 <= len(one) <= 255 for one in ids):
        yield "block ids"
    tables: dict[str, int] = {}
    for block in blocks:
        kind = block["type"]
        if kind not in CHECKS:
            yield f"an unknown block {kind}"
            continue
        if surface == "view" and kind in MESSAGE_ONLY:
            yield f"{kind} in a view"
        yield from CHECKS[kind](block)
        if kind in ("table", "data_table"):
            tables[kind] = tables.get(kind, 0) + sum(length(cell["text"]) for row in block["rows"] for cell in row)
        if kind not in UNKNOWN_TO_SDK:
            parsed = Block.parse(dict(block))
            yield from _sdk(parsed) if parsed else [f"slack_sdk does not know {block}"]
    if tables.get("table", 0) > 10_000 or tables.get("data_table", 0) > 20_000:
        yield f"tables of {tables} characters"
    if sum(block["type"] == "data_visualization" for block in blocks) > 2:
        yield "more than two charts"


def _sdk(made: JsonObject) -> Iterator[str]:
    """What slack_sdk's own validators say."""
    try:
        made.to_dict()
    except SlackObjectFormationError as error:
        yield str(error)


def _text(text: Json, most: int, name: str, only_plain: bool = False) -> Iterator[str]:
    if text["type"] not in (("plain_text",) if only_plain else ("plain_text", "mrkdwn")):
        yield f"{name} of type {text['type']}"
    if not 1 <= length(text["text"]) <= most:
        yield f"{name} of {length(text['text'])}"
    if text["type"] == "mrkdwn":
        yield from mrkdwn_problems(text["text"])
    elif text.get("emoji", True):
        yield f"{name} shows :emoji:"


def _rich_text(block: Json) -> Iterator[str]:
    if not block["elements"]:
        yield "rich text of nothing"
    total = 0
    for element in block["elements"]:
        if element["type"] not in ("rich_text_section", "rich_text_preformatted") or not element["elements"]:
            yield f"rich text {element['type']}"
        for piece in element["elements"]:
            if piece["type"] == "text":
                total += length(piece["text"])
            elif piece["type"] != "emoji":
                yield f"{piece['type']} in rich text"
            if piece.keys() - {"type", "text", "name", "style"}:
                yield f"fields of {piece}"
    if total > 3100:  # a piece of 3,000 and what leads it
        yield f"rich text of {total}"


def _header(block: Json) -> Iterator[str]:
    yield from _text(block["text"], 150, "header", only_plain=True)


def _context(block: Json) -> Iterator[str]:
    if not 1 <= len(block["elements"]) <= 10:
        yield f"context of {len(block['elements'])}"
    for element in block["elements"]:
        yield from _text(element, 3000, "context")


def _section(block: Json) -> Iterator[str]:
    yield from _text(block["text"], 3000, "section")


def _actions(block: Json) -> Iterator[str]:
    if not 1 <= len(block["elements"]) <= 25:
        yield f"{len(block['elements'])} actions"
    ids = [element["action_id"] for element in block["elements"]]
    if len(set(ids)) < len(ids):
        yield "the same action_id twice in a block"
    for element in block["elements"]:
        yield from {"button": _button, "overflow": _overflow}.get(element["type"], _select)(element)


def _button(button: Json) -> Iterator[str]:
    yield from _action_id(button)
    yield from _text(button["text"], 75, "button", only_plain=True)
    if length(button["value"]) > 2000:
        yield f"value of {length(button['value'])}"
    if button.get("style", "primary") not in ("primary", "danger"):
        yield "style of a button"


def _action_id(element: Json) -> Iterator[str]:
    if not re.fullmatch(r"cq_[a-z_]+(:\w+)?", element["action_id"]) or len(element["action_id"]) > 255:
        yield f"action_id {element['action_id']}"


def _select(select: Json) -> Iterator[str]:
    if select["type"] != "static_select":
        yield f"element {select['type']}"
    yield from _action_id(select)
    yield from _text(select["placeholder"], 150, "placeholder", only_plain=True)
    if not 1 <= len(select["options"]) <= 100:
        yield f"{len(select['options'])} options"
    yield from _options(select["options"])
    if "initial_option" in select and select["initial_option"] not in select["options"]:
        yield "initial_option is not an option"


def _overflow(menu: Json) -> Iterator[str]:
    yield from _action_id(menu)
    if not 2 <= len(menu["options"]) <= 5:
        yield f"{len(menu['options'])} lines of a menu"
    yield from _options(menu["options"])


def _options(options: Sequence[Json]) -> Iterator[str]:
    for option in options:
        yield from _text(option["text"], 75, "option", only_plain=True)
        if not 1 <= length(option["value"]) <= 150:
            yield f"option's value of {length(option['value'])}"


def _context_actions(block: Json) -> Iterator[str]:
    if not 1 <= len(block["elements"]) <= 5:
        yield f"{len(block['elements'])} context actions"
    for element in block["elements"]:
        yield from _action_id(element)
        for name in ("positive_button", "negative_button"):
            thumb = element[name]
            yield from _text(thumb["text"], 75, name, only_plain=True)
            if length(thumb["value"]) > 2000 or not 1 <= length(thumb["accessibility_label"]) <= 75:
                yield name


def _rows(block: Json, most: int, kinds: tuple[str, ...]) -> Iterator[str]:
    rows = block["rows"]
    if not 2 <= len(rows) <= most:
        yield f"{len(rows)} rows"
    widths = {len(row) for row in rows}
    if len(widths) != 1 or not 1 <= max(widths) <= 20:
        yield f"columns {widths}"
    for row in rows:
        for cell in row:
            if cell["type"] not in kinds:
                yield f"cell of type {cell['type']}"
            if "\n" in cell["text"]:
                yield "a line end in a cell"
            if cell["type"] == "raw_number" and (
                isinstance(cell["value"], bool) or not math.isfinite(cell["value"]) or abs(cell["value"]) > 1e308
            ):
                yield f"number {cell['value']}"


def _table(block: Json) -> Iterator[str]:
    yield from _rows(block, 100, ("raw_text",))
    if len(block["column_settings"]) > 20 or any(
        setting["align"] not in ("left", "center", "right") for setting in block["column_settings"]
    ):
        yield "column settings"


def _data_table(block: Json) -> Iterator[str]:
    yield from _rows(block, 201, ("raw_text", "raw_number"))
    if not 1 <= block["page_size"] <= 100 or not block["caption"]:
        yield "page size or caption"
    if any(cell["type"] != "raw_text" for cell in block["rows"][0]):
        yield "header cells"


def _chart(block: Json) -> Iterator[str]:
    chart = block["chart"]
    if not 1 <= length(block["title"]) <= 50:
        yield "chart title"
    if chart["type"] == "pie":
        yield from _points(chart["segments"], 6)
        if any(point["value"] <= 0 for point in chart["segments"]):
            yield "a slice of nothing"
        return
    if chart["type"] not in ("bar", "line"):
        yield f"chart {chart['type']}"
    names = [series["name"] for series in chart["series"]]
    if not 1 <= len(names) <= 6 or len(set(names)) < len(names) or any(not 1 <= length(name) <= 20 for name in names):
        yield f"series {names}"
    for series in chart["series"]:
        yield from _points(series["data"], 20)
        if [point["label"] for point in series["data"]] != chart["axis_config"]["categories"]:
            yield "points are not the categories"


def _points(points: Sequence[Json], most: int) -> Iterator[str]:
    labels = [point["label"] for point in points]
    if not 1 <= len(points) <= most or len(set(labels)) < len(labels):
        yield f"points {labels}"
    if any(not 1 <= length(label) <= 20 for label in labels):
        yield f"labels {labels}"
    if any(not math.isfinite(point["value"]) for point in points):
        yield "a point that is no number"


def _input(block: Json) -> Iterator[str]:
    yield from _text(block["label"], 2000, "label", only_plain=True)
    if "hint" in block:
        yield from _text(block["hint"], 2000, "hint", only_plain=True)
    element = block["element"]
    if element["type"] in OTHER_INPUTS:
        yield from OTHER_INPUTS[element["type"]](element)
        return
    if element["type"] != "plain_text_input" or not 1 <= element["max_length"] <= 3000:
        yield "input"
    if length(element.get("initial_value", " ")) > element["max_length"]:
        yield "an initial value that is too long"
    yield from _action_id(element)


def _number_input(element: Json) -> Iterator[str]:
    yield from _action_id(element)
    if not isinstance(element["is_decimal_allowed"], bool):
        yield "whether a number may be decimal"
    if "initial_value" in element and not re.fullmatch(r"[+-]?\d+(\.\d+)?", element["initial_value"], re.ASCII):
        yield f"number {element['initial_value']}"


def _datepicker(element: Json) -> Iterator[str]:
    yield from _action_id(element)
    if "initial_date" in element and not re.fullmatch(r"\d{4}-\d\d-\d\d", element["initial_date"], re.ASCII):
        yield f"day {element['initial_date']}"


def _checkboxes(element: Json) -> Iterator[str]:
    yield from _action_id(element)
    if not 1 <= len(element["options"]) <= 10:
        yield f"{len(element['options'])} boxes"
    yield from _options(element["options"])
    if any(chosen not in element["options"] for chosen in element.get("initial_options", ())):
        yield "initial_options are no options"


def _users_select(element: Json) -> Iterator[str]:
    yield from _action_id(element)
    yield from _text(element["placeholder"], 150, "placeholder", only_plain=True)


def _conversations_select(element: Json) -> Iterator[str]:
    yield from _users_select(element)
    included = element.get("filter", {}).get("include", ["public"])
    if not included or not set(included) <= {"im", "mpim", "private", "public"}:
        yield f"filter {included}"


OTHER_INPUTS = {
    "conversations_select": _conversations_select,
    "static_select": _select,
    "number_input": _number_input,
    "datepicker": _datepicker,
    "checkboxes": _checkboxes,
    "users_select": _users_select,
}

CHECKS = {
    "rich_text": _rich_text,
    "header": _header,
    "context": _context,
    "section": _section,
    "actions": _actions,
    "context_actions": _context_actions,
    "table": _table,
    "data_table": _data_table,
    "data_visualization": _chart,
    "input": _input,
}
