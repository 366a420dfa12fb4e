"""A million rows, cut at the limit: peak memory of a session's `run` beside that of a naive fetchall.

    python -m tests.bench.bench_rows

Each measurement is a process of its own. A server that is absent is left out.
"""

import argparse
import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from core.engines.base import Limits, ServerKind, Target
from core.engines.registry import engine
from tests.engines.servers import Server, find

ROWS = 1_000_000
LIMIT = 1_000
KINDS: tuple[ServerKind, ...] = ("sqlite", "postgresql", "mariadb")

_DIGITS = " UNION ALL ".join(f"SELECT {n} AS n" for n in range(10))
QUERIES: dict[str, str] = {
    "sqlite": f"WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {ROWS})"
    " SELECT n, printf('%0100d', n) FROM c",
    "postgresql": f"SELECT n, lpad(n::text, 100, '0') FROM generate_series(1, {ROWS}) AS n",
    "mariadb": "SELECT d0.n, lpad(d1.n, 100, '0') FROM "
    + " CROSS JOIN ".join(f"({_DIGITS}) AS d{place}" for place in range(6)),
}


def main() -> None:
    """Measure all, or be one measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", choices=KINDS)
    parser.add_argument("--way", choices=["cut", "naive"], default="cut")
    wanted = parser.parse_args()
    if wanted.one:
        print(json.dumps(_one(wanted.one, wanted.way)))
        return
    print(f"{ROWS:,} rows of about 110 bytes, limit {LIMIT:,}")
    for kind in KINDS:
        if kind != "sqlite":
            try:
                find(kind)
            except pytest.skip.Exception as skipped:
                print(f"{kind:12} {skipped}")
                continue
        for way in ("cut", "naive"):
            figures = measure(kind, way)
            print(f"{kind:12} {way:6} {figures['mb']:8.1f} MB {figures['seconds']:7.3f} s {figures['rows']:10,} rows")


def measure(kind: str, way: str) -> dict[str, Any]:
    """Peak memory in MB, seconds and rows of one way, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.bench_rows", "--one", kind, "--way", way],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def _one(kind: ServerKind, way: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        if kind == "sqlite":
            path = Path(folder) / "empty.db"
            path.touch()
            target = Target("sqlite", str(path), 0, "", "", "")
            rows = _cut(target) if way == "cut" else _naive_file(path)
        else:
            server = find(kind)
            rows = _cut(server.admin) if way == "cut" else _naive_server(server)
        return {"mb": _peak(), "seconds": time.perf_counter() - began, "rows": rows}


def _cut(target: Target) -> int:
    with closing(engine(target.kind).connect(target)) as session:
        result = session.run(QUERIES[target.kind], Limits(rows=LIMIT, seconds=60))
    assert result.truncated
    return len(result.rows)


def _naive_file(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return len(connection.execute(QUERIES["sqlite"]).fetchall())


def _naive_server(server: Server) -> int:
    return len(server.execute(QUERIES[server.kind]))


def _peak() -> float:
    """Peak resident memory of this process, in MB. What getrusage says may include the parent's, before the exec."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    scale = 1024 * 1024 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / scale


if __name__ == "__main__":
    main()
