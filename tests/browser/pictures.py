"""Takes the pictures of the page that the README shows: `python -m tests.browser.pictures`.

A real server, the demo shop, the built-in writer, a real browser. The pictures go to docs/images.
"""

import sys
import tempfile
from pathlib import Path

from tests.browser.serving import ROOT, Chat, Server, chromium, open_browser

IMAGES = ROOT / "docs" / "images"

# What a machine with nothing but Linux's fallback font shows is not what readers see: take the one made for Korean.
_FONT = ":root { --text: 'Noto Sans CJK KR', sans-serif; }"

_PICTURES = (
    ("web.png", "en-US", "light", ("How many customers are in Seoul?", "Top 5 products by sales amount")),
    ("web-ko.png", "ko-KR", "dark", ("서울에 사는 고객은 몇 명인가요?", "월별 매출액을 보여 주세요")),
)


def main() -> int:
    """Take them all."""
    executable = chromium()
    if executable is None:
        print("There is no Chromium to take pictures with.", file=sys.stderr)
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory, open_browser(executable) as browser:
        server = Server(Path(directory))
        server.start()
        try:
            for name, locale, scheme, questions in _PICTURES:
                context = browser.new_context(
                    viewport={"width": 1280, "height": 900},
                    locale=locale,
                    timezone_id="Asia/Seoul",
                    color_scheme="dark" if scheme == "dark" else "light",
                    reduced_motion="reduce",
                    bypass_csp=True,
                )
                chat = Chat(context.new_page(), server.origin)
                chat.page.add_style_tag(content=_FONT)
                for question in questions:
                    chat.ask(question)
                chat.page.mouse.move(0, 0)
                chat.page.wait_for_timeout(500)
                chat.page.screenshot(path=IMAGES / name)
                context.close()
        finally:
            server.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
