"""An institution answers the agency's call: a venue, a programme, an offer; sent, taken back, sent again."""

import re

import pytest
from playwright.sync_api import FilePayload, expect

from tests.browser import steps
from tests.browser.conftest import NewVisitor
from tests.browser.roles import open_programme
from tests.browser.stack import Stack
from tests.files.making import picture

pytestmark = pytest.mark.browser
CALL = "Trešais uzaicinājums izglītības iestādēm"
SCAN: FilePayload = {"name": "apliecinājums.png", "mimeType": "image/png", "buffer": picture()}


def test_an_institution_offers_withdraws_and_offers_again(visitor: NewVisitor, stack: Stack) -> None:
    _programme, login, password = open_programme(stack)
    employee = visitor(script=False)
    page, main = employee.page, employee.page.get_by_role("main")
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
    main.get_by_role("link", name="Jauna programma").first.click()
    employee.press("Sākt")
    employee.choose("Programmas veids", "Modulis")
    employee.fill("Izglītības programmas nosaukums", "Sistēmu programmēšana")
    page.get_by_label("Mācību nozare").select_option("3")
    employee.tick("Enkura iela 77")
    employee.tick("klātiene")
    employee.fill("Apraksts mācību dalībniekiem", "Jūs iemācīsieties rakstīt programmas.")
    employee.fill("Galvenās tēmas", "Algoritmi\nDatu struktūras")
    employee.fill("Digitālo rīku", "80")
    employee.fill("Teorija klātienē", "67")
    employee.fill("Praktiskie darbi klātienē", "100")
    employee.fill("Īstenošanas periods", "12")
    employee.tick("darba dienu vakari")
    employee.fill("Priekšzināšanu līmenis", "Prasme strādāt ar datoru.")
    page.get_by_label("Prasības iepriekšējai izglītībai").select_option("general_secondary")
    employee.fill("Personai nepieciešamais", "Datoru nodrošina iestāde.")
    employee.fill("Noslēguma pārbaudījums", "Praktisks darbs.")
    employee.fill("Izglītības dokuments", "Apliecība")
    employee.fill("Valoda", "Latviešu")
    employee.fill("Maksimālais dalībnieku skaits", "20")
    employee.fill("Vietu skaits", "20")
    main.locator("summary", has_text="3. ").click()
    page.locator("#id_digcomp_3_4_level").select_option("5")
    page.locator("#id_digcomp_3_4_description").fill("Patstāvīgi raksta programmas kodu.")
    for box in main.locator("input[type=file]").all():
        box.set_input_files(SCAN)
    employee.press("Pārbaudīt programmu")
    employee.sees("Programma ir gatava piedāvājumam.")
    employee.press("Uz 3. soli")

    employee.press("Sagatavot piedāvājumu")
    main.get_by_role("radio").first.check()
    employee.tick("Sistēmu programmēšana")
    main.locator("input[type=file]").set_input_files(SCAN)
    employee.tick("APLIECINU pieteikumā norādīto informāciju")
    employee.press("Turpināt")
    employee.sees("427,43 € (aprēķinātā 891,78 €, ierobežojums 427,43 €)")
    employee.press("Iesniegt")
    employee.is_at("Piedāvājums ir iesniegts")
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
