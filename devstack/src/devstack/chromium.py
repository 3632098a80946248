"""The browser that drives the pages: an installed Chromium or Chrome."""

import os
import shutil
import subprocess
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
VARIABLE = "DZWONEK_TEST_BROWSER"
PLAYWRIGHT_FOLDER = "PLAYWRIGHT_BROWSERS_PATH"


def find_chromium() -> Path | None:
    """The program given by DZWONEK_TEST_BROWSER, else one on PATH, else one that Playwright installed; else None."""
    if given := os.environ.get(VARIABLE):
        return Path(given)
    on_path = (shutil.which(name) for name in NAMES)
    by_playwright = (str(path) for path in sorted(playwright_folder().glob("chromium-*/chrome-linux*/chrome")))
    return next((Path(found) for found in (*on_path, *by_playwright) if found), None)


def playwright_folder() -> Path:
    """Where Playwright keeps the browsers that it installs."""
    given = os.environ.get(PLAYWRIGHT_FOLDER)
    return Path(given) if given else Path.home() / ".cache" / "ms-playwright"


def describe(browser: Path | None) -> str:
    """One line about the browser."""
    if browser is None:
        return f"Browser: no Chromium, install one (`make browser`) or set {VARIABLE}"
    answer = subprocess.run([browser, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    return f"Browser: {answer or 'does not tell its version'}, {browser}"
