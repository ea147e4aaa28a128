"""Every other role from registration to the first useful act, on real servers: mails read, files signed, codes typed."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from playwright.sync_api import expect

from stars.demo import signing
from stars.demo.loading.roles import statement
from stars.files.contents import ASICE, PDF
from tests.browser import steps
from tests.browser.conftest import NewVisitor
from tests.browser.roles import open_programme, secrets_of
from tests.browser.stack import Stack
from tests.browser.test_ways_in import forget_refusals
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

CHOSEN = "Zaļais-bērzs 7 Ventspils"
# Nobody else in this suite signs in as these: a code is good once.
APPROVER, CHIEF = "harijs.zimulkalns@agentura.example", "miks.laivenieks-ozols@agentura.example"
FINANCE = ("karina.lapmale@agentura.example", "nauris.akmenslejs@agentura.example")
LEARNER = steps.Someone("Ilze Sūnkalne", "120384-10004", "")  # has a grant, and no application yet
ADMINISTRATOR, INSTITUTION = "juris.krastozols@jtt.example", "jtt"


@pytest.fixture(scope="module")
def signed_in() -> dict[str, Any]:
    """Browsers that have shown a code are kept: the next code comes half a minute later."""
    return {}


def password_of(stack: Stack) -> str:
    return str(next(one["password"] for one in stack.logins if one["who"] == "agency"))


def desk(visitor: NewVisitor, stack: Stack, signed_in: dict[str, Any], login: str) -> Visitor:
    """An officer's browser in the admin, or an administrator's in the institution."""
    if kept := signed_in.get(login):
        return visitor(storage_state=kept)
    browser = visitor()
    enter = steps.officer if login.endswith("@agentura.example") else steps.administrator
    enter(browser, login, password_of(stack), secrets_of(stack)[login])
    signed_in[login] = browser.page.context.storage_state()
    return browser


def decide(officer: Visitor, listing: str, row: str, decision: str) -> None:
    """Open the row of the list, press the decision, press it again on the page that asks."""
    officer.open(listing)
    officer.page.get_by_role("row", name=re.compile(row)).get_by_role("link").first.click()
    officer.page.locator("#content").get_by_role("link", name=decision, exact=True).click()
    officer.page.locator("#content form").get_by_role("button", name=decision).click()
    expect(officer.page.get_by_role("listitem").filter(has_text=decision).first).to_be_visible()


def link_in_letter(stack: Stack, address: str, path: str, *, after: int = 0) -> str:
    letter = stack.letters(address, after=after)[0]
    found = re.search(rf"https?://\S+{path}\S+", letter["text"])
    assert found, letter["text"]
    return found[0]


def signed_statement(name: str) -> bytes:
    """In a thread of its own: signing runs a loop, and Playwright's own is running here."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(statement, name).result()


def attach(visitor: Visitor, label: str, name: str, content: bytes, kind: str) -> None:
    visitor.page.get_by_label(label).set_input_files({"name": name, "mimeType": kind, "buffer": content})


def set_up_factor(visitor: Visitor) -> list[str]:
    """At the door, with the recovery codes noted; gives them."""
    _secret, codes = steps.set_up_factor(visitor)
    assert len(codes) == 10
    visitor.press("Kodus esmu saglabājis")
    return codes


def test_27_1_an_institution_registers_is_approved_and_its_administrator_comes_in_by_two_steps(
    visitor: NewVisitor, stack: Stack, signed_in: dict[str, Any], troubles: list[str]
) -> None:
    """J14, J20: form with a signed statement, link, approval, a second factor at the door, recovery codes that open."""
    boss, who = visitor(script=False), steps.someone()
    name, email, school = who.name, who.email, f"Mācību centrs Straume {who.code[-5:]}"
    boss.open("/provider/login")
    boss.press(boss.page.get_by_role("main").get_by_role("link", name=re.compile("^Reģistrēties")).first)
    boss.is_at("Izglītības iestādes reģistrācija")
    boss.fill("Izglītības iestādes nosaukums", school)
    boss.fill("Uzņēmuma reģistrācijas numurs", f"40{who.code.replace('-', '')[2:]}")
    boss.fill("Izglītības iestādes reģistrācijas numurs", f"{who.code.replace('-', '')[1:]}")
    boss.fill("Iestādes administratora vārds un uzvārds", name)
    boss.fill("E-pasta adrese", email)
    boss.fill("Parole", CHOSEN)
    attach(
        boss,
        "Apliecinājums par Platformas izmantošanu",
        "apliecinājums.edoc",
        signed_statement(name),
        ASICE.content_type,
    )
    boss.press("Iesniegt")  # the tick is forgotten: nothing but the password is asked for again
    boss.sees("apliecinājums.edoc")
    expect(boss.page.get_by_label("Izglītības iestādes nosaukums")).to_have_value(school)
    boss.fill("Parole", CHOSEN)
    boss.tick("Esmu iepazinies/-usies")
    boss.press("Iesniegt")
    boss.is_at("Apstipriniet e-pasta adresi")

    boss.page.goto(link_in_letter(stack, email, "/provider/apstiprinat-epastu/"))
    boss.press("Apstiprināt adresi")
    boss.is_at("Jūsu pieteikums tiek izskatīts")
    boss.sees("Atbilde līdz")
    steps.show_password(boss, "/provider/login", email, CHOSEN)
    boss.is_at("Jūsu pieteikums tiek izskatīts")  # not approved: who knows the password is told that it waits

    officer = desk(visitor, stack, signed_in, APPROVER)
    decide(officer, "/admin/accounts/registration/", name, "Apstiprināt")

    boss.open("/provider/gaida")
    boss.is_at("Jūsu reģistrācija ir apstiprināta")
    boss.press("Pieslēgties")
    steps.show_password(boss, "/provider/login", email, CHOSEN)
    codes = set_up_factor(boss)
    expect(boss.page).to_have_url(re.compile("/provider$"))
    steps.sign_out(boss)

    steps.show_password(boss, "/provider/login", email, CHOSEN)
    boss.is_at("Otrais solis")
    boss.fill("Kods", codes[3])
    boss.press("Turpināt")
    expect(boss.page).to_have_url(re.compile("/provider$"))
    boss.open("/provider/lietotaji")
    boss.sees(name)
    forget_refusals(troubles, 401, 422)


def test_27_2_employees_come_by_invitation_and_by_registration_and_see_the_work_list(
    visitor: NewVisitor, stack: Stack, signed_in: dict[str, Any]
) -> None:
    """I13: the administrator invites one and approves another; both sign in and see the institution's applications."""
    invited, asking = steps.someone(), steps.someone()
    boss = desk(visitor, stack, signed_in, ADMINISTRATOR)
    boss.open("/provider/lietotaji")
    boss.press("Uzaicināt kolēģi")
    boss.fill("Vārds un uzvārds", invited.name)
    boss.fill("E-pasta adrese", invited.email)
    boss.press("Nosūtīt uzaicinājumu")
    boss.is_at("Lietotāji")
    boss.sees(invited.email)

    first = visitor(script=False)
    first.page.goto(link_in_letter(stack, invited.email, "/uzaicinajums/"))
    first.is_at("Jūs esat uzaicināts")
    first.fill("Parole", CHOSEN)
    first.tick("Esmu iepazinies/-usies")
    first.press("Pieņemt uzaicinājumu")
    steps.provider(first, invited.email, CHOSEN)
    first.open("/provider/pieteikumi")
    first.is_at("Klientu pieteikumi")

    [(school,)] = stack.facts("SELECT name FROM accounts_institution WHERE code = %s", INSTITUTION)
    second = visitor()
    second.open("/provider/registracija/darbinieks")
    second.fill("Vārds un uzvārds", asking.name)
    second.fill("Izglītības iestādes nosaukums", school)
    second.fill("E-pasta adrese", asking.email)
    second.fill("Parole", CHOSEN)
    second.tick("Esmu iepazinies/-usies")
    second.press("Iesniegt")
    second.is_at("Apstipriniet e-pasta adresi")
    second.page.goto(link_in_letter(stack, asking.email, "/provider/apstiprinat-epastu/"))
    second.press("Apstiprināt adresi")
    second.is_at("Jūsu pieteikums tiek izskatīts")

    boss.open("/provider/lietotaji")
    boss.press(boss.page.get_by_role("row", name=re.compile(asking.email)).get_by_role("link", name="Apstiprināt"))
    boss.page.locator("form[method=post]").filter(visible=True).get_by_role("button", name="Apstiprināt").last.click()
    expect(boss.page.get_by_role("main").get_by_role("status")).to_be_visible()
    steps.provider(second, asking.email, CHOSEN)
    second.open("/provider/pieteikumi")
    second.is_at("Klientu pieteikumi")


def ask_right(visitor: Visitor, stack: Stack, person: steps.Someone, door: str, post: str, **chosen: str) -> None:
    """Through the state's sign-on and the terms to the form, and on to the confirmed work address (PWD-07)."""
    steps.at_the_door(visitor, door, person)
    steps.agree(visitor)
    visitor.is_at(re.compile("^Pieteikties .* tiesībām$"))
    for label, value in chosen.items():
        if label == "municipality":
            visitor.choose("Pašvaldība", value)
        else:
            visitor.tick("Izglītības iestādē")
            visitor.fill("Izglītības iestādes nosaukums", value)
    visitor.fill("Amats", post)
    visitor.fill("Darba e-pasts", person.email)
    visitor.fill("Tālrunis", "67 000 111")
    attach(visitor, "Pilnvarojums", "pilnvarojums.pdf", signing.plain_pdf(), PDF.content_type)
    visitor.press("Iesniegt")
    visitor.is_at("Manas tiesības")
    visitor.page.goto(link_in_letter(stack, person.email, "/apstiprinat-epastu/"))
    visitor.press("Apstiprināt adresi")
    visitor.is_at("Jūsu pieteikums tiek izskatīts")


def test_28_a_coordinator_is_approved_finds_a_client_and_acts_for_them_until_the_client_contests(
    visitor: NewVisitor, stack: Stack, signed_in: dict[str, Any], troubles: list[str]
) -> None:
    """J18 with ACT-01 to ACT-04: a mandate, the client's own pages under a bar, notices, the contest that ends it."""
    coordinator, who = visitor(), steps.someone()
    ask_right(
        coordinator, stack, who, "Pašvaldības koordinators", "Izglītības speciāliste", municipality="Ogres novads"
    )
    officer = desk(visitor, stack, signed_in, APPROVER)
    decide(officer, "/admin/accounts/right/?gaida=ja", who.name, "Apstiprināt")

    learner, person = visitor(), steps.someone()
    steps.client(learner, person)

    steps.ask_mandate(coordinator, person)
    learner.open("/profils/pilnvarojumi")
    learner.sees(who.name)
    steps.accept_mandate(learner)

    coordinator.open("/koordinators")
    coordinator.press("Sākt darbu klienta vārdā")
    expect(coordinator.page.get_by_text(person.name).first).to_be_visible()
    coordinator.open("/profils/mans-profils")
    coordinator.fill("Tālrunis", "29 111 222")
    coordinator.press("Saglabāt")
    coordinator.sees("Profils ir saglabāts")
    number = steps.apply(coordinator, open_programme(stack)[0])

    learner.open("/profils/pazinojumi")
    learner.sees(re.compile("rīkojās Jūsu vārdā"))
    learner.open("/profils")
    learner.sees(re.compile(number))
    learner.open("/profils/kas-skatijis")
    learner.sees(re.compile("Ogres novads"))
    learner.open("/profils/pilnvarojumi")
    learner.press("Apstrīdēt")
    learner.fill("Kas tika darīts bez Jūsu piekrišanas?", "Tālrunis nav mans.")
    learner.press(learner.page.get_by_role("main").get_by_role("button", name="Apstrīdēt").filter(visible=True).last)
    learner.sees("Apstrīdēts")

    coordinator.open("/profils/mans-profils")
    assert coordinator.page.get_by_label("Tālrunis").count() == 0, "the mandate has ended and the profile is still open"
    forget_refusals(troubles, 403)


def test_29_3_a_consultant_is_approved_by_the_institution_and_named_its_skills_assessor(
    visitor: NewVisitor, stack: Stack, signed_in: dict[str, Any]
) -> None:
    """N1, N2, I12: asked after the state's sign-on, decided by the institution, worked in one role at a time (ACC-08)."""
    [(school,)] = stack.facts("SELECT name FROM accounts_institution WHERE code = %s", INSTITUTION)
    consultant, who = visitor(), steps.someone()
    ask_right(consultant, stack, who, "Karjeras konsultants", "Karjeras konsultante", institution=school)

    boss = desk(visitor, stack, signed_in, ADMINISTRATOR)
    boss.open("/provider/lietotaji")
    boss.press(boss.page.get_by_role("row", name=re.compile(who.name)).get_by_role("link", name="Apstiprināt"))
    boss.page.locator("form[method=post]").filter(visible=True).get_by_role("button", name="Apstiprināt").last.click()
    expect(boss.page.get_by_role("main").get_by_role("status")).to_be_visible()
    consultant.open("/konsultants")
    consultant.is_at("Karjeras konsultanta darba vieta")
    consultant.sees(school)

    consultants = boss.page.get_by_role("region", name=re.compile("^Konsultanti"))  # an employee may bear the same name
    row = consultants.get_by_role("row", name=re.compile(who.name))
    boss.press(row.get_by_role("link", name=re.compile("novērtētāja lomu")))
    boss.page.locator("form[method=post]").filter(visible=True).get_by_role("button").last.click()
    expect(boss.page.get_by_role("main").get_by_role("status")).to_be_visible()
    consultant.open("/darba-vietas")
    consultant.press(consultant.page.get_by_role("row", name=re.compile("Prasmju novērtētājs")).get_by_role("button"))
    consultant.is_at("Prasmju novērtētāja darba vieta")


def test_30_the_agency_invites_officers_and_a_member_of_the_commission_and_each_does_a_first_useful_act(
    visitor: NewVisitor, stack: Stack, signed_in: dict[str, Any], troubles: list[str]
) -> None:
    """All accept by the link in the letter; officers set up the second factor before anything opens (MFA-01).

    Content publishes an item of news, and the member reads it; security denies the member, and the next page says so.
    """
    chief = desk(visitor, stack, signed_in, CHIEF)
    editor, guard, normunds = steps.someone(), steps.someone(), steps.someone()
    for duty, who in (("satura redaktors", editor), ("drošības pārzinis", guard), ("", normunds)):
        chief.open("/admin/accounts/invitation/")
        button = "Uzaicināt darbinieku" if duty else "Uzaicināt komisijas locekli"
        chief.page.get_by_role("link", name=button).click()
        chief.page.get_by_label("Vārds un uzvārds").fill(who.name)
        chief.page.get_by_label("E-pasta adrese").fill(who.email)
        if duty:
            chief.page.get_by_label(duty).check()
        chief.page.get_by_role("button", name="Nosūtīt uzaicinājumu").click()
        expect(chief.page.get_by_role("row", name=re.compile(who.name)).first).to_be_visible()

    member = _invited(visitor, stack, normunds, "/provider/login")
    member.is_at("Vērtēšanas komisijas darba vieta")

    content = _invited(visitor, stack, editor, "/admin/login/")
    set_up_factor(content)
    expect(content.page).to_have_url(re.compile("/admin/$"))
    content.open("/admin/pages/newsitem/add/")
    for name, words in (
        ("title", NEWS),
        ("slug", "vakara-grupas"),
        ("lead", "Pieteikties var jau."),
        ("body", "Nāciet."),
    ):
        content.page.locator(f"[name={name}]").fill(words)
    content.page.locator("[name=_save]").click()
    member.open("/jaunumi")
    member.sees(NEWS)

    security = _invited(visitor, stack, guard, "/admin/login/")
    set_up_factor(security)
    [(number,)] = stack.facts("SELECT id FROM accounts_user WHERE email = %s", normunds.email)
    security.open(f"/admin/accounts/user/{number}/change/")
    security.page.locator("#content").get_by_role("link", name="Bloķēt piekļuvi").click()
    security.page.locator("select[name=reason]").select_option("32.5")
    security.page.locator("textarea[name=words]").fill("Konts nodots citam.")
    security.page.locator("#content form").get_by_role("button", name="Bloķēt piekļuvi").click()
    expect(security.page.locator("#content")).to_contain_text("Konts nodots citam.")
    steps.show_password(member, "/provider/login", normunds.email, CHOSEN)
    member.is_at("Piekļuve ir liegta")
    troubles[:] = [one for one in troubles if "403 (Forbidden)" not in one]  # the page of a denial


NEWS = "Rudenī sākas vakara grupas"


def _invited(visitor: NewVisitor, stack: Stack, who: steps.Someone, door: str) -> Visitor:
    """By the link of the letter, with a password of their own, and in by it."""
    browser = visitor(script=False)
    browser.page.goto(link_in_letter(stack, who.email, "/uzaicinajums/"))
    browser.fill("Parole", CHOSEN)
    browser.tick("Esmu iepazinies/-usies")
    browser.press("Pieņemt uzaicinājumu")
    steps.show_password(browser, door, who.email, CHOSEN)
    return browser


GRANT = """SELECT g.id FROM funding_grant g JOIN funding_learningaccount a ON a.id = g.account_id
    JOIN accounts_person p ON p.id = a.person_id WHERE p.first_name = %s AND p.last_name = %s ORDER BY g.id LIMIT 1"""


def test_30_adm_03_one_officer_of_finance_proposes_a_correction_another_posts_it_and_the_client_reads_why(
    visitor: NewVisitor, stack: Stack, signed_in: dict[str, Any]
) -> None:
    """The first useful act of finance: money moves by two hands, and by a reason."""
    first, second = (desk(visitor, stack, signed_in, login) for login in FINANCE)
    [(grant,)] = stack.facts(GRANT, *LEARNER.name.split())
    first.open(f"/admin/funding/grant/{grant}/change/")
    first.page.locator("#content").get_by_role("link", name="Ierosināt labojumu").click()
    first.page.locator("input[name=sum]").fill("-12,50")
    first.page.locator("textarea[name=reason]").fill("Summa bija ieskaitīta divreiz.")
    first.page.locator("#content form").get_by_role("button", name="Ierosināt labojumu").click()
    first.open("/admin/funding/correction/")
    row = re.compile(LEARNER.name)
    first.page.get_by_role("row", name=row).get_by_role("link").first.click()
    expect(first.page.locator("#content").get_by_role("link", name="Iegrāmatot")).to_have_count(0)

    decide(second, "/admin/funding/correction/", LEARNER.name, "Iegrāmatot")
    learner = visitor(script=False)
    steps.newcomer(learner, LEARNER)
    learner.open("/profils/finansejums")
    learner.sees("487,50 €")
    learner.open("/profils/pazinojumi")
    learner.sees(re.compile("ieskaitīta divreiz"))
