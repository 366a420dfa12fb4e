"""The compose file: of known words, whole, closed to the outside, and right whatever `.env` says."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import load
from tests.packaging.dockerfile import ROOT, stages

COMPOSE = ROOT / "compose.yaml"

KNOWN = {
    "build", "cap_drop", "depends_on", "env_file", "environment", "healthcheck", "image", "init", "networks", "ports",
    "read_only", "restart", "secrets", "security_opt", "stop_grace_period", "tmpfs", "volumes",
}  # fmt: skip
"""The words of a service that we use, of https://github.com/compose-spec/compose-spec/blob/main/05-services.md."""


@pytest.fixture(scope="module")
def file() -> dict[str, Any]:
    read = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))
    assert set(read) == {"name", "services", "networks", "volumes", "secrets"}
    return dict(read)


@pytest.fixture(scope="module")
def bot(file: dict[str, Any]) -> dict[str, Any]:
    return dict(file["services"]["colloquery"])


@pytest.fixture(scope="module")
def db(file: dict[str, Any]) -> dict[str, Any]:
    return dict(file["services"]["db"])


def test_every_word_is_one_of_compose(file: dict[str, Any]) -> None:
    assert set(file["services"]) == {"colloquery", "db"}
    for service in file["services"].values():
        assert set(service) - KNOWN == set()
        assert service["restart"] == "unless-stopped"
        assert re.fullmatch(r"\d+s", service["stop_grace_period"])
        assert "no-new-privileges:true" in service["security_opt"]


def test_everything_that_is_named_is_declared(file: dict[str, Any]) -> None:
    for service in file["services"].values():
        assert set(service["networks"]) <= set(file["networks"])
        assert {one.partition(":")[0] for one in service["volumes"]} <= set(file["volumes"])
        assert set(service.get("secrets", ())) <= set(file["secrets"])
        assert set(service.get("depends_on", ())) <= set(file["services"])
    used = {one.partition(":")[0] for service in file["services"].values() for one in service["volumes"]}
    assert used == set(file["volumes"])


def test_the_bot_starts_when_its_store_is_healthy(bot: dict[str, Any], db: dict[str, Any]) -> None:
    assert bot["depends_on"] == {"db": {"condition": "service_healthy"}}
    assert set(db["healthcheck"]) == {"test", "interval", "timeout", "start_period", "retries"}
    kind, command, *options = db["healthcheck"]["test"]
    assert (kind, command) == ("CMD", "pg_isready")
    assert "--host=127.0.0.1" in options, "over the socket it would be ready before the database is made"
    assert bot["build"] == "." and stages((ROOT / "Dockerfile").read_text(encoding="utf-8"))[-1].all("HEALTHCHECK")


def test_nothing_but_the_page_can_be_reached_and_that_from_this_machine_alone(
    file: dict[str, Any], bot: dict[str, Any], db: dict[str, Any]
) -> None:
    assert "ports" not in db
    assert file["networks"][db["networks"][0]] == {"internal": True} and len(db["networks"]) == 1
    assert bot["ports"] == ["127.0.0.1:${PUBLISHED_PORTS:-8000}:8000"]
    assert bot["read_only"] is True and bot["cap_drop"] == ["ALL"] and bot["tmpfs"] == ["/tmp"]


def test_no_secret_is_in_the_file(file: dict[str, Any], db: dict[str, Any]) -> None:
    assert file["secrets"] == {"postgres_password": {"environment": "POSTGRES_PASSWORD"}}
    assert db["environment"]["POSTGRES_PASSWORD_FILE"] == "/run/secrets/postgres_password"
    text = COMPOSE.read_text(encoding="utf-8")
    assert re.findall(r"postgresql://colloquery:(.*?)@", text) == ["${POSTGRES_PASSWORD:?set it in .env}"]
    image = db["image"]
    assert re.fullmatch(r"[\w/]+:\d+\.\d+[\w.-]*", image) and "latest" not in image


def test_it_serves_in_the_container_even_when_env_is_the_example(
    bot: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`.env` may be a copy of .env.example, whose host and folder are those of a machine."""
    assert bot["env_file"] == [{"path": ".env", "required": False}]
    for line in (ROOT / ".env.example").read_text(encoding="utf-8").splitlines():
        name, equals, value = line.partition("=")
        if equals and not name.startswith("#"):
            monkeypatch.setenv(name, value)
    for name, value in bot["environment"].items():
        assert isinstance(value, str), f"{name}: YAML would read a number"
        monkeypatch.setenv(name, re.sub(r"\$\{POSTGRES_PASSWORD:.*?\}", "S3cret", value))
    settings = load(None)
    assert (settings.host, settings.port, settings.data_dir) == ("0.0.0.0", 8000, Path("/data"))
    assert settings.database_url == "postgresql://colloquery:S3cret@db/colloquery"
    assert f"{settings.data_dir}" == stages((ROOT / "Dockerfile").read_text(encoding="utf-8"))[-1].all("VOLUME")[0].text
