"""Putting a canonical text together block by block, for formats that are not text to begin with."""

import re

from knowledge.blocks import Block, BlockKind, SourceText, collapse

# no text, and no database takes them all
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class TextBuilder:
    """Collects blocks; `done` gives the canonical text with each block's place in it."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._blocks: list[Block] = []
        self._at = 0

    def add(
        self,
        kind: BlockKind,
        text: str,
        *,
        level: int = 0,
        page: int | None = None,
        cells: tuple[str, ...] = (),
        table: int | None = None,
    ) -> None:
        """Add a block (nothing, when it has no text). Cells are joined by tabs."""
        cells = tuple(CONTROL.sub("", cell) for cell in cells)
        text = CONTROL.sub("", text)
        text = "\t".join(collapse(cell) for cell in cells) if cells else collapse(text)
        if not text.strip():
            return
        shown = f"- {text}" if kind == "item" else text
        block = Block(kind, self._at, self._at + len(shown), level, page, cells, None, table)
        self._blocks.append(block)
        self._parts.append(shown)
        self._at += len(shown) + 2

    def done(self, pages: int | None = None) -> SourceText:
        """The finished text."""
        return SourceText("\n\n".join(self._parts) + "\n", self._blocks, pages)
