"""The app package: what Teams would refuse is refused here, in words; the same settings are the same bytes."""

import copy
import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.chat.text import Json
from adapters.chat.words import command
from adapters.teams.icons import color_png, outline_png, png, size_of
from adapters.teams.manifest_rules import LOCALIZATION, PLAIN, SCHEMA, VERSIONS, check_localization, check_manifest
from adapters.teams.package import (
    COMMANDS,
    PackageSettings,
    app_package,
    check_icons,
    korean_of,
    manifest_of,
)
from core.errors import BadSetting
from core.locale import LANGUAGES, error_words
from tests.bot.conftest import logging_as_it_was
from tests.bot.inside import alone
from tests.bot.inside import command as run

__all__ = ["alone", "logging_as_it_was"]

APP = "8f2c9a14-52d0-4f0e-9d33-6a1b0c7d5e21"
SETTINGS = PackageSettings(APP, "https://data.example.com")


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def pixels(content: bytes) -> list[list[tuple[int, ...]]]:
    """The pixels of a PNG as this program writes it: no filter, one chunk of data."""
    size = struct.unpack(">I", content[16:20])[0]
    at = content.index(b"IDAT")
    length = struct.unpack(">I", content[at - 4 : at])[0]
    raw = zlib.decompress(content[at + 4 : at + 4 + length])
    rows = [raw[n * (4 * size + 1) + 1 : (n + 1) * (4 * size + 1)] for n in range(size)]
    return [[tuple(row[4 * x : 4 * x + 4]) for x in range(size)] for row in rows]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("hears_all", [False, True])
def test_a_package_has_all_that_teams_wants(version: str, hears_all: bool) -> None:
    files = unpacked(app_package(replace(SETTINGS, manifest=version, hears_all=hears_all)))
    assert list(files) == ["manifest.json", "ko.json", "color.png", "outline.png"]
    manifest, korean = json.loads(files["manifest.json"]), json.loads(files["ko.json"])
    check_manifest(manifest)
    check_localization(korean, manifest)
    assert (manifest["$schema"], manifest["manifestVersion"]) == (SCHEMA.format(version=version), version)
    assert korean["$schema"] == LOCALIZATION.format(version=version)
    (bot,) = manifest["bots"]
    assert (bot["botId"], bot["scopes"], bot["supportsFiles"]) == (APP, ["personal", "team", "groupChat"], True)
    assert manifest["validDomains"] == ["data.example.com"]
    assert manifest["developer"]["privacyUrl"] == "https://data.example.com"
    assert {**manifest["icons"], "korean": "ko.json"}.items() >= {
        "color": "color.png",
        "outline": "outline.png",
    }.items()
    assert manifest["localizationInfo"]["additionalLanguages"] == [{"languageTag": "ko", "file": "ko.json"}]


def test_slash_commands_are_in_the_newer_manifest_alone_and_only_where_others_read() -> None:
    (newer,), (older,) = (manifest_of(replace(SETTINGS, manifest=one))["bots"] for one in VERSIONS)
    assert newer["supportsTargetedMessages"] is True
    assert {(*one["scopes"], *one["triggers"]) for one in newer["commandLists"]} == {
        ("personal", "mention"), ("team", "groupChat", "mention", "slash")
    }  # fmt: skip
    assert "supportsTargetedMessages" not in older
    assert all("triggers" not in one for one in older["commandLists"])


def test_every_word_that_is_offered_is_a_command_in_both_languages() -> None:
    assert all(command(english) == command(korean) == (english, "") for english, korean in COMMANDS.items())
    manifest, korean = manifest_of(SETTINGS), korean_of(SETTINGS)
    for number, listed in enumerate(manifest["bots"][0]["commandLists"]):
        assert [one["title"] for one in listed["commands"]] == list(COMMANDS)
        titles = [korean[f"bots[0].commandLists[{number}].commands[{at}].title"] for at in range(len(COMMANDS))]
        assert titles == list(COMMANDS.values())


def test_it_asks_for_no_more_than_it_needs() -> None:
    assert "authorization" not in manifest_of(SETTINGS)
    assert "webApplicationInfo" not in manifest_of(SETTINGS)
    asked = manifest_of(replace(SETTINGS, hears_all=True))["authorization"]["permissions"]["resourceSpecific"]
    assert {one["name"] for one in asked} == {"ChannelMessage.Read.Group", "ChatMessage.Read.Chat"}


def test_the_same_settings_are_the_same_bytes_and_one_bot_is_one_app() -> None:
    assert app_package(SETTINGS) == app_package(SETTINGS)
    later = replace(SETTINGS, version="1.0.1", name="Ask")
    assert app_package(later) != app_package(SETTINGS)
    assert manifest_of(later)["id"] == manifest_of(SETTINGS)["id"] != APP
    assert manifest_of(replace(SETTINGS, app_id=APP.upper()))["id"] == manifest_of(SETTINGS)["id"]
    assert manifest_of(replace(SETTINGS, app_id=APP[:-1] + "2"))["id"] != manifest_of(SETTINGS)["id"]


def test_the_icons_are_what_teams_takes() -> None:
    assert (size_of(color_png()), size_of(outline_png())) == ((192, 192), (32, 32))
    assert {pixel[3] for row in pixels(color_png()) for pixel in row} == {255}
    outline = pixels(outline_png())
    assert {pixel[:3] for row in outline for pixel in row if pixel[3]} == {(255, 255, 255)}
    corners = [outline[y][x] for y in (0, 31) for x in (0, 31)]
    assert {pixel[3] for pixel in corners} == {0}
    assert 0 < sum(pixel[3] == 255 for row in outline for pixel in row) < 32 * 32 / 2


@pytest.mark.parametrize("content", [b"", b"GIF89a", png(16, []), color_png()[:20]])
def test_an_icon_that_is_not_one_is_refused(content: bytes) -> None:
    check_icons({"color.png": color_png(), "outline.png": outline_png()})
    for name in ("color.png", "outline.png"):
        icons = {"color.png": color_png(), "outline.png": outline_png(), name: content}
        assert refused(lambda icons=icons: check_icons(icons)) == "package.icon"  # type: ignore[misc]


def test_a_package_needs_a_website_and_an_application_id() -> None:
    assert refused(lambda: app_package(replace(SETTINGS, public_url=""))) == "package.website"
    assert refused(lambda: app_package(replace(SETTINGS, app_id="colloquery"))) == "package.guid"
    assert refused(lambda: app_package(replace(SETTINGS, public_url="http://data.example.com"))) == "package.url"
    assert refused(lambda: app_package(replace(SETTINGS, public_url="https://10.0.0.77"))) == "package.domain"
    told = replace(SETTINGS, public_url="http://localhost:8000", website="https://example.com/about")
    assert "validDomains" not in manifest_of(told)
    assert app_package(told)


Change = Callable[[Json], Any]


def set_to(*path: Any) -> Change:
    """A change that writes the last of `path` where the others lead."""

    def change(manifest: Json) -> None:
        *way, name, value = path
        for step in way:
            manifest = manifest[step]
        manifest[name] = value

    return change


def wrong() -> Iterator[tuple[str, Change]]:
    """Every rule, broken once."""
    yield "package.manifest_version", set_to("manifestVersion", "1.28")
    yield "package.one_of", set_to("$schema", SCHEMA.format(version=PLAIN))
    for version in ("", "1.0", "01.0.0", "1.0.0-beta", 1):
        yield "package.version", set_to("version", version)
    for guid in ("", "x", APP.replace("-", ""), None, 7):
        yield "package.guid", set_to("id", guid)
    yield "package.guid", set_to("bots", 0, "botId", "x")
    for name, most in (("short", 30), ("full", 100)):
        for text in ("", " \u2800", "x" * (most + 1), None):
            yield "package.text", set_to("name", name, text)
    yield "package.text", set_to("description", "short", "x" * 81)
    yield "package.text", set_to("description", "full", "x" * 4_001)
    yield "package.text", set_to("developer", "name", "x" * 33)
    for name in ("websiteUrl", "privacyUrl", "termsOfUseUrl"):
        for url in ("", "http://example.com", "https://", "https://a:b@example.com", "https://[", "https://x.com/a b",
                    "javascript:alert(1)", "https://example.com/" + "x" * 2_048, None):  # fmt: skip
            yield "package.url", set_to("developer", name, url)
    for name in ("color", "outline"):
        yield "package.file", set_to("icons", name, "../color.png")
    for colour in ("red", "#12345", "#12345g"):
        yield "package.colour", set_to("accentColor", colour)
    yield "package.many", lambda manifest: manifest["bots"].append({**manifest["bots"][0], "supportsFiles": False})
    yield "package.many", set_to("bots", 0, "scopes", [])
    yield "package.many", set_to("bots", 0, "scopes", ["team", "team"])
    yield "package.one_of", set_to("bots", 0, "scopes", ["groupchat"])
    yield "package.one_of", set_to("bots", 0, "supportsFiles", "yes")
    commands = [{"title": f"t{n}", "description": "d"} for n in range(13)]
    yield "package.many", set_to("bots", 0, "commandLists", 0, "commands", commands)
    yield "package.text", set_to("bots", 0, "commandLists", 0, "commands", 0, "title", "x" * 129)
    yield "package.text", set_to("bots", 0, "commandLists", 0, "commands", 0, "description", "x" * 4_001)
    yield "package.one_of", set_to("bots", 0, "commandLists", 0, "triggers", ["shout"])
    yield (
        "package.many",
        lambda manifest: manifest["bots"][0]["commandLists"].extend(
            {"scopes": ["team"], "commands": commands[:one]} for one in (1, 2)
        ),
    )
    for domain in ("", "https://example.com", "example", "exa mple.com", "10.0.0.1/8"):
        yield "package.domain", set_to("validDomains", [domain])
    yield "package.many", set_to("validDomains", [f"a{n}.example.com" for n in range(17)])
    yield "package.one_of", set_to("permissions", ["everything"])
    yield "package.language", set_to("localizationInfo", "defaultLanguageTag", "english language")
    yield "package.file", set_to("localizationInfo", "additionalLanguages", [{"languageTag": "ko", "file": "/etc/ko"}])
    permission = {"name": "Mail.Read", "type": "Application"}
    yield "package.one_of", set_to("authorization", {"permissions": {"resourceSpecific": [permission]}})
    for path in ((), ("bots", 0), ("developer",), ("bots", 0, "commandLists", 0, "commands", 0)):
        yield "package.unknown_field", set_to(*path, "isFullTrust", True)
    for name in ("version", "id", "developer", "name", "description", "icons", "accentColor"):
        yield "package.missing", lambda manifest, name=name: manifest.pop(name)  # type: ignore[misc]
    yield "package.missing", lambda manifest: manifest["developer"].pop("termsOfUseUrl")
    yield "package.missing", set_to("developer", "Colloquery")


@pytest.mark.parametrize(("code", "change"), list(wrong()))
def test_every_rule_refuses_what_breaks_it(code: str, change: Change) -> None:
    manifest = copy.deepcopy(manifest_of(SETTINGS))
    check_manifest(manifest)
    change(manifest)
    assert refused(lambda: check_manifest(manifest)) == code


@pytest.mark.parametrize("name", ["supportsTargetedMessages", "triggers"])
def test_the_older_manifest_takes_nothing_of_the_newer(name: str) -> None:
    manifest = manifest_of(replace(SETTINGS, manifest=PLAIN))
    (bot,) = manifest["bots"]
    (bot if name.startswith("supports") else bot["commandLists"][0])[name] = True
    assert refused(lambda: check_manifest(manifest)) == "package.unknown_field"


def test_translations_are_of_what_the_manifest_has() -> None:
    manifest, korean = manifest_of(SETTINGS), korean_of(SETTINGS)
    check_localization(korean, manifest)
    beyond = "bots[0].commandLists[0].commands[9].title"
    assert refused(lambda: check_localization(korean | {beyond: "x"}, manifest)) == "package.unknown_field"
    assert refused(lambda: check_localization(korean | {"name.short": "x" * 31}, manifest)) == "package.text"
    assert refused(lambda: check_localization({"name.short": "x"}, manifest)) == "package.missing"


def test_the_command_writes_the_file_and_says_what_to_do_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "app.zip"
    for name, value in (("TEAMS_APP_ID", APP), ("COLLOQUERY_PUBLIC_URL", "https://data.example.com/")):
        monkeypatch.setenv(name, value)
    told = run("teams", "package", "--out", str(out))
    assert told[0] == 0 and "app.zip" in told[1] and "1.29" in told[1]
    assert out.read_bytes() == app_package(SETTINGS)
    changed = ("--manifest", "1.22", "--package-version", "1.2.0", "--developer", "Kim & Lee", "--hear-all",
               "--privacy", "https://example.com/privacy", "--terms", "https://example.com/terms",
               "--website", "https://example.com", "--name", "Ask")  # fmt: skip
    assert run("teams", "package", "--out", str(out), *changed)[0] == 0
    manifest = json.loads(unpacked(out.read_bytes())["manifest.json"])
    assert (manifest["manifestVersion"], manifest["version"]) == ("1.22", "1.2.0")
    assert manifest["developer"] == {
        "name": "Kim & Lee", "websiteUrl": "https://example.com", "privacyUrl": "https://example.com/privacy",
        "termsOfUseUrl": "https://example.com/terms",
    }  # fmt: skip
    assert manifest["name"]["short"] == "Ask" and "authorization" in manifest


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--app-id", "colloquery"], "TEAMS_APP_ID"),
        ([], "TEAMS_APP_ID"),
        (["--app-id", APP], "--website"),
        (["--app-id", APP, "--website", "http://example.com"], "https://"),
        (["--app-id", APP, "--website", "https://example.com", "--manifest", "2"], "1.29, 1.22"),
        (["--app-id", APP, "--website", "https://example.com", "--package-version", "new"], "1.0.2"),
        (["--app-id", APP, "--website", "https://example.com", "--name", "x" * 31], "30 characters"),
        (["--app-id", APP, "--website", "https://example.com", "--out", "nowhere/app.zip"], "--out"),
    ],
)
def test_what_teams_would_refuse_is_not_written(options: list[str], words: str, tmp_path: Path) -> None:
    code, told = run("teams", "package", *options)
    assert code == 2, told
    assert words in told
    assert list(tmp_path.rglob("*.zip")) == []


def refused(work: Callable[[], object]) -> str:
    """The code of the refusal, which has words that say what to do in every language."""
    with pytest.raises(BadSetting) as refusal:
        work()
    for language in LANGUAGES:
        text, hint = error_words(language, refusal.value)
        assert text and hint and "{" not in text + hint
    return refusal.value.code
