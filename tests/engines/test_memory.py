"""A result of a million rows is cut without being read into memory."""

import pytest

from core.engines.base import ServerKind
from tests.bench.bench_rows import KINDS, LIMIT, measure


@pytest.mark.parametrize("kind", KINDS)
def test_a_million_rows_stay_flat(kind: ServerKind, request: pytest.FixtureRequest) -> None:
    if kind != "sqlite":
        request.getfixturevalue(kind)
    figures = measure(kind, "cut")
    assert figures["rows"] == LIMIT
    assert figures["mb"] < 300
