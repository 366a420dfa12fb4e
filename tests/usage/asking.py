"""A process that asks: `python -m tests.usage.asking STORE MODEL KEY DIRECTORY LIMIT FIRST COUNT`.

It says "ready", waits for a line, asks COUNT questions at once in threads FIRST, FIRST + 1, …, and says the code of
each reply ("ok" for an answer) in one line.
"""

import asyncio
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from pydantic import SecretStr

from bot.settings import Settings
from core.chat import Notice
from tests.houses import LEE, ask, open_house, settings_for

HARD = "Which customers remind you of a summer afternoon?"
"""Beyond the built-in writer, so that it is the model's or nobody's."""


def settings(directory: Path, store_url: str, model_url: str, key: str, limit: int) -> Settings:
    """A house with a model, and so many tokens a month: the window that hardly ever ends while a test runs."""
    return settings_for(
        directory,
        store_url,
        openai_api_key=SecretStr(key),
        openai_base_url=model_url,
        openai_max_retries=0,
        quota_hour=10**9,
        quota_day=10**9,
        quota_month=limit,
        concurrency=20,
    )


def small_shop(path: Path) -> Path:
    """A database that is made in no time."""
    with closing(sqlite3.connect(path)) as shop, shop:
        shop.execute("CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT, city TEXT)")
        shop.executemany("INSERT INTO customers (name, city) VALUES (?, ?)", [("Kim", "Seoul"), ("Lee", "Busan")])
    return path


async def main(store_url: str, model_url: str, key: str, directory: str, limit: str, first: str, many: str) -> None:
    """Ask when told to."""
    async with open_house(settings(Path(directory), store_url, model_url, key, int(limit))) as built:
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        threads = range(int(first), int(first) + int(many))
        asked = await asyncio.gather(*(ask(built, HARD, LEE, thread=f"t{one}", message=f"m{one}") for one in threads))
    codes = [next((part.code for part in reply.parts if isinstance(part, Notice)), "ok") for _, reply in asked]
    print(" ".join(codes), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
