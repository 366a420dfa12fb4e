"""The web door: one page in a browser, and the routes it speaks to. Start at `app`."""

from adapters.web.app import create_app
from adapters.web.settings import WebSettings

__all__ = ["WebSettings", "create_app"]
