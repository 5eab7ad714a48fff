"""What a long benchmark has computed, kept line by line, so that it goes on where it was stopped."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any


class Kept:
    """Values that were computed, by name, in a file of one line of JSON each.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        lines = path.read_text().splitlines() if path.exists() else []
        self.values = {line["name"]: line["value"] for line in map(json.loads, lines)}

    def get(self, name: str, compute: Callable[[], Any]) -> Any:
        """Return the value of a name, computed where it is not there."""
        if name not in self.values:
            self.values[name] = compute()
            with self.path.open("a") as file:
                file.write(json.dumps({"name": name, "value": self.values[name]}) + "\n")
        return self.values[name]
