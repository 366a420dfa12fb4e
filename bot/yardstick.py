"""A house for a yardstick of the field: its databases as connections, a store of its own, no limits of tokens."""

from collections.abc import Iterable
from pathlib import Path

from bot.demo import operator
from bot.settings import Settings
from bot.wiring import House
from core.connections.connection import NewConnection
from core.errors import BadGoldenSet
from core.usage.limits import MOST

_ROWS = 100_000
"""Rows that are read of a result: some of BIRD's golden ones have tens of thousands."""

_FOLDERS = ("", "database", "dev_databases")
"""Where the databases lie below the folder that is given, as Spider and BIRD are packed."""


def settings_in(directory: Path, settings: Settings, concurrency: int) -> Settings:
    """The settings of such a house: the same model, no limit of tokens that anybody reaches, a store of its own."""
    return settings.model_copy(
        update={
            "data_dir": directory,
            "database_url": "sqlite:///app_data.db",
            "secret_key": None,
            "secret_key_file": None,
            "quota_hour": MOST,
            "quota_day": MOST,
            "quota_month": MOST,
            "query_rows": _ROWS,
            "concurrency": concurrency,
        }
    )


def files(folder: Path, names: Iterable[str]) -> dict[str, Path]:
    """The SQLite file of each database. Raises `BadGoldenSet` (golden.no_database) for one that is not there."""
    found: dict[str, Path] = {}
    for name in names:
        places = (folder / one / name / f"{name}.sqlite" for one in _FOLDERS)
        path = next((place for place in places if place.is_file()), None)
        if path is None:
            raise BadGoldenSet("golden.no_database", name=name)
        found[name] = path.resolve()
    return found


async def connect(house: House, databases: dict[str, Path], locale: str) -> None:
    """Add each as a connection of the operator's. Raises `DatabaseUnavailable`, `BadConnection`."""
    for name, path in databases.items():
        await house.service.sources.add(operator(locale), NewConnection(name, "sqlite", str(path), 0, "", "", name))
