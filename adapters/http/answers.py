"""JSON answers."""

import json

from starlette.responses import Response


class JsonResponse(Response):
    """JSON of whatever a database holds: a text that is no valid Unicode loses its bad characters, not the answer."""

    media_type = "application/json"

    def render(self, content: object) -> bytes:
        """The body."""
        return to_json(content)


def to_json(content: object) -> bytes:
    """One line of UTF-8. Raises ValueError for NaN and infinities, which JSON does not know."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode("utf-8", "replace")


def attachment(name: str) -> dict[str, str]:
    """The header of an answer that is to be kept as a file. `name` is ours: letters, digits, hyphens and a dot."""
    return {"content-disposition": f'attachment; filename="{name}"'}
