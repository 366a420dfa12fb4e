"""The app package: what an administrator of Teams uploads once, so that people can add the bot. Pure.

Two times the same settings are the same bytes, and one bot is always the same app: a package with a higher version
takes the place of the one that was uploaded before.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from adapters.chat.text import Json
from adapters.teams.icons import ACCENT, COLOR_SIZE, OUTLINE_SIZE, color_png, outline_png, size_of
from adapters.teams.manifest_rules import LOCALIZATION, SCHEMA, SLASH, check_localization, check_manifest
from core.errors import BadSetting
from core.locale import say

COMMANDS = {"ask": "질문", "usage": "사용량", "templates": "템플릿", "connections": "연결", "help": "도움말"}
"""The words that Teams offers, in English and in Korean: each is a command of `adapters.chat.words`."""

_COLOR, _OUTLINE, _KOREAN = "color.png", "outline.png", "ko.json"
_APP = "colloquery"
_ALONE, _SHARED = ["personal"], ["team", "groupChat"]
_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The date of every file within, so that it does not depend on the day."""


@dataclass(frozen=True, slots=True)
class PackageSettings:
    """What a package is made of."""

    app_id: str
    """Of the bot's registration."""
    public_url: str = ""
    """Where people reach our own pages: links there may be opened, and it is the website where none is told."""
    version: str = "1.0.0"
    """Of the package. Teams takes the place of an uploaded one only with a higher version."""
    manifest: str = SLASH
    name: str = "Colloquery"
    developer: str = "Colloquery"
    website: str = ""
    privacy: str = ""
    terms: str = ""
    """https addresses. The two others are the website unless they are told."""
    hears_all: bool = False
    """Whether it asks to hear what is not addressed to it, which lets a thread go on without mentions."""


def app_package(settings: PackageSettings) -> bytes:
    """The package as a zip file. Raises `BadSetting` where Teams would refuse it."""
    manifest, korean = manifest_of(settings), korean_of(settings)
    check_manifest(manifest)
    check_localization(korean, manifest)
    icons = {_COLOR: color_png(), _OUTLINE: outline_png()}
    check_icons(icons)
    return _zipped({"manifest.json": _text(manifest), _KOREAN: _text(korean), **icons})


def manifest_of(settings: PackageSettings) -> Json:
    """The manifest, not checked yet, but for what it is made of: raises `BadSetting` for an app id that is no GUID and
    for a website that nobody told."""
    identity, site = _id(settings.app_id), settings.website or settings.public_url
    if not site:
        raise BadSetting("package.website")
    manifest: Json = {
        "$schema": SCHEMA.format(version=settings.manifest),
        "manifestVersion": settings.manifest,
        "version": settings.version,
        "id": identity,
        "developer": {
            "name": settings.developer,
            "websiteUrl": site,
            "privacyUrl": settings.privacy or site,
            "termsOfUseUrl": settings.terms or site,
        },
        "name": {"short": settings.name, "full": say("en", "teams.package.full_name", name=settings.name)},
        "description": {"short": say("en", "teams.package.short"), "full": say("en", "teams.package.full")},
        "icons": {"color": _COLOR, "outline": _OUTLINE},
        "accentColor": ACCENT,
        "bots": [_bot(settings)],
        # Who somebody is, and answers to a person alone where others would read along.
        "permissions": ["identity", "messageTeamMembers"],
        "localizationInfo": {
            "defaultLanguageTag": "en",
            "additionalLanguages": [{"languageTag": "ko", "file": _KOREAN}],
        },
    }
    domain = urlsplit(settings.public_url).hostname if settings.public_url.startswith("https://") else None
    if domain:
        manifest["validDomains"] = [domain]
    return manifest | (_hearing_all(settings.app_id) if settings.hears_all else {})


def korean_of(settings: PackageSettings) -> Json:
    """What people read of it whose Teams is in Korean."""
    texts: Json = {
        "$schema": LOCALIZATION.format(version=settings.manifest),
        "name.short": settings.name,
        "name.full": say("ko", "teams.package.full_name", name=settings.name),
        "description.short": say("ko", "teams.package.short"),
        "description.full": say("ko", "teams.package.full"),
    }
    for listed in range(2):
        for number, (name, title) in enumerate(COMMANDS.items()):
            command = f"bots[0].commandLists[{listed}].commands[{number}]"
            texts |= {f"{command}.title": title, f"{command}.description": _about(name, "ko")}
    return texts


def check_icons(icons: Mapping[str, bytes]) -> None:
    """Raises `BadSetting` for an icon that is no PNG of the size that Teams wants."""
    for name, size in ((_COLOR, COLOR_SIZE), (_OUTLINE, OUTLINE_SIZE)):
        if size_of(icons[name]) != (size, size):
            raise BadSetting("package.icon", name=name, size=size)


def _bot(settings: PackageSettings) -> Json:
    slash = settings.manifest == SLASH
    commands = [{"title": name, "description": _about(name, "en")} for name in COMMANDS]
    # With a slash a message goes to us alone, which means something only where others read.
    lists = [{"scopes": _ALONE, "commands": commands}, {"scopes": _SHARED, "commands": commands}]
    if slash:
        lists = [one | {"triggers": said} for one, said in zip(lists, (["mention"], ["mention", "slash"]), strict=True)]
    bot: Json = {
        "botId": settings.app_id,
        "scopes": [*_ALONE, *_SHARED],
        "supportsFiles": True,
        "isNotificationOnly": False,
        "commandLists": lists,
    }
    return bot | ({"supportsTargetedMessages": True} if slash else {})


def _about(name: str, locale: str) -> str:
    return say(locale, f"chat.help.{name}")


def _hearing_all(app_id: str) -> Json:
    """Consent of the team or the chat that it is added to, not of the whole organisation."""
    names = ("ChannelMessage.Read.Group", "ChatMessage.Read.Chat")
    return {
        "authorization": {"permissions": {"resourceSpecific": [{"name": one, "type": "Application"} for one in names]}},
        "webApplicationInfo": {"id": app_id, "resource": f"api://botid-{app_id}"},
    }


def _id(app_id: str) -> str:
    try:
        return str(uuid5(UUID(app_id), _APP))
    except ValueError:
        raise BadSetting("package.guid", field="TEAMS_APP_ID") from None


def _text(content: Json) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=2).encode() + b"\n"


def _zipped(files: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _EARLIEST)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
            packed.writestr(entry, content)
    return made.getvalue()
