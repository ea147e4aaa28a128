"""A browser for the tests of this folder that need one."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.look.site import Site, launch


@pytest.fixture(scope="module")
def look_browser() -> Iterator[Browser]:
    """Of one module only: while it runs, Django refuses its database to the same thread."""
    with sync_playwright() as playwright:
        chosen = launch(playwright)
        yield chosen
        chosen.close()


@pytest.fixture
def site(look_browser: Browser) -> Iterator[Site]:
    context = look_browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(5000)
    yield Site(page)
    context.close()
