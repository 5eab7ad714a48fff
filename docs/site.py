"""Hooks of the site: the README is its first page, links that leave `docs` become plain text, <u, v> stays as it is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor
from mkdocs.structure.files import File

ROOT = Path(__file__).parents[1]
NOT_HERE = r"(?:\.\./)+[^)]*|notebooks/[^)]*|CITATION\.cff|CONTRIBUTING\.md|CHANGELOG\.md"
OUTSIDE = re.compile(rf"\[([^\]]+)\]\((?!https?:|#)(?:{NOT_HERE})\)")
# an inner product, which Markdown would read as a tag and leave out
PRODUCT = re.compile(r"<(?=[\w_]+(?: - \w+)?, )")
# before raw HTML is set apart (20), after fenced code is (25)
TURN = 22


class Products(Preprocessor):
    """Keeps inner products in running text."""

    def run(self, lines: list[str]) -> list[str]:
        """Return the lines with the angle brackets of inner products as characters, code left alone."""
        return [line if line.startswith("    ") else _kept(line) for line in lines]


class KeepsProducts(Extension):
    """Makes pages and docstrings keep inner products."""

    def extendMarkdown(self, md: Any) -> None:
        """Add the preprocessor."""
        md.preprocessors.register(Products(md), "products", TURN)


def _kept(line: str) -> str:
    """Return a line with its inner products escaped outside of code.

    >>> _kept("a <w_j, x_i> and `<w, x>` <b>bold</b>")
    'a &lt;w_j, x_i> and `<w, x>` <b>bold</b>'
    """
    parts = line.split("`")
    return "`".join(part if k % 2 else PRODUCT.sub("&lt;", part) for k, part in enumerate(parts))


def on_config(config: Any) -> Any:
    """Add the extension, for the pages and for the docstrings on them."""
    config["markdown_extensions"].append(KeepsProducts())
    return config


def on_files(files: Any, config: Any) -> Any:
    """Add the README as the first page."""
    text = (ROOT / "README.md").read_text(encoding="utf-8").replace("](docs/", "](")
    files.append(File.generated(config, "index.md", content=text))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Keep the words of a link to a file outside the site, without the link."""
    return OUTSIDE.sub(r"\1", markdown).replace("](images/landscape.py)", "](images/landscape.png)")
