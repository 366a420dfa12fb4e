"""`colloquery` run as people run it, without waiting each time until all of it is imported.

Every command has a process of its own, with its directory, environment and files, as `python -m bot` would have. The
process is forked from one that has imported the command line and done nothing else: importing takes two seconds, and
there are hundreds of commands.
"""

import atexit
import json
import os
import runpy
import signal
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TextIO

ROOT = Path(__file__).parents[1]
_PATIENCE = 60
"""Seconds a command may take."""

_one_at_a_time = Lock()


def colloquery(
    directory: Path, *arguments: str, stdin: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command in an empty environment and a directory of its own."""
    with TemporaryDirectory() as folder, _one_at_a_time:
        files = [Path(folder) / name for name in ("stdin", "stdout", "stderr")]
        files[0].write_text(stdin, encoding="utf-8")
        order = {
            "arguments": arguments,
            "directory": str(directory),
            "environment": {**_environment(), **environment},
            "files": [str(file) for file in files],
        }
        orders, codes = _ready()
        orders.write(json.dumps(order) + "\n")
        orders.flush()
        code = int(codes.readline())
        if code == -signal.SIGALRM:
            raise subprocess.TimeoutExpired(arguments, _PATIENCE)
        said, complained = (file.read_bytes().decode() for file in files[1:])
        return subprocess.CompletedProcess(arguments, code, said, complained)


def _environment() -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("OPENAI", "COLLOQUERY_", "DATABASE", "SLACK", "TEAMS"))
    }
    return {**kept, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}


@cache
def _ready() -> tuple[TextIO, TextIO]:
    """Where orders are written, and where the exit codes are read. The process ends with this one."""
    (orders, to_write), (to_read, codes) = os.pipe(), os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.commands", str(orders), str(codes)],
        cwd=ROOT,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        pass_fds=(orders, codes),
    )
    os.close(orders)
    os.close(codes)
    written = os.fdopen(to_write, "w", encoding="utf-8")
    atexit.register(process.wait)
    atexit.register(written.close)  # done first
    return written, os.fdopen(to_read, encoding="utf-8")


def _fork(orders: TextIO, codes: TextIO) -> None:
    """Fork a process for every order, and say how it ended. Returns in the parent when there are no more."""
    import bot.command_line  # noqa: F401 (here alone, once)

    for line in orders:
        child = os.fork()
        if not child:
            orders.close()
            codes.close()
            _become(**json.loads(line))
            return
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), file=codes, flush=True)


def _become(arguments: list[str], directory: str, environment: dict[str, str], files: list[str]) -> None:
    """Be the process of one command, to its end."""
    for number, file in enumerate(files):
        opened = os.open(file, os.O_RDONLY if number == 0 else os.O_WRONLY | os.O_CREAT)
        os.dup2(opened, number)
        os.close(opened)
    os.chdir(directory)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    signal.alarm(_PATIENCE)
    sys.argv[1:] = arguments
    runpy.run_module("bot", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    with os.fdopen(int(sys.argv[1]), encoding="utf-8") as orders, os.fdopen(int(sys.argv[2]), "w") as codes:
        _fork(orders, codes)
