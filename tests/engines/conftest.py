"""Fixtures: the three live servers, and a fresh database on each."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from core.engines.base import Session, Target
from core.engines.registry import engine
from tests.engines.servers import URLS, Database, Server, find, fresh, old_mysql


@pytest.fixture(scope="session")
def postgresql() -> Server:
    return find("postgresql")


@pytest.fixture(scope="session")
def mariadb() -> Server:
    return find("mariadb")


@pytest.fixture(scope="session")
def mysql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if URLS["mysql"]:
        yield find("mysql")
        return
    with old_mysql(tmp_path_factory.mktemp("m")) as server:
        yield server


@pytest.fixture(params=["postgresql", "mariadb", "mysql"])
def server(request: pytest.FixtureRequest) -> Server:
    """Each live server in turn."""
    found: Server = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def database(server: Server) -> Iterator[Database]:
    with fresh(server) as made:
        yield made


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with closing(engine(database.kind).connect(database.target)) as opened:
        yield opened


def file_target(path: Path | str) -> Target:
    return Target("sqlite", str(path), 0, "", "", "")
