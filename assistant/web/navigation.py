"""The pages that the header of every page names, in one place."""

from __future__ import annotations

CHAT = ("chat", "/")
GUIDANCE = ("guidance", "/guidance")


def pages() -> tuple[tuple[str, str], ...]:
    """The name of each page (its words are in the catalogue under `pages.nav`) and its address, in order.

    A template says which of them it is with `{% set here = "guidance" %}`.
    """
    return (CHAT, GUIDANCE)
