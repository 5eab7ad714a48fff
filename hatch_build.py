"""Project addresses: all made from one variable, RELUSCAPE_REPOSITORY, and none where it is not set."""

from __future__ import annotations

import os
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

PARTS = {"Source": "", "Issues": "/issues", "Changelog": "/blob/main/CHANGELOG.md"}


class Addresses(MetadataHookInterface):
    """Adds the project's addresses to what is built."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Write them into the metadata."""
        base = os.environ.get("RELUSCAPE_REPOSITORY", "").rstrip("/")
        metadata["urls"] = {name: base + part for name, part in PARTS.items()} if base else {}
