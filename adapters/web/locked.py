"""The page for somebody without the token: it says in every language how to come in."""

from html import escape

from starlette.responses import HTMLResponse

from core.locale import LANGUAGES, say

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Colloquery</title>
<link rel="icon" href="static/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="static/style.css">
</head>
<body class="locked">
<main>
<img src="static/icon.svg" alt="" width="56" height="56">
{sections}
</main>
</body>
</html>
"""

_SECTION = """<section lang="{lang}">
<h1>{title}</h1>
<p>{text}</p>
<p><a href="./">{again}</a></p>
</section>"""


def response() -> HTMLResponse:
    """The 401 page.

    It links to itself: a browser that came here from another site did not send its strict cookie, and does after one
    click.
    """
    sections = "\n".join(
        _SECTION.format(
            lang=language,
            title=escape(say(language, "web.locked.title")),
            text=escape(say(language, "web.locked.text")),
            again=escape(say(language, "web.locked.again")),
        )
        for language in LANGUAGES
    )
    return HTMLResponse(_PAGE.format(sections=sections), status_code=401)
