"""What the Dockerfile builds, made here as far as that goes without a container engine.

Its instructions are followed one by one, below a folder instead of the root of a file system. Two cannot be: what comes
from the package index is taken from the environment of the tests, and nothing but what requirements.lock names; and
Debian's packages, the user and the folder of the data are the last stage's RUN, which needs Debian and root.
"""

import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

from tests.packaging.dockerfile import ROOT, Instruction, Stage, context, stages


@dataclass(frozen=True, slots=True)
class Image:
    """A built image: the folder that stands for its root, and what its last stage says."""

    root: Path
    last: Stage

    @property
    def data(self) -> Path:
        """Its volume."""
        return self.root / self.last.all("VOLUME")[0].text.lstrip("/")

    @property
    def user(self) -> int:
        """The number of whom it runs as."""
        return int(self.last.all("USER")[-1].text.partition(":")[0])

    @property
    def start(self) -> list[str]:
        """The words of ENTRYPOINT and CMD."""
        return [*self._words("ENTRYPOINT"), *self._words("CMD")]

    @property
    def health(self) -> list[str]:
        """The words of the health check."""
        return self._words("HEALTHCHECK")

    def environment(self, **given: str) -> dict[str, str]:
        """What a process in it finds: ENV and what `docker run --env` gives; nothing of ours."""
        own = {name: self._here(value) for name, value in self.last.environment.items()}
        path = own["PATH"].replace("$PATH", "/usr/local/bin:/usr/bin:/bin")
        return {**own, "PATH": path, "HOME": str(self.data), "LANG": "C.UTF-8", **given}

    def files(self) -> dict[str, int]:
        """Everything in it that is not in the volume, with when it was last changed."""
        return {
            str(path): path.lstat().st_mtime_ns
            for path in self.root.rglob("*")
            if path.is_file() and not path.is_relative_to(self.data)
        }

    def _words(self, word: str) -> list[str]:
        return self.last.all(word)[0].exec_form or []

    def _here(self, text: str) -> str:
        return text.replace("/opt/", f"{self.root}/opt/").replace("/data", f"{self.root}/data")


def build(root: Path) -> Image:
    """Build below a folder that is empty."""
    first, last = stages((ROOT / "Dockerfile").read_text(encoding="utf-8"))
    place = root
    for one in first.instructions:
        if one.word == "WORKDIR":
            place = root / one.text.lstrip("/")
            place.mkdir(parents=True)
        elif one.word == "COPY":
            _copy(one, place)
        elif one.word == "RUN" and "requirements.lock" in one.text:
            _install(root)
        elif one.word == "RUN":
            _run(one.text.replace("/opt/", f"{root}/opt/"), place)
    image = Image(root, last)
    image.data.mkdir()
    return image


def _copy(one: Instruction, place: Path) -> None:
    *sources, target = one.rest.split()
    for source in sources:
        for name in context(source):
            # The contents of a folder go into the target, a file goes under its name.
            to = place / target / (Path(name).relative_to(source) if (ROOT / source).is_dir() else name)
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, to)


def _run(command: str, place: Path) -> None:
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PIP_", "VIRTUAL_ENV"))}
    environment = {**ours, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    ran = subprocess.run(
        ["sh", "-euc", command], cwd=place, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def _install(root: Path) -> None:
    """What requirements.lock names, out of the environment of the tests: nothing that only they need comes along."""
    (packages,) = (root / "opt/colloquery/lib").glob("python*/site-packages")
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith((" ", "#")):
            continue
        wanted = Requirement(line.rstrip(" \\"))
        if wanted.marker is not None and not wanted.marker.evaluate():
            continue
        found = distribution(wanted.name)
        assert found.version in wanted.specifier, f"{shlex.quote(line)}: {found.version} is installed here"
        for top in {Path(str(file)).parts[0] for file in found.files or ()} - {"..", "__pycache__"}:
            if not (packages / top).exists():
                (packages / top).symlink_to(Path(str(found.locate_file(top))))
