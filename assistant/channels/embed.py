"""The chat on other pages: the script that they load, the page in its frame, and a demonstration."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from actions.texts import CATALOGUES, catalogue
from assistant.channels.web import chat_page
from assistant.settings import Settings
from assistant.web import STATIC
from assistant.web.protection import EMBEDDED
from assistant.web.rendering import page

router = APIRouter(include_in_schema=False)

SCRIPT = STATIC / "embed.js"
PLACE_OF_TEXTS = "/* texts */ {}"
SCRIPT_HEADERS = {"Cache-Control": "public, max-age=3600", "Cross-Origin-Resource-Policy": "cross-origin"}


@router.get("/embed.js")
async def script() -> Response:
    """The script that puts the assistant on a page of an allowed host."""
    content = await run_in_threadpool(_script, SCRIPT, SCRIPT.stat().st_mtime_ns)
    return Response(content, media_type="text/javascript", headers=SCRIPT_HEADERS)


@lru_cache(maxsize=2)
def _script(file: Path, _changed: int) -> str:
    """The built script with the words of each language that the catalogue has."""
    texts = {name: catalogue(name)["pages"]["embed"] for name in languages()}
    words = json.dumps(texts, ensure_ascii=False, separators=(",", ":"))
    return file.read_text(encoding="utf-8").replace(PLACE_OF_TEXTS, words)


def languages() -> list[str]:
    """The languages that there is a catalogue of texts in."""
    found = (file.stem for file in CATALOGUES.glob("*.yaml") if re.fullmatch("[a-z]{2}", file.stem))
    return sorted(name for name in found if "embed" in catalogue(name).get("pages", {}))


@router.get(EMBEDDED)
async def framed(request: Request, host: Annotated[str, Query(max_length=300)] = "") -> Response:
    """The chat in a frame. Its conversation is named by a secret that the frame keeps, not by a cookie."""
    known = host if is_allowed(host, request) else ""
    return await run_in_threadpool(
        chat_page, [], ready=request.app.state.engine.ready, embedded={"host": known}
    )


def is_allowed(origin: str, request: Request) -> bool:
    """Whether pages of an origin may embed the chat: those of this service itself, and the settings' hosts."""
    settings: Settings = request.app.state.settings
    own = f"{request.url.scheme}://{request.url.netloc}"
    return origin == own or matches(origin, settings.embed_hosts)


def matches(origin: str, hosts: Sequence[str]) -> bool:
    """Whether an origin is one of those named, where `https://*.example.gov.uk` names every host below it."""
    for host in hosts:
        if "*." not in host:
            found = origin.lower() == host.lower()
        else:
            before, _, after = map(re.escape, host.partition("*."))
            found = re.fullmatch(rf"{before}([a-z0-9-]+\.)+{after}", origin, re.IGNORECASE) is not None
        if found:
            return True
    return False


@router.get("/demo/intranet")
async def intranet(request: Request) -> Response:
    """A page that stands for an intranet with styles of its own. In development mode only."""
    settings: Settings = request.app.state.settings
    if settings.sign_in_configured():
        return page("not_found.html", status_code=404, message="")
    return page("intranet.html")
