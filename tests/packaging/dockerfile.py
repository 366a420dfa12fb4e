"""A Dockerfile and a .dockerignore as values: as much of their language as ours use."""

import json
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: its word in capitals, and what follows it in one line."""

    word: str
    text: str

    @property
    def flags(self) -> dict[str, str]:
        """What begins with two dashes right after the word: {"from": "build"}."""
        return dict(re.findall(r"--([a-z-]+)=(\S+)", re.match(r"(?:--\S+\s+)*", self.text)[0]))  # type: ignore[index]

    @property
    def rest(self) -> str:
        """The text behind the flags."""
        return re.sub(r"^(?:--\S+\s+)*", "", self.text)

    @property
    def exec_form(self) -> list[str] | None:
        """The words of a JSON list, which no shell reads; None for anything else."""
        text = self.rest.removeprefix("CMD").strip() if self.word == "HEALTHCHECK" else self.rest
        try:
            read = json.loads(text)
        except ValueError:
            return None
        return read if isinstance(read, list) and all(isinstance(one, str) for one in read) else None

    @property
    def pairs(self) -> dict[str, str]:
        """NAME=value, as ENV and LABEL have them."""
        return dict(one.partition("=")[::2] for one in shlex.split(self.rest))


@dataclass(frozen=True, slots=True)
class Stage:
    """What begins with a FROM."""

    base: str
    name: str
    instructions: tuple[Instruction, ...]

    def all(self, word: str) -> list[Instruction]:
        """The instructions of one kind."""
        return [one for one in self.instructions if one.word == word]

    @property
    def environment(self) -> dict[str, str]:
        """Every ENV together."""
        return {name: value for one in self.all("ENV") for name, value in one.pairs.items()}


def stages(text: str) -> tuple[Stage, ...]:
    """The stages of a Dockerfile."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    found: list[Stage] = []
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        word, _, rest = line.strip().partition(" ")
        one = Instruction(word.upper(), " ".join(rest.split()))
        if one.word == "FROM":
            base, *named = one.rest.split()
            found.append(Stage(base, named[1] if named else "", ()))
        else:
            last = found[-1]
            found[-1] = Stage(last.base, last.name, (*last.instructions, one))
    return tuple(found)


def ignored(path: str, patterns: Sequence[str]) -> bool:
    """Whether a path of the build's context is kept out: the last pattern that fits it or a folder above it decides."""
    out = False
    parts = path.split("/")
    heads = ["/".join(parts[:length]) for length in range(1, len(parts) + 1)]
    for line in patterns:
        pattern = line.strip()
        if pattern and not pattern.startswith("#") and any(map(_expression(pattern.lstrip("!")).fullmatch, heads)):
            out = not pattern.startswith("!")
    return out


def _expression(pattern: str) -> re.Pattern[str]:
    meant = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    pieces = re.split(r"(\*\*/|\*\*|\*|\?)", pattern.strip("/"))
    return re.compile("".join(meant.get(piece, re.escape(piece)) for piece in pieces))


def context(source: str) -> list[str]:
    """The files of the repository that a COPY of `source` takes, without what .dockerignore keeps out."""
    patterns = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    start = ROOT / source
    files = [start] if start.is_file() else sorted(path for path in start.rglob("*") if path.is_file())
    names = [path.relative_to(ROOT).as_posix() for path in files]
    return [name for name in names if not ignored(name, patterns)]
