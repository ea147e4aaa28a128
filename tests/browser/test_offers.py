"""An institution answers the agency's call: a venue, a programme, an offer; sent, taken back, sent again."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.conftest import NewVisitor
from tests.browser.roles import open_programme
from tests.browser.stack import Stack

pytestmark = pytest.mark.browser
CALL = "Trešais uzaicinājums izglītības iestādēm"
NAME = "Sistēmu programmēšana"


def test_an_institution_offers_withdraws_and_offers_again(visitor: NewVisitor, stack: Stack) -> None:
    _programme, login, password = open_programme(stack)
    employee = visitor(script=False)
    main = employee.page.get_by_role("main")
    employee.open("/izglitibas-iestadem")
    employee.sees(CALL)
    employee.sees("Vēl")
    steps.provider(employee, login, password)

    employee.open("/provider/vietas")
    employee.fill("Vietas nosaukums", "Jaunās datorklases")
    employee.fill("Adrese", "Enkura iela 77, Rīga, LV-1005")
    employee.choose("Pašvaldība", "Rīga")
    employee.press("Pievienot vietu")
    employee.sees("Adresi pārbauda VIIS")

    employee.press("Uz 2. soli")
    steps.write_programme(employee, NAME, venue="Enkura iela 77")
    employee.press("Uz 3. soli")

    steps.send_offer(employee, CALL, NAME)
    employee.sees(re.compile(r"P-\d{4}-\d{6}/1"))

    employee.press("Atsaukt")
    employee.press("Atsaukt")
    employee.sees("Piedāvājums ir atsaukts")
    employee.press("Turpināt")
    employee.press("Iesniegt")
    employee.sees(re.compile(r"P-\d{4}-\d{6}/2"))
    code = re.search(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", main.inner_text())
    assert code is not None
    employee.open(f"/parbaude/{code[0]}")
    expect(main).to_contain_text("Dokuments ir īsts")


def test_who_leaves_at_once_keeps_the_last_words(visitor: NewVisitor, stack: Stack) -> None:
    """A draft is saved two seconds after the last key; whoever closes the page sooner loses nothing."""
    _programme, login, password = open_programme(stack)
    employee, field = visitor(), "Noslēguma pārbaudījums"
    steps.provider(employee, login, password)
    employee.open("/provider/programmas/jauna")
    employee.press("Sākt")
    draft = employee.path()
    employee.fill(field, "Eksāmens, rakstīts pirms aizvēršanas.")
    employee.open("/provider/vietas")
    employee.open(draft)
    expect(employee.page.get_by_label(field)).to_have_value("Eksāmens, rakstīts pirms aizvēršanas.")
