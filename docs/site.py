"""Hooks of the site: the README is its first page, and links that leave `docs` lead to plain text there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File

ROOT = Path(__file__).parents[1]
NOT_HERE = r"(?:\.\./)+[^)]*|notebooks/[^)]*|CITATION\.cff|CONTRIBUTING\.md|CHANGELOG\.md"
OUTSIDE = re.compile(rf"\[([^\]]+)\]\((?!https?:|#)(?:{NOT_HERE})\)")


def on_files(files: Any, config: Any) -> Any:
    """Add the README as the first page."""
    text = (ROOT / "README.md").read_text(encoding="utf-8").replace("](docs/", "](")
    files.append(File.generated(config, "index.md", content=text))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Keep the words of a link to a file outside the site, without the link."""
    return OUTSIDE.sub(r"\1", markdown).replace("](images/landscape.py)", "](images/landscape.png)")
