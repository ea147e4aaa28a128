"""Papers on real servers: the receipt, its PDF made by a real worker, and the code that anybody can check."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.conftest import NewVisitor
from tests.browser.roles import open_programme
from tests.browser.stack import Stack
from tests.files.reading import read

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_a_receipt_is_downloaded_and_its_code_is_genuine(visitor: NewVisitor, stack: Stack, *, script: bool) -> None:
    """From the last press of the form to a PDF on the disk; the page that waits comes back by itself."""
    learner, person = visitor(script=script), steps.someone()
    steps.client(learner, person)
    number = steps.apply(learner, open_programme(stack)[0])
    learner.press("Apliecinājums par iesniegšanu")
    learner.is_at("Apliecinājums par iesniegšanu")
    code = re.search(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}", learner.page.get_by_role("main").inner_text())
    assert code

    if script:
        with learner.page.expect_download(timeout=60_000) as coming:
            learner.press("Lejupielādēt PDF")
    else:
        learner.press("Lejupielādēt PDF")
        expect(learner.page.get_by_text("Fails ir gatavs")).to_be_visible(timeout=60_000)
        with learner.page.expect_download() as coming:
            learner.press("Lejupielādēt PDF")
    download = coming.value
    assert download.suggested_filename == f"apliecinajums-par-iesniegsanu-{number}.pdf"
    pdf = read(Path(download.path()).read_bytes())
    assert pdf.claims_ua
    assert number in pdf.title
    assert person.code.encode() not in pdf.inside

    stranger = visitor(script=script)
    stranger.open("/parbaude")
    stranger.fill("Pārbaudes kods", code[0].lower())
    stranger.press("Pārbaudīt")
    stranger.sees("Dokuments ir īsts")
    stranger.sees(number)
    assert person.name not in stranger.page.get_by_role("main").inner_text()


def test_the_withdrawals_receipt_and_the_applications_file(visitor: NewVisitor, stack: Stack) -> None:
    learner, person = visitor(), steps.someone()
    steps.client(learner, person)
    number = steps.apply(learner, open_programme(stack)[0])
    learner.press("Skatīt pieteikumu")
    learner.press("Atteikties")
    learner.page.get_by_role("dialog").get_by_role("button", name="Jā, atteikties").click()
    learner.open("/profils/vesture")
    learner.press("Apliecinājums par atteikšanos")
    learner.is_at("Apliecinājums par atteikšanos")
    learner.sees(number)
    learner.page.get_by_role("navigation", name="Atrašanās vieta").get_by_role("link", name=number).click()
    with learner.page.expect_download(timeout=60_000) as coming:
        learner.press("Pieteikums (PDF)")
    assert coming.value.suggested_filename == f"pieteikums-{number}.pdf"
