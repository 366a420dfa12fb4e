"""The revisions: back and forth, several processes at once, and what can be wrong with a store."""

import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.errors import StoreFailed
from core.storage import compare
from core.storage.migrate import MIGRATIONS, State, check, downgrade, revision, upgrade
from core.storage.models import Event
from core.storage.session import Store
from tests.storage.directly import run_on, tables_of

ROOT = Path(__file__).parents[2]

REVISION = '''"""Made for a test."""
import sqlalchemy as sa
from alembic import op
revision = "{name}"
down_revision = "{follows}"
def upgrade():
    op.create_table("half_done", sa.Column("id", sa.Integer(), primary_key=True))
    {body}
def downgrade():
    op.drop_table("half_done")
'''


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """A copy of the revisions, to add to."""
    return Path(shutil.copytree(MIGRATIONS, tmp_path / "migrations", ignore=shutil.ignore_patterns("__pycache__")))


async def head() -> str:
    return (await check("sqlite:////nowhere/store.db")).head


async def add_revision(scripts: Path, name: str, body: str) -> None:
    follows = await head()
    (scripts / "versions" / f"{name}.py").write_text(REVISION.format(name=name, follows=follows, body=body))


async def failure_of(url: str, to: str = "head", scripts: Path = MIGRATIONS) -> StoreFailed:
    with pytest.raises(StoreFailed) as failed:
        await upgrade(url, to, scripts=scripts)
    assert failed.value.__cause__ is None
    return failed.value


async def test_head_is_the_models(store_url: str) -> None:
    before = await check(store_url)
    await upgrade(store_url)
    after = await check(store_url)
    assert before.current is None and before.pending[0] == "8e2fbd009a9c" and not before.up_to_date
    assert after == State(before.pending[-1], before.head, (), known=True, differences=())
    assert after.up_to_date
    assert tables_of(store_url) == set(compare.METADATA.tables) | {"alembic_version"}


async def test_each_revision_goes_back_and_forth(store_url: str) -> None:
    for each in (await check(store_url)).pending:
        await upgrade(store_url, each)
        await downgrade(store_url, "-1")
        await upgrade(store_url, each)
    assert (await check(store_url)).up_to_date
    await downgrade(store_url, "base")
    assert tables_of(store_url) == {"alembic_version"}
    await upgrade(store_url)
    assert (await check(store_url)).up_to_date


PROCESS = """
import asyncio, sys
from core.storage.migrate import upgrade
from core.storage.models import Event
from core.storage.session import Store

async def start():
    await upgrade(sys.argv[1])
    store = Store.open(sys.argv[1])
    async with store.writing() as session:
        session.add(Event(event_type="started"))
    await store.close()

print("ready", flush=True)
sys.stdin.readline()
asyncio.run(start())
"""


async def test_four_processes_at_once(store_url: str) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROCESS, store_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    assert [process.communicate()[1] for process in processes] == [""] * 4
    assert (await check(store_url)).up_to_date
    store = Store.open(store_url)
    async with store.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Event)) == 4
    await store.close()


@pytest.mark.parametrize(
    ("body", "reason"), [('op.execute("SELECT * FROM nowhere_at_all")', None), ("[][0]", "IndexError")]
)
async def test_a_revision_that_fails(store_url: str, scripts: Path, body: str, reason: str | None) -> None:
    await upgrade(store_url)
    await add_revision(scripts, "000bad000bad", body)
    failure = await failure_of(store_url, scripts=scripts)
    assert (failure.code, failure.details["revision"]) == ("store.migration", "000bad000bad")
    assert "nowhere" not in repr(failure.details) and failure.details["reason"] == (reason or failure.details["reason"])
    state = await check(store_url)
    assert state.current == state.head
    # MariaDB commits each statement on tables: there the first half of the revision stays.
    assert ("half_done" in tables_of(store_url)) is store_url.startswith("mysql")


@pytest.mark.parametrize("store_url", ["sqlite", "postgres"], indirect=True)
async def test_all_or_nothing_where_the_server_can(store_url: str, scripts: Path) -> None:
    await add_revision(scripts, "000bad000bad", "[][0]")
    await failure_of(store_url, scripts=scripts)
    assert tables_of(store_url) == set()


async def test_a_store_of_a_newer_version(store_url: str, scripts: Path) -> None:
    await add_revision(scripts, "fff000fff000", "pass")
    await upgrade(store_url, scripts=scripts)
    failure = await failure_of(store_url)
    assert (failure.code, failure.details) == ("store.newer", {"revision": "fff000fff000"})
    state = await check(store_url)
    assert (state.known, state.current, state.pending) == (False, "fff000fff000", ())


async def test_somebody_elses_tables(store_url: str) -> None:
    run_on(store_url, "CREATE TABLE customers (id INTEGER)")
    assert (await failure_of(store_url)).code == "store.foreign_tables"
    assert tables_of(store_url) == {"customers"}


async def test_a_revision_that_there_is_not(store_url: str) -> None:
    failure = await failure_of(store_url, "abcdef")
    assert (failure.code, failure.details) == ("store.no_revision", {"revision": "abcdef"})


async def test_where_there_is_no_folder() -> None:
    assert (await failure_of("sqlite:////nowhere/store.db")).code == "store.unreachable"


async def test_a_server_that_is_not_there() -> None:
    assert (await failure_of("postgresql://127.0.0.1:1/x")).code == "store.unreachable"
    assert (await failure_of("mariadb://127.0.0.1:1/x")).code == "store.unreachable"


async def test_a_read_only_server(postgres_database: str) -> None:
    name = postgres_database.rsplit("/", 1)[1]
    run_on(postgres_database, f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    assert (await failure_of(postgres_database)).code == "store.read_only"


async def test_the_file_is_private(sqlite_database: str) -> None:
    await upgrade(sqlite_database)
    path = Path(sqlite_database.removeprefix("sqlite:///"))
    assert path.stat().st_mode & 0o777 == 0o600


async def test_check_makes_nothing(sqlite_database: str) -> None:
    await check(sqlite_database)
    assert not Path(sqlite_database.removeprefix("sqlite:///")).exists()


@pytest.mark.parametrize(
    ("damage", "line"),
    [
        ("ALTER TABLE users DROP COLUMN company", "missing column users.company"),
        ("ALTER TABLE users ADD COLUMN nickname VARCHAR(10)", "unexpected column users.nickname"),
        ("DROP TABLE system_config", "missing table system_config"),
        ("CREATE TABLE customers (id INTEGER)", "unexpected table customers"),
        ("CREATE INDEX ix_mine ON users (company)", "unexpected index ix_mine"),
    ],
)
async def test_check_sees_damage(store_url: str, damage: str, line: str) -> None:
    await upgrade(store_url)
    run_on(store_url, damage)
    state = await check(store_url)
    assert state.differences == (line,) and not state.up_to_date


@pytest.mark.parametrize(
    ("postgresql", "mariadb", "line"),
    [
        ("ALTER TABLE users ALTER role TYPE VARCHAR(10)", "MODIFY role VARCHAR(10) DEFAULT 'viewer' NOT NULL", "type"),
        ("ALTER TABLE users ALTER role SET DEFAULT 'admin'", "ALTER role SET DEFAULT 'admin'", "default"),
        ("ALTER TABLE users ALTER role DROP NOT NULL", "MODIFY role VARCHAR(20) DEFAULT 'viewer'", "nullable"),
    ],
)
async def test_check_sees_changed_columns(
    postgres_database: str, mariadb_database: str, postgresql: str, mariadb: str, line: str
) -> None:
    for url, damage in ((postgres_database, postgresql), (mariadb_database, f"ALTER TABLE users {mariadb}")):
        await upgrade(url)
        run_on(url, damage)
        assert (await check(url)).differences == (f"different {line} users.role",), url


async def test_check_sees_a_changed_number_on_mariadb(mariadb_database: str) -> None:
    await upgrade(mariadb_database)
    run_on(mariadb_database, "ALTER TABLE users ALTER is_active SET DEFAULT 0")
    assert (await check(mariadb_database)).differences == ("different default users.is_active",)


async def test_a_new_revision_is_written(store_url: str, scripts: Path) -> None:
    await upgrade(store_url)
    run_on(store_url, "ALTER TABLE users DROP COLUMN last_login")
    path = await revision(store_url, "bring it back", scripts=scripts)
    assert path.parent == scripts / "versions" and path.name.endswith("_bring_it_back.py")
    await upgrade(store_url, scripts=scripts)
    state = await check(store_url, scripts=scripts)
    assert state.up_to_date and state.current == path.name[:12]


async def test_no_revision_for_a_store_that_is_behind(store_url: str, scripts: Path) -> None:
    await upgrade(store_url, "8e2fbd009a9c")
    with pytest.raises(StoreFailed) as failed:
        await revision(store_url, "too early", scripts=scripts)
    assert failed.value.code == "store.behind"


async def test_the_applications_logging_stays(sqlite_database: str, caplog: pytest.LogCaptureFixture) -> None:
    mine = logging.getLogger("mine")
    root = logging.getLogger()
    before = (list(root.handlers), root.level, mine.disabled)
    with caplog.at_level(logging.INFO, logger="alembic"):
        await upgrade(sqlite_database)
    assert (list(root.handlers), root.level, mine.disabled) == before
    assert any("8e2fbd009a9c" in record.getMessage() for record in caplog.records)


def alembic(folder: Path, url: str, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "alembic", *words],
        cwd=folder,
        env=os.environ | {"DATABASE_URL": url, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


async def test_plain_alembic(store_url: str, scripts: Path) -> None:
    folder = scripts.parent
    shutil.copy(ROOT / "alembic.ini", folder)
    assert "-> 8e2fbd009a9c" in alembic(folder, store_url, "upgrade", "head")
    alembic(folder, store_url, "downgrade", "-1")
    alembic(folder, store_url, "upgrade", "head")
    assert "No new upgrade operations detected" in alembic(folder, store_url, "check")
    assert (await head()) in alembic(folder, store_url, "current")
    before = set((scripts / "versions").glob("*.py"))
    alembic(folder, store_url, "revision", "--autogenerate", "-m", "nothing")
    (made,) = set((scripts / "versions").glob("*.py")) - before
    assert made.read_text().count("\n    pass\n") == 2 and "op." not in made.read_text()


def test_plain_alembic_prints_sql(scripts: Path) -> None:
    shutil.copy(ROOT / "alembic.ini", scripts.parent)
    printed = alembic(scripts.parent, "postgresql://u@h/d", "upgrade", "head", "--sql")
    assert printed.count("CREATE TABLE") == len(compare.METADATA.tables) + 1
