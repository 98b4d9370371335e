"""The app package that an administrator uploads to Teams: the manifest and the two icons, as a zip file."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from actions.texts import entry, text
from assistant.channels.teams.icons import colour_icon, outline_icon

MANIFEST_VERSION = "1.30"
"""The newest numbered schema of the npm package @microsoft/app-manifest 1.1.2."""

SCHEMA = f"https://developer.microsoft.com/json-schemas/teams/v{MANIFEST_VERSION}/MicrosoftTeams.schema.json"
ACCENT = "#1D70B8"
"""The blue of GOV.UK, of the icon's ground."""

_HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_VERSION = re.compile(r"(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)")
_SHARED = ["team", "groupChat"]


class BadPackageOption(ValueError):
    """Something given for the package cannot be used; the message names it and says what is allowed."""


@dataclass(frozen=True)
class PackageOptions:
    """What differs between one installation and another."""

    host: str
    """The host name at which Teams and people reach the service, without `https://`."""
    app_id: str
    """The id of the app in Teams: a GUID made once, and kept for every later package."""
    client_id: str
    """The application (client) id of the bot in Entra."""
    developer: str = "POM assistant"
    website: str | None = None
    privacy: str | None = None
    terms: str | None = None
    version: str = "1.0.0"


def build_package(options: PackageOptions) -> bytes:
    """The zip file. The same options give the same bytes. Raises `BadPackageOption`."""
    files = {
        "manifest.json": json.dumps(manifest(options), indent=2, ensure_ascii=False).encode(),
        "color.png": colour_icon(ACCENT),
        "outline.png": outline_icon(),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, datetime(2020, 1, 1).timetuple()[:6]), content)
    return packed.getvalue()


def manifest(options: PackageOptions) -> dict[str, Any]:
    """The manifest of the app. Raises `BadPackageOption`."""
    host = _host(options.host)
    app_id, client_id = _guid("app-id", options.app_id), _guid("client-id", options.client_id)
    if not _VERSION.fullmatch(options.version):
        raise BadPackageOption(f"version: {options.version!r} is none; give three numbers, as 1.0.0")
    if not 1 <= len(options.developer) <= 32:
        raise BadPackageOption("developer: give a name of at most 32 characters")
    home = f"https://{host}/"
    return {
        "$schema": SCHEMA,
        "manifestVersion": MANIFEST_VERSION,
        "version": options.version,
        "id": app_id,
        "developer": {
            "name": options.developer,
            "websiteUrl": _address("website", options.website, home),
            "privacyUrl": _address("privacy", options.privacy, home),
            "termsOfUseUrl": _address("terms", options.terms, home),
        },
        "name": {"short": text("teams.package.short_name"), "full": text("teams.package.full_name")},
        "description": {
            "short": text("teams.package.short_description"),
            "full": text("teams.package.full_description"),
        },
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": ACCENT,
        "defaultInstallScope": "personal",
        "bots": [
            {
                "botId": client_id,
                "scopes": ["personal", *_SHARED],
                "isNotificationOnly": False,
                "supportsFiles": False,
                "commandLists": [
                    {"scopes": ["personal"], "commands": list(entry("teams.package.commands.personal"))},
                    {"scopes": _SHARED, "commands": list(entry("teams.package.commands.shared"))},
                ],
            }
        ],
        "permissions": ["identity", "messageTeamMembers"],
        "validDomains": [host],
        "webApplicationInfo": {"id": client_id, "resource": f"api://botid-{client_id}"},
    }


def _host(given: str) -> str:
    host = given.strip().lower().removeprefix("https://").rstrip("/")
    if not _HOST.fullmatch(host):
        raise BadPackageOption(f"host: {given!r} is no host name; give one as pom.example.gov.uk")
    return host


def _guid(name: str, given: str) -> str:
    try:
        return str(UUID(given.strip()))
    except ValueError:
        raise BadPackageOption(
            f"{name}: {given!r} is no id; give one as 11111111-2222-3333-4444-555555555555"
        ) from None


def _address(name: str, given: str | None, otherwise: str) -> str:
    address = given or otherwise
    if not re.fullmatch(r"https://[^\s/]+\S*", address) or len(address) > 2048:
        raise BadPackageOption(f"{name}: {given!r} is no address; give one that begins with https://")
    return address
