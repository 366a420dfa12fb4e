"""A reply as the page draws it, from its JSON. Pure."""

from typing import Any

from tests.scenarios.stage import View

Json = dict[str, Any]


def shown(reply: Json) -> View:
    """What somebody sees of a reply."""
    said: list[str] = []
    found: Json = {}
    for part in reply["parts"]:
        match part["part"]:
            case "text":
                said.append(part["text"])
            case "notice":
                said += [part["text"], part["hint"]]
            case "table":
                header = tuple(one["name"] for one in part["columns"])
                rows = tuple(tuple("–" if cell is None else cell for cell in row) for row in part["cells"])
                said += [" ".join(row) for row in (header, *rows)]
                found |= {"header": header, "rows": rows}
            case "chart":
                said.append(part["title"])
                found["chart"] = part["kind"]
            case "facts":
                found["facts"] = {one["label"]: one["value"] for one in part["items"]}
                said += [f"{one['label']}: {one['value']}" for one in part["items"]]
            case "choices":
                said.append(part["prompt"])
                found["choices"] = tuple(one["label"] for one in part["options"])
            case "actions":
                found["buttons"] = tuple(one["name"] for one in part["items"])
    return View("\n".join(filter(None, said)), handle=reply, **found)
