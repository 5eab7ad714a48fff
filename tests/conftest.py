"""Settings that every test shares."""

from __future__ import annotations

import importlib.util
import shutil

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "ci", max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
settings.register_profile("deep", max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
settings.load_profile("ci")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ABSENT = {
    "browser": None if CHROMIUM else "no Chromium is on the path",
    "torch": None if importlib.util.find_spec("torch") else "torch is not installed",
}
DESELECTED: dict[str, int] = {}


def pytest_collection_modifyitems(config, items):
    """Deselect the tests whose outside program is absent; the closing lines say so. Refuse a name with an address."""
    for item in items:
        if " at 0x" in item.nodeid:  # another one in each process: tests could neither be shared out nor named again
            raise pytest.UsageError(f"{item.nodeid} is named by an address; give its parameters ids")
    for marker, reason in ABSENT.items():
        without = [item for item in items if reason and item.get_closest_marker(marker)]
        if without:
            config.hook.pytest_deselected(items=without)
            items[:] = [item for item in items if item not in set(without)]
            DESELECTED[marker] = len(without)
    if hasattr(config, "workeroutput"):  # one of several processes, whose first one writes the closing lines
        config.workeroutput["deselected"] = DESELECTED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    """Keep what a process that ran tests for this one left out."""
    DESELECTED.update(getattr(node, "workeroutput", {}).get("deselected", {}))


def pytest_terminal_summary(terminalreporter):
    """Name what was left out and why."""
    for marker, count in DESELECTED.items():
        terminalreporter.write_line(f"{count} {marker} test(s) deselected: {ABSENT[marker]}")
