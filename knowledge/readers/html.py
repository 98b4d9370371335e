"""HTML: headings, paragraphs, lists and tables of a page's main content."""

from selectolax.lexbor import LexborHTMLParser, LexborNode

from knowledge.blocks import SourceText
from knowledge.readers.builder import TextBuilder

_SKIPPED = "script, style, nav, header, footer, aside, form, noscript, svg, button, iframe, template"
_TEXT = {"p", "blockquote", "pre", "dd", "dt", "address"}


def read_html(markup: str) -> SourceText:
    """Blocks of an HTML page."""
    tree = LexborHTMLParser(markup)
    for node in tree.css(_SKIPPED):
        node.decompose()
    root = tree.css_first("main") or tree.css_first("article") or tree.body
    builder = TextBuilder()
    if root is not None:
        _walk(root, builder, [0])
    return builder.done()


def _walk(node: LexborNode, builder: TextBuilder, tables: list[int]) -> None:
    for child in node.iter():
        tag = child.tag or ""
        if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            builder.add("heading", child.text(separator=" "), level=int(tag[1]))
        elif tag == "table":
            tables[0] += 1
            for row in child.css("tr"):
                cells = tuple(cell.text(separator=" ") for cell in row.css("th, td"))
                if any(cell.strip() for cell in cells):
                    builder.add("row", "", cells=cells, table=tables[0])
        elif tag in ("ul", "ol"):
            for item in child.iter():
                nested = item.css("ul, ol")
                inner = [entry.text(separator=" ") for inner_list in nested for entry in inner_list.css("li")]
                for inner_list in nested:
                    inner_list.decompose()
                builder.add("item", item.text(separator=" "))
                for text in inner:
                    builder.add("item", text, level=1)
        elif tag in _TEXT:
            builder.add("paragraph", child.text(separator=" "))
        elif tag == "figcaption":
            builder.add("figure", child.text(separator=" "))
        elif child.css_first("p, ul, ol, table, h1, h2, h3, h4, h5, h6, div, section") is not None:
            _walk(child, builder, tables)
        else:
            builder.add("paragraph", child.text(separator=" "))
