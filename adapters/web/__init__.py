"""The web door: the pages in a browser, and the cookies of those who sign in there. Start at `app`."""

from adapters.web.app import create_app

__all__ = ["create_app"]
