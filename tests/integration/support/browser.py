"""A headless Chromium of the system, which never talks to anybody but the page under test."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]
# The machine may do much else meanwhile.
PATIENCE_MS = 30_000


def chromium() -> str:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert path, "There is no chromium: run scripts/install.sh --tests, or name one in CHROMIUM."
    return path


@contextmanager
def running_browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), headless=True, args=FLAGS, timeout=2 * PATIENCE_MS)
        try:
            yield browser
        finally:
            browser.close()


class Visit:
    """One browser window at `/ui/` of an admin plane, and everything it complained of or asked for."""

    def __init__(self, browser: Browser, address: tuple[str, int], width: int = 1280, height: int = 900, **context):
        self.origin = "http://%s:%d" % address
        self.context: BrowserContext = browser.new_context(viewport={"width": width, "height": height}, **context)
        self.context.set_default_timeout(PATIENCE_MS)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: message.type in ("error", "warning") and self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))

    def __enter__(self) -> "Visit":
        return self

    def __exit__(self, *_) -> None:
        self.context.close()

    def open(self) -> Page:
        self.page.goto(f"{self.origin}/ui/")
        return self.page

    def open_live(self) -> Page:
        self.open()
        self.page.wait_for_selector("#connection[data-state=live]")
        return self.page

    def foreign(self) -> list[str]:
        """What was asked of anybody else."""
        return [url for url in self.asked if "%s://%s" % urlsplit(url)[:2] != self.origin and not url.startswith("data:")]
