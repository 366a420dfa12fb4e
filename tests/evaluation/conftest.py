"""The demo shop and a house whose door is the evaluation's."""

from pathlib import Path

import pytest

from tests.houses import make_shop


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo shop; nothing writes into it."""
    return make_shop(tmp_path_factory.mktemp("shop") / "shop.db")
