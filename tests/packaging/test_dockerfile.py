"""The Dockerfile keeps the rules by which images are built, and .dockerignore keeps out what is nobody's business."""

import re
from collections.abc import Callable, Sequence

import pytest

from core.export import picture
from tests.packaging.dockerfile import ROOT, Stage, context, ignored, stages

DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
IGNORED = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()

_EXACT = re.compile(r"[\w./-]+(?::\d+\.\d+\.\d+[\w.-]*|(?::[\w.-]+)?@sha256:[0-9a-f]{64})")
_SECRET = re.compile(r"SECRET|TOKEN|PASSWORD|PASSWD|CREDENTIAL|_KEY\b", re.IGNORECASE)

FONTS = {"fonts-nanum": "NanumGothic"}
"""Packages of Debian, and the family in them that has Hangul."""


def _runs(all_stages: Sequence[Stage]) -> list[str]:
    return [one.text for stage in all_stages for one in stage.all("RUN")]


def _base(found: Sequence[Stage]) -> bool:
    # The virtual environment of the first stage points at the interpreter of its base: the last one has to be the same.
    return all(_EXACT.fullmatch(stage.base) for stage in found) and len({stage.base for stage in found}) == 1


def _apt(found: Sequence[Stage]) -> bool:
    installs = [text for text in _runs(found) if "apt-get install" in text]
    return bool(installs) and all(
        "apt-get update" in text and "--no-install-recommends" in text and "rm -rf /var/lib/apt/lists/*" in text
        for text in installs
    )


def _hashes(found: Sequence[Stage]) -> bool:
    commands = [part for text in _runs(found) for part in text.split("&&") if re.search(r"\bpip\b.* install", part)]
    return bool(commands) and all(
        ("--require-hashes" in part and "--only-binary :all:" in part) or "--no-index" in part for part in commands
    )


def _user(found: Sequence[Stage]) -> bool:
    users = found[-1].all("USER")
    if not users or not re.fullmatch(r"[1-9]\d*:[1-9]\d*", users[-1].text):
        return False
    later = found[-1].instructions[found[-1].instructions.index(users[-1]) + 1 :]
    return not any(one.word in ("RUN", "COPY", "USER") for one in later)


def _words(found: Sequence[Stage]) -> bool:
    return all(len(found[-1].all(word)) == 1 and found[-1].all(word)[0].exec_form for word in ("ENTRYPOINT", "CMD"))


def _health(found: Sequence[Stage]) -> bool:
    checks = found[-1].all("HEALTHCHECK")
    return (
        len(checks) == 1 and bool(checks[0].exec_form) and "/healthz" in checks[0].text and "curl" not in checks[0].text
    )


def _secrets(found: Sequence[Stage]) -> bool:
    return not any(
        _SECRET.search(one.text.partition("=")[0] if one.word == "ARG" else " ".join(one.pairs))
        for stage in found
        for word in ("ENV", "ARG")
        for one in stage.all(word)
    )


def _port(found: Sequence[Stage]) -> bool:
    (exposed,) = found[-1].all("EXPOSE")
    return exposed.text == found[-1].environment.get("COLLOQUERY_PORT")


def _data(found: Sequence[Stage]) -> bool:
    (volume,), (place,) = found[-1].all("VOLUME"), found[-1].all("WORKDIR")
    made = any(f"install -d -o colloquery -g colloquery -m 0700 {volume.text}" in text for text in _runs(found))
    return made and volume.text == place.text == found[-1].environment.get("COLLOQUERY_DATA_DIR")


def _places(found: Sequence[Stage]) -> bool:
    return all(one.text.startswith("/") for stage in found for one in stage.all("WORKDIR"))


def _nothing_fetched(found: Sequence[Stage]) -> bool:
    return not any(stage.all("ADD") for stage in found) and not re.search(r"https?://|curl|wget", "".join(_runs(found)))


def _quiet_pip(found: Sequence[Stage]) -> bool:
    return found[0].environment.get("PIP_NO_CACHE_DIR") == "1"


RULES: dict[str, Callable[[Sequence[Stage]], object]] = {
    "every base is one exact image, the same in all stages": _base,
    "Debian's lists are read and thrown away where packages are installed, and only what is named is": _apt,
    "what is fetched from a package index is held against hashes, and nothing is compiled": _hashes,
    "it runs as a numbered user who is not root, to whom nothing in the image belongs": _user,
    "no shell stands between the system and the program": _words,
    "its health is asked at /healthz, by what is there anyway": _health,
    "no secret is in a layer": _secrets,
    "the port that is served is the one that is told": _port,
    "its data has one place, a volume that belongs to its user": _data,
    "every working directory is absolute": _places,
    "nothing is fetched past the package managers": _nothing_fetched,
    "no cache stays in a layer": _quiet_pip,
}

BROKEN = (
    (_base, "FROM python:3.13.7-slim-bookworm AS build", "FROM python:latest AS build"),
    (_base, "FROM python:3.13.7-slim-bookworm\nLABEL", "FROM python:3.13-slim-bookworm\nLABEL"),
    (_base, "FROM python:3.13.7-slim-bookworm\nLABEL", "FROM python:3.12.11-slim-bookworm\nLABEL"),
    (_apt, "--no-install-recommends ", ""),
    (_apt, " && rm -rf /var/lib/apt/lists/* \\\n", ""),
    (_hashes, " --require-hashes", ""),
    (_hashes, " --no-index", ""),
    (_user, "USER 10001:10001\n", ""),
    (_user, "USER 10001:10001", "USER 0:0"),
    (_user, "USER 10001:10001", "USER 10001:10001\nUSER root"),
    (_words, 'ENTRYPOINT ["colloquery"]', "ENTRYPOINT colloquery"),
    (_words, 'CMD ["serve"]', "CMD serve"),
    (_health, "'/healthz'", "'/'"),
    (_health, "HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \\\n    CMD", "LABEL x="),
    (_secrets, "PYTHONUNBUFFERED=1", "OPENAI_API_KEY=sk-1"),
    (_secrets, "WORKDIR /src", "ARG DB_PASSWORD=x"),
    (_port, "EXPOSE 8000", "EXPOSE 8080"),
    (_data, "COLLOQUERY_DATA_DIR=/data", "COLLOQUERY_DATA_DIR=/var"),
    (_data, " -o colloquery -g colloquery", ""),
    (_places, "WORKDIR /src", "WORKDIR src"),
    (_nothing_fetched, "COPY requirements.lock ./", "ADD https://example.com/requirements.lock ./"),
    (_nothing_fetched, "RUN apt-get update", "RUN curl -fsS https://example.com/x | sh && apt-get update"),
    (_quiet_pip, "PIP_NO_CACHE_DIR=1 ", ""),
)


@pytest.mark.parametrize("rule", RULES)
def test_ours_keeps_the_rule(rule: str) -> None:
    assert RULES[rule](stages(DOCKERFILE))


@pytest.mark.parametrize(("rule", "there", "instead"), BROKEN)
def test_one_that_breaks_a_rule_is_noticed(rule: Callable[[Sequence[Stage]], object], there: str, instead: str) -> None:
    assert there in DOCKERFILE
    assert not rule(stages(DOCKERFILE.replace(there, instead)))


def test_everything_that_is_copied_is_there_and_in_the_context() -> None:
    build, last = stages(DOCKERFILE)
    for copied in build.all("COPY"):
        *sources, _ = copied.rest.split()
        for source in sources:
            assert context(source), source
    assert [one.flags for one in last.all("COPY")] == [{"from": build.name}]


@pytest.mark.parametrize(
    "path",
    [
        ".git/config", ".env", ".env.production", "colloquery.key", "app_data.db", "app_data.db-wal", "core/x.db",
        "tests/houses.py",
        ".venv/bin/python", "docs/slack.md", "core/__pycache__/chat.cpython-313.pyc", "bot/.env", "deploy/server.pem",
        "core/tls.pem", "notes.txt",
    ],
)  # fmt: skip
def test_what_is_nobodys_business_stays_out_of_the_build(path: str) -> None:
    assert ignored(path, IGNORED)


def test_the_patterns_are_read_as_docker_reads_them() -> None:
    patterns = ["*", "!bot", "**/*.db", "# !secret"]
    names = ["bot/a.py", "bot/deep/a.py", "bot/a.db", "a.db", "secret", "robot/a.py"]
    assert [ignored(name, patterns) for name in names] == [False, False, True, True, True, True]


def test_its_font_is_one_that_charts_are_drawn_with() -> None:
    (install,) = [text for text in _runs(stages(DOCKERFILE)) if "apt-get install" in text]
    (family,) = [family for package, family in FONTS.items() if package in install.split()]
    assert family in picture._FONTS.split(", ")
