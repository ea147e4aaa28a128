"""Supply from end to end (issue of calls): the agency's call, an offer, two evaluators, the decision, a learner's search."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Locator, expect

from local import processes
from stars.demo import signing
from tests.browser import steps
from tests.browser.conftest import NewVisitor
from tests.browser.roles import open_programme, secrets_of
from tests.browser.stack import Stack
from tests.browser.visitor import Visitor
from tests.files.reading import read

pytestmark = pytest.mark.browser

EVALUATOR = "raitis.pildspalva@agentura.example"  # charged with evaluation and nothing else
MEMBERS = {"Inguna Vērtskalne": "Priekšsēdētājs", "Arvīds Svarlauks": "Loceklis"}
CALL, SLUG = "Ceturtais uzaicinājums izglītības iestādēm", "ceturtais-uzaicinajums-izglitibas-iestadem"
PROGRAMME = "Kiberdrošības programmēšana"
VENUE = """
    SELECT v.address FROM catalog_venue v JOIN accounts_membership m ON m.institution_id = v.institution_id
    JOIN accounts_user u ON u.id = m.user_id WHERE u.email = %s AND v.registered_in_viis ORDER BY v.id LIMIT 1"""
# The sealed version is moved with its call: what arrived in the window stays in it.
FORTY_DAYS_PASS = f"""
DO $$ BEGIN
    ALTER TABLE calls_offerversion DISABLE TRIGGER calls_version_stays;
    UPDATE calls_offerversion v SET arrived_at = v.arrived_at - interval '40 days',
        submitted_at = v.submitted_at - interval '40 days', withdrawn_at = v.withdrawn_at - interval '40 days'
        FROM calls_offer o JOIN calls_call c ON c.id = o.call_id WHERE o.id = v.offer_id AND c.slug = '{SLUG}';
    UPDATE calls_call SET opens_at = opens_at - interval '40 days', closes_at = closes_at - interval '40 days'
        WHERE slug = '{SLUG}';
    ALTER TABLE calls_offerversion ENABLE TRIGGER calls_version_stays;
END $$"""


def test_from_the_agencys_call_to_the_learner_who_finds_the_programme(visitor: NewVisitor, stack: Stack) -> None:
    old = stack.breaches()
    _programme, login, password = open_programme(stack)
    [(venue,)] = stack.facts(VENUE, login)
    officer = visitor()
    steps.officer(officer, EVALUATOR, password, secrets_of(stack)[EVALUATOR])
    open_call(officer)

    employee = visitor()
    employee.open("/izglitibas-iestadem")
    employee.sees(CALL)
    rules_are_there(employee, stack)
    steps.provider(employee, login, password)
    employee.open("/provider/programmas")
    steps.write_programme(employee, PROGRAMME, venue=venue)
    employee.open("/provider/piedavajumi")
    steps.send_offer(employee, CALL, PROGRAMME)
    number = re.search(r"P-\d{4}-\d{6}", employee.page.get_by_role("main").inner_text())
    assert number
    employee.press("Atsaukt")
    employee.page.get_by_role("dialog").get_by_role("button", name="Atsaukt").click()
    employee.sees("Piedāvājums ir atsaukts")
    employee.press("Turpināt")
    employee.press("Iesniegt")
    employee.sees(f"{number[0]}/2")

    stack.change(FORTY_DAYS_PASS)
    employee.open("/provider/piedavajumi")
    employee.press(number[0])
    employee.sees("Piedāvājumus pieņēma līdz")
    assert employee.page.get_by_role("link", name="Atsaukt").count() == 0

    decide(officer, call_page(stack), "Atvērt piedāvājumus vērtēšanai")
    chair, member = visitor(), visitor()
    evaluate(chair, stack, "inguna.vertskalne@komisija.example", password, points=("18", "9"))
    evaluate(member, stack, "arvids.svarlauks@komisija.example", password, points=("10", "5"))
    member.sees("Vērtējumi būtiski atšķiras")
    member.sees("Inguna Vērtskalne")
    agree(member)

    officer.open(call_page(stack))
    tool(officer, "Rangs un lēmumi").click()
    row = officer.page.get_by_role("row", name=re.compile(PROGRAMME))
    expect(row).to_contain_text("27 / 15")
    expect(row).to_contain_text("saskaņotais vērtējums")
    row.get_by_role("checkbox").check()
    row.get_by_role("combobox").select_option("approve")
    officer.page.get_by_role("button", name="Lemt par atzīmētajām").click()
    expect(officer.page.get_by_role("row", name=re.compile(PROGRAMME))).to_contain_text("Apstiprināts")

    employee.open("/provider/piedavajumi")
    employee.press(number[0])
    with employee.page.expect_download(timeout=60_000) as coming:
        employee.press("Lēmuma vēstule")
    assert coming.value.suggested_filename == f"lemums-{number[0]}.pdf"
    letter = read(Path(coming.value.path()).read_bytes())
    assert letter.claims_ua
    assert number[0] in letter.title

    officer.page.get_by_role("link", name=number[0]).click()
    with officer.page.expect_download(timeout=60_000) as coming:
        tool(officer, "Lēmuma vēstule").click()
    assert read(Path(coming.value.path()).read_bytes()).title == letter.title
    tool(officer, "Ierakstīt līgumu").click()
    officer.page.get_by_label("Līguma numurs").fill(f"LIG-{number[0]}")
    officer.page.get_by_label("Parakstīts").fill("08.11.2024.")
    officer.page.get_by_role("button", name="Ierakstīt līgumu").click()
    officer.open(call_page(stack))
    tool(officer, "Rangs un lēmumi").click()
    officer.page.get_by_role("link", name=PROGRAMME).click()
    decide(officer, officer.path(), "Publicēt katalogā")

    learner = visitor()
    learner.open("/programmas")
    learner.page.locator("input[type=search]").filter(visible=True).first.fill("kiberdrosibas programesana")
    learner.press("Meklēt")
    learner.press(learner.page.get_by_role("main").get_by_role("link", name=PROGRAMME).first)
    learner.is_at(PROGRAMME)
    learner.sees("427,43")
    assert stack.breaches() <= old


def rules_are_there(anybody: Visitor, stack: Stack) -> None:
    """What the officer has added to the call is given out once the scanner has spoken."""
    clean = """SELECT f.state FROM files_storedfile f JOIN calls_calldocument d ON d.file_id = f.id
        JOIN calls_call c ON c.id = d.call_id WHERE c.slug = %s"""
    assert processes.wait_until(lambda: stack.facts(clean, SLUG) == [("clean",)], 30), "no scanner has spoken"
    anybody.press(anybody.page.get_by_role("main").get_by_role("link", name=re.compile(f"Nosacījumi.*{CALL}")))
    with anybody.page.expect_download() as coming:
        anybody.press("Nolikums ar pielikumiem")
    assert coming.value.suggested_filename == "Nolikums.pdf"


def call_page(stack: Stack) -> str:
    [(pk,)] = stack.facts("SELECT id FROM calls_call WHERE slug = %s", SLUG)
    return f"/admin/calls/call/{pk}/change/"


def tool(officer: Visitor, words: str) -> Locator:
    """A button over an object's page in the admin."""
    return officer.page.locator("#content .object-tools").get_by_role("link", name=words, exact=True)


def decide(officer: Visitor, page: str, words: str) -> None:
    """The button, and once more on the page that asks."""
    officer.open(page)
    tool(officer, words).click()
    officer.page.locator("#content form").get_by_role("button", name=words).click()
    expect(officer.page.locator(".messagelist li.success")).to_be_visible()


def open_call(officer: Visitor) -> None:
    """The call with one kind, one condition and two criteria; its commission; announced."""
    page, today = officer.page, datetime.now(UTC).date()
    officer.open("/admin/calls/call/add/")
    typed = {
        "name": CALL,
        "needs_approved_by": "IMK Uzraudzības padome",
        "needs_approved_on": "2024-09-03",
        "level_from": "4",
        "level_to": "6",
        "least_digital_share": "70",
        "tolerance": "5",
        "opens_at_0": f"{today - timedelta(days=8)}",
        "opens_at_1": "09:00",
        "closes_at_0": f"{today + timedelta(days=22)}",
        "closes_at_1": "00:00",
    }
    for name, value in typed.items():
        page.locator(f"#id_{name}").fill(value)
    page.locator("#id_source").select_option(label="IMK")
    add_row(page.locator("#kinds-group"))
    page.locator("#id_kinds-0-kind").select_option(label="Modulis")
    for name, value in {"most": "3", "rate_cents": "5,34", "cap_cents": "427,43"}.items():
        page.locator(f"#id_kinds-0-{name}").fill(value)
    add_row(page.locator("#conditions-group"))
    page.locator("#id_conditions-0-about").select_option("institution")
    page.locator("#id_conditions-0-text").fill("Iestāde ir akreditēta.")
    for place, (name, most) in enumerate((("Saturs", "20"), ("Pieredze", "10"))):
        add_row(page.locator("#criteria-group"))
        for field, value in {"name": name, "most": most, "least": "4", "weight": "1"}.items():
            page.locator(f"#id_criteria-{place}-{field}").fill(value)
    add_row(page.locator("#documents-group"))
    page.locator("#id_documents-0-title").fill("Nolikums ar pielikumiem")
    rules: FilePayload = {"name": "Nolikums.pdf", "mimeType": "application/pdf", "buffer": signing.plain_pdf()}
    page.locator("#id_documents-0-upload").set_input_files(rules)
    page.locator("input[name=_continue]").click()
    expect(page.locator(".messagelist li")).to_be_visible()
    where = officer.path()
    for name, role in MEMBERS.items():
        tool(officer, "Iecelt komisijas locekli").click()
        page.get_by_label("Kas").select_option(label=name)
        page.get_by_label("Loma").select_option(label=role)
        page.get_by_role("button", name="Iecelt komisijas locekli").click()
        expect(page.get_by_role("cell", name=name, exact=True)).to_be_visible()
    decide(officer, where, "Izsludināt")


def add_row(group: Locator) -> None:
    group.locator(".add-row a").click()


def evaluate(member: Visitor, stack: Stack, login: str, password: str, *, points: tuple[str, str]) -> None:
    """Declare no conflict, fill in the sheet, give it."""
    main = member.page.get_by_role("main")
    steps.show_password(member, "/provider/login", login, password)
    member.is_at("Vērtēšanas komisijas darba vieta")
    member.press(main.get_by_role("link", name=re.compile(f"Deklarēt intereses.*{CALL}")))
    member.press(main.get_by_role("link", name=re.compile("^Deklarēt intereses")).first)
    member.tick("Nē, interešu konflikta nav")
    member.press("Ierakstīt deklarāciju")
    member.press(PROGRAMME)
    member.sees("Cenas pārbaude")
    member.tick("Atbilst")
    for place, (given, comment) in enumerate(zip(points, ("Saturs ir skaidrs.", "Iestāde to jau māca."), strict=True)):
        main.get_by_label(re.compile("^Punkti")).nth(place).fill(given)
        main.get_by_label("Komentārs").nth(place).fill(comment)
    member.press("Turpināt un nodot")
    member.is_at("Vai nodot šo vērtējumu?")
    member.press("Nodot vērtējumu")
    member.sees("Jūsu vērtējums")


def agree(member: Visitor) -> None:
    main = member.page.get_by_role("main")
    member.press("Ierakstīt saskaņoto vērtējumu")
    for place, given in enumerate(("15", "7")):
        main.get_by_label(re.compile("^Punkti")).nth(place).fill(given)
    member.fill("Kāpēc šis ir saskaņotais vērtējums", "Pārrunājām: saturs ir labs, pieredze pietiekama.")
    member.press("Ierakstīt saskaņoto vērtējumu")
    member.sees("Pārrunājām")
