"""The same house and browser as the pages have."""

from tests.adapters.web.conftest import client, web_house, web_shop

__all__ = ["client", "web_house", "web_shop"]
