"""Disks with trouble: a small one that one process alone sees, which ends with it, and files that nobody may change."""

import errno
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

_MOUNT = 'mount -t tmpfs -o size="$0" tmpfs "$1" && shift && exec "$@"'


def on_a_small_disk(folder: Path, megabytes: int) -> list[str]:
    """What runs a command with a disk of its own in a folder. Where that is not allowed the test is skipped."""
    before = ["unshare", "--mount", "sh", "-c", _MOUNT, f"{megabytes}m", str(folder)]
    if shutil.which("unshare") is None:
        pytest.skip("no unshare here, so no disk that can be filled")
    tried = subprocess.run([*before, "true"], capture_output=True, check=False)
    if tried.returncode:
        pytest.skip("nobody may mount a disk here, so there is none that can be filled")
    return before


@contextmanager
def small_disk_of(user: str, megabytes: int) -> Iterator[Path]:
    """A disk of a server's user, whose server is another process: everybody sees it until the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="colloquery-faults-"))
    options = f"size={megabytes}m,mode=0700,uid={pwd.getpwnam(user).pw_uid}"
    tried = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, check=False)
    try:
        if tried.returncode:
            pytest.skip("nobody may mount a disk here, so there is none that can be filled")
        try:
            yield folder
        finally:
            subprocess.run(["umount", "--lazy", folder], check=True)
    finally:
        folder.rmdir()


def seen_by(process: int, folder: Path) -> Path:
    """A folder as a process sees it. Not for SQLite, which follows the link back to our own."""
    return Path(f"/proc/{process}/root{folder}")


def run_beside(process: int, code: str, *arguments: str) -> None:
    """Run some Python where a process sees its own disk."""
    command = ["nsenter", "--target", str(process), "--mount", "--", sys.executable, "-c", code, *arguments]
    subprocess.run(command, check=True, timeout=60)


def fill(folder: Path) -> Path:
    """Write until nothing more fits on the disk of a folder: the file to delete to make space."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while file.write(b"\0" * size) == size:
                    pass
            except OSError as failure:
                assert failure.errno == errno.ENOSPC
    return filler


@contextmanager
def kept_as_they_are(files: Sequence[Path]) -> Iterator[None]:
    """Nobody may change these files, the administrator of the machine and who has them open included."""
    if shutil.which("chattr") is None:
        pytest.skip("no chattr here, so no file that nobody may write to")
    locked = subprocess.run(["chattr", "+i", *files], capture_output=True, check=False)
    try:
        if locked.returncode:
            pytest.skip("nobody may lock a file here, so there is none that nobody may write to")
        yield
    finally:
        subprocess.run(["chattr", "-i", *files], capture_output=True, check=True)
