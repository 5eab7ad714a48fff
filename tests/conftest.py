"""Settings that every test shares."""

from __future__ import annotations

import shutil

from hypothesis import HealthCheck, settings

settings.register_profile(
    "ci", max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
settings.register_profile("deep", max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
settings.load_profile("ci")

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def pytest_collection_modifyitems(config, items):
    """Deselect browser tests where no Chromium is on the path; the summary says so."""
    if CHROMIUM:
        return
    browser = [item for item in items if item.get_closest_marker("browser")]
    if browser:
        config.hook.pytest_deselected(items=browser)
        items[:] = [item for item in items if not item.get_closest_marker("browser")]
        config.stash_browser = len(browser)


def pytest_terminal_summary(terminalreporter, config):
    """Name what was left out."""
    count = getattr(config, "stash_browser", 0)
    if count:
        terminalreporter.write_line(f"{count} browser test(s) deselected: no Chromium on the path")
