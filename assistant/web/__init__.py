"""The web pages: templates, and the sources of their styles and scripts."""

from pathlib import Path

HERE = Path(__file__).resolve().parent
TEMPLATES = HERE / "templates"
STYLES = HERE / "styles"
SCRIPTS = HERE / "scripts"
STATIC = HERE / "static"
"""Built by `assistant.frontend`, never committed."""
