"""Files on a slow line: people see how much has gone, and a broken line costs nothing they wrote."""

import re

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import NewVisitor

pytestmark = pytest.mark.browser
SLOW = {"offline": False, "latency": 20, "downloadThroughput": -1, "uploadThroughput": 60_000}
BIG: FilePayload = {"name": "iesniegums.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n" + bytes(120_000)}


def slow_down(page: Page) -> None:
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", SLOW)


def test_who_sends_a_file_sees_how_much_has_gone(visitor: NewVisitor, troubles: list[str]) -> None:
    somebody = visitor()
    page, main = somebody.page, somebody.page.get_by_role("main")
    somebody.open("/provider/registracija")
    main.locator("input[type=file]").first.set_input_files(BIG)
    slow_down(page)
    main.locator("form[method=post] button[type=submit]").first.click()
    expect(main.get_by_role("status").filter(has_text="Sūta failus")).to_be_visible()
    expect(main.get_by_role("progressbar", name="Failu sūtīšana")).to_have_attribute("value", re.compile("[1-9]"))
    expect(main.locator(".errors")).to_be_focused()  # the rest of the form was empty
    troubles.clear()


def test_a_broken_line_is_told_and_loses_nothing(visitor: NewVisitor, troubles: list[str]) -> None:
    somebody = visitor()
    page, main = somebody.page, somebody.page.get_by_role("main")
    somebody.open("/provider/registracija")
    box = main.get_by_role("textbox").first
    box.fill("Ilgmācības centrs")
    main.locator("input[type=file]").first.set_input_files(BIG)
    page.context.set_offline(True)
    button = main.locator("form[method=post] button[type=submit]").first
    button.click()
    expect(main.get_by_role("alert")).to_contain_text("Failus neizdevās nosūtīt")
    expect(box).to_have_value("Ilgmācības centrs")
    page.context.set_offline(False)
    button.click()
    expect(main.locator(".errors")).to_be_focused()
    expect(box).to_have_value("Ilgmācības centrs")
    troubles.clear()
