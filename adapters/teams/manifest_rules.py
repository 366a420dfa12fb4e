"""What Teams takes as an app's manifest, checked here because its schema is not at hand where a package is made. Pure.

Sources: the published manifest and localization schemas (developer.microsoft.com/json-schemas/teams), the part of them
that a bot needs. A field that is not named here is refused, as the schema refuses it.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from adapters.chat.text import Json, is_blank
from core.errors import BadSetting

SLASH, PLAIN = "1.29", "1.22"
"""With slash commands and private messages, and the newest before it that older tenants take."""
VERSIONS = (SLASH, PLAIN)

SCHEMA = "https://developer.microsoft.com/json-schemas/teams/v{version}/MicrosoftTeams.schema.json"
LOCALIZATION = "https://developer.microsoft.com/json-schemas/teams/v{version}/MicrosoftTeams.Localization.schema.json"

Rule = Callable[[str, Any], None]
"""Raises `BadSetting` for a value; it is given the field's path, for the sentence."""

_COMMANDS = {SLASH: (12, 128, 4_000), PLAIN: (10, 32, 128)}
"""Commands of a list, characters of a title and of a description. Of 1.22 the narrowest that was ever published."""
_URL = 2_048
_SEMVER = re.compile(r"(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})")
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_DOMAIN = re.compile(r"(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_FILE = re.compile(r"[A-Za-z0-9_-]+\.(?:png|json)")
_TAG = re.compile(r"[A-Za-z0-9]{1,8}(?:-[A-Za-z0-9]{1,8}){0,2}")


@dataclass(frozen=True, slots=True)
class _Object:
    """An object: its fields with their rules; those in `may` may be absent."""

    must: Mapping[str, Rule]
    may: Mapping[str, Rule] = field(default_factory=dict)

    def __call__(self, path: str, value: Any) -> None:
        if not isinstance(value, dict):
            raise BadSetting("package.missing", field=path)
        known = {**self.must, **self.may}
        for name in self.must:
            if name not in value:
                raise BadSetting("package.missing", field=_under(path, name))
        for name, inner in value.items():
            if name not in known:
                raise BadSetting("package.unknown_field", field=_under(path, name))
            known[name](_under(path, name), inner)


def check_manifest(manifest: Json) -> None:
    """Raises `BadSetting` naming the first field that Teams would refuse, and what is wrong with it."""
    version = str(manifest.get("manifestVersion"))
    if version not in VERSIONS:
        raise BadSetting("package.manifest_version", versions=", ".join(VERSIONS))
    _manifest(version)("", manifest)


def check_localization(strings: Json, manifest: Json) -> None:
    """The same of a file of translations: it may name only what the manifest has."""
    texts = {"name.short": 30, "name.full": 100, "description.short": 80, "description.full": 4_000}
    _, title, description = _COMMANDS[str(manifest["manifestVersion"])]
    rules: dict[str, Rule] = {name: _text(most) for name, most in texts.items()}
    for number, listed in enumerate(manifest["bots"][0].get("commandLists", ())):
        for at in range(len(listed["commands"])):
            command = f"bots[0].commandLists[{number}].commands[{at}]"
            rules |= {f"{command}.title": _text(title), f"{command}.description": _text(description)}
    schema = LOCALIZATION.format(version=manifest["manifestVersion"])
    needed = ("name.short", "description.short", "description.full")
    must = {"$schema": _one_of(schema)} | {name: rules[name] for name in needed}
    _Object(must, {name: rule for name, rule in rules.items() if name not in must})("", strings)


def _manifest(version: str) -> Rule:
    most, title, description = _COMMANDS[version]
    command = _Object({"title": _text(title), "description": _text(description)})
    scopes = _many(_one_of("personal", "team", "groupChat"), 3)
    slash = version == SLASH
    commands = _Object(
        {"scopes": scopes, "commands": _many(command, most)},
        {"triggers": _many(_one_of("mention", "slash"), 2)} if slash else {},
    )
    bot = _Object(
        {"botId": _guid, "scopes": scopes},
        {"supportsFiles": _flag, "isNotificationOnly": _flag, "commandLists": _many(commands, 3)}
        | ({"supportsTargetedMessages": _flag} if slash else {}),
    )
    permission = _Object({"name": _one_of("ChannelMessage.Read.Group", "ChatMessage.Read.Chat"),
                          "type": _one_of("Application")})  # fmt: skip
    return _Object(
        {
            "$schema": _one_of(SCHEMA.format(version=version)),
            "manifestVersion": _one_of(version),
            "version": _matching(_SEMVER, "package.version"),
            "id": _guid,
            "developer": _Object(
                {"name": _text(32), "websiteUrl": _url, "privacyUrl": _url, "termsOfUseUrl": _url}
            ),
            "name": _Object({"short": _text(30), "full": _text(100)}),
            "description": _Object({"short": _text(80), "full": _text(4_000)}),
            "icons": _Object({"color": _matching(_FILE, "package.file"), "outline": _matching(_FILE, "package.file")}),
            "accentColor": _matching(_COLOUR, "package.colour"),
        },
        {
            "bots": _many(bot, 1),
            "permissions": _many(_one_of("identity", "messageTeamMembers"), 2),
            "validDomains": _many(_matching(_DOMAIN, "package.domain"), 16),
            "localizationInfo": _Object(
                {"defaultLanguageTag": _matching(_TAG, "package.language")},
                {"additionalLanguages": _many(
                    _Object({"languageTag": _matching(_TAG, "package.language"),
                             "file": _matching(_FILE, "package.file")}), 100)},
            ),
            "webApplicationInfo": _Object({"id": _guid}, {"resource": _text(100)}),
            "authorization": _Object({"permissions": _Object({"resourceSpecific": _many(permission, 16)})}),
        },
    )  # fmt: skip


def _under(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _text(most: int) -> Rule:
    def rule(path: str, value: Any) -> None:
        if not isinstance(value, str) or is_blank(value) or len(value) > most:
            raise BadSetting("package.text", field=path, most=most)

    return rule


def _one_of(*known: str) -> Rule:
    def rule(path: str, value: Any) -> None:
        if value not in known:
            raise BadSetting("package.one_of", field=path, known=", ".join(known))

    return rule


def _matching(pattern: re.Pattern[str], code: str) -> Rule:
    def rule(path: str, value: Any) -> None:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise BadSetting(code, field=path)

    return rule


def _many(each: Rule, most: int) -> Rule:
    def rule(path: str, value: Any) -> None:
        if not isinstance(value, list) or not 0 < len(value) <= most or _repeats(value):
            raise BadSetting("package.many", field=path, most=most)
        for number, one in enumerate(value):
            each(f"{path}[{number}]", one)

    return rule


def _repeats(values: Iterable[Any]) -> bool:
    told = [repr(one) for one in values]
    return len(set(told)) < len(told)


def _flag(path: str, value: Any) -> None:
    if not isinstance(value, bool):
        raise BadSetting("package.one_of", field=path, known="true, false")


def _guid(path: str, value: Any) -> None:
    try:
        is_guid = str(UUID(value)) == value.lower()
    except (ValueError, AttributeError, TypeError):
        is_guid = False
    if not is_guid:
        raise BadSetting("package.guid", field=path)


def _url(path: str, value: Any) -> None:
    try:
        parts = urlsplit(value) if isinstance(value, str) and len(value) <= _URL else None
        is_good = parts is not None and parts.scheme == "https" and bool(parts.hostname) and parts.username is None
    except ValueError:
        is_good = False
    if not is_good or any(one.isspace() for one in value):
        raise BadSetting("package.url", field=path)
