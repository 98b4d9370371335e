"""The app package that is uploaded to Teams."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from PIL import Image
from typer.testing import CliRunner

from assistant.channels.teams.package import (
    MANIFEST_VERSION,
    BadPackageOption,
    PackageOptions,
    build_package,
    manifest,
)
from assistant.cli import app
from assistant.settings import PROJECT_ROOT

SCHEMAS = PROJECT_ROOT / "node_modules" / "@microsoft" / "app-manifest" / "build" / "json-schemas" / "teams"
APP, BOT = "12345678-1234-1234-1234-123456789012", "11111111-2222-3333-4444-555555555555"
OPTIONS = PackageOptions(host="pom.example.gov.uk", app_id=APP, client_id=BOT)


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_manifest_keeps_to_microsofts_schema() -> None:
    schema = json.loads((SCHEMAS / f"v{MANIFEST_VERSION}" / "MicrosoftTeams.schema.json").read_text("utf-8"))
    made = json.loads(unpacked(build_package(OPTIONS))["manifest.json"])
    problems = [error.message for error in jsonschema.Draft4Validator(schema).iter_errors(made)]
    assert problems == []
    wrong = made | {"accentColor": "blue", "bots": [made["bots"][0] | {"botId": "me"}]}
    assert len(list(jsonschema.Draft4Validator(schema).iter_errors(wrong))) == 2, "the schema does check"


def test_the_schema_is_the_newest_of_the_package() -> None:
    def version(folder: Path) -> tuple[int, ...]:
        return tuple(int(part) for part in folder.name.removeprefix("v").split("."))

    numbered = [folder for folder in SCHEMAS.iterdir() if folder.name[1:2].isdigit()]
    assert max(numbered, key=version).name == f"v{MANIFEST_VERSION}"


def test_the_icons_are_as_teams_asks() -> None:
    files = unpacked(build_package(OPTIONS))
    colour = Image.open(io.BytesIO(files["color.png"])).convert("RGBA")
    assert colour.size == (192, 192)
    assert colour.getextrema()[3] == (255, 255), "nothing shows through"
    outline = Image.open(io.BytesIO(files["outline.png"])).convert("RGBA")
    assert outline.size == (32, 32)
    assert outline.getpixel((0, 0))[3] == 0, "a ground that shows through"
    inked = [pixel for pixel in outline.getdata() if pixel[3] > 0]
    assert inked
    assert all(min(pixel[:3]) > 250 for pixel in inked if pixel[3] == 255), "white only"


def test_the_bot_works_in_chats_and_channels_with_its_commands() -> None:
    (bot,) = manifest(OPTIONS)["bots"]
    assert set(bot["scopes"]) == {"personal", "team", "groupChat"}
    for commands in bot["commandLists"]:
        assert 1 <= len(commands["commands"]) <= 10, "Teams shows no more"
        assert all(len(command["title"]) <= 32 for command in commands["commands"])


def test_single_sign_on_and_domains_name_the_installation() -> None:
    made = manifest(replace(OPTIONS, host="https://POM.example.gov.uk/"))
    assert made["validDomains"] == ["pom.example.gov.uk"]
    assert made["webApplicationInfo"] == {"id": BOT, "resource": f"api://botid-{BOT}"}


def test_the_same_options_give_the_same_package() -> None:
    assert build_package(OPTIONS) == build_package(OPTIONS)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"host": "localhost"}, "host"),
        ({"host": "http://pom.example.org"}, "host"),
        ({"host": "pom.example.org/path"}, "host"),
        ({"app_id": "pom"}, "app-id"),
        ({"client_id": ""}, "client-id"),
        ({"version": "1.0"}, "version"),
        ({"developer": "x" * 33}, "developer"),
        ({"privacy": "http://example.org"}, "privacy"),
    ],
)
def test_what_cannot_be_used_is_named(wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(BadPackageOption, match=named):
        manifest(replace(OPTIONS, **wrong))


def test_the_command_writes_the_package(tmp_path: Path) -> None:
    out = tmp_path / "teams.zip"
    command = ["teams", "package", "--host", "pom.example.gov.uk", "--app-id", APP, "--out", str(out)]
    done = CliRunner().invoke(app, [*command, "--client-id", BOT])
    assert done.exit_code == 0, done.output
    assert set(unpacked(out.read_bytes())) == {"manifest.json", "color.png", "outline.png"}
    assert CliRunner().invoke(app, command).exit_code == 2, "no client id given or configured"
