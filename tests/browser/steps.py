"""What a person does at each stretch of the main journey; the same words with and without JavaScript."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

from playwright.sync_api import FilePayload, expect

from accounts import totp
from tests.browser.visitor import Visitor
from tests.files.making import picture

_people = count()
NAMES = (
    "Anna Ozoliņa",
    "Jānis Krūmiņš",
    "Līga Šķēle",
    "Pēteris Ņikitins",
    "Ieva Ķirse",
    "Gunārs Ābele",
    "Žanete Čakste",
)

SCAN: FilePayload = {"name": "apliecinājums.png", "mimeType": "image/png", "buffer": picture()}


@dataclass(frozen=True)
class Someone:
    """A person the portal has never seen: a name, a code of the new kind, an address of their own."""

    name: str
    code: str
    email: str


def someone() -> Someone:
    number = next(_people)
    return Someone(NAMES[number % len(NAMES)], f"329{number:03d}-7{number:04d}", f"cilveks{number}@example.lv")


def sign_in(visitor: Visitor, person: Someone) -> None:
    """From any page of the portal through the state's sign-on and back."""
    visitor.press(visitor.page.locator("summary", has_text="Pieslēgties").filter(visible=True))
    visitor.press(visitor.page.get_by_role("link", name="Iedzīvotājs").filter(visible=True).first)
    onward(visitor)
    visitor.through_the_sign_on(person.name, person.code)


def onward(visitor: Visitor) -> None:
    """The portal's own sign-in page, where the way leads over it: residents go on to the state's sign-on."""
    if visitor.path().startswith("/pieslegties"):
        visitor.press(visitor.page.get_by_role("main").get_by_role("link", name="Turpināt uz Vienotās").first)


def agree(visitor: Visitor) -> None:
    visitor.is_at("Lietošanas noteikumi un privātuma politika")
    visitor.tick("Esmu iepazinies/-usies")
    visitor.press("Apstiprināt")


def register(visitor: Visitor, person: Someone, *, sector: str = "Digitālās prasmes lietpratējiem") -> None:
    """The registration form with as little as it asks."""
    visitor.is_at("Reģistrēties")
    visitor.fill("E-pasta adrese", person.email)
    visitor.fill("Tālrunis", "26 123 456")
    visitor.choose("APLIECINU savu ekonomiskās aktivitātes statusu", "Esmu nodarbināta, pašnodarbināta persona")
    visitor.choose("APLIECINU savu līdz šim iegūto izglītību", "Bakalaurs")
    visitor.tick("Vēlos atrast sev piemērotas mācības")
    visitor.tick(sector)
    visitor.tick("Interneta meklētājos (kā Google)")
    visitor.press("Saglabāt")
    visitor.is_at("Jūsu individuālais mācību konts ir izveidots")


def newcomer(visitor: Visitor, person: Someone) -> None:
    visitor.open("/")
    sign_in(visitor, person)


def client(visitor: Visitor, person: Someone) -> None:
    """Somebody who has registered."""
    newcomer(visitor, person)
    agree(visitor)
    register(visitor, person)


def start_application(visitor: Visitor, *, source: str = "IMK") -> None:
    """Pieteikties on the programme's page; where several sources pay, the choice."""
    visitor.press(
        visitor.page.get_by_role("main").get_by_role("link", name="Pieteikties", exact=True).filter(visible=True).first
    )
    visitor.page.wait_for_url(re.compile("/pieteikums/"))
    if "/avots" in visitor.page.url:
        visitor.tick(source)
        visitor.press("Turpināt")


def fill_application(visitor: Visitor, *, again: bool = False) -> None:
    """The steps of the form up to the check page; `again` = what was told before is filled in already."""
    page = visitor.page
    if page.get_by_label("Jūsu dzīvesvietas reģions").count() and not again:
        visitor.choose("Jūsu dzīvesvietas reģions", "Vidzemes")
    for _ in range(3):
        if "/parbaudit" in page.url:
            return
        _answer(visitor)
        address = page.url
        visitor.press("Turpināt")
        page.wait_for_url(lambda url, before=address: url != before)  # type: ignore[misc]


def _answer(visitor: Visitor) -> None:
    """Whatever of the questions stands on this step and is still open."""
    page = visitor.page
    venues = page.get_by_role("group", name="Norises vieta").get_by_role("radio")
    if venues.count() and not page.get_by_role("group", name="Norises vieta").locator("input:checked").count():
        visitor.mark(venues.first)
    if page.get_by_label("Lai uzlabotu karjeras iespējas").count():
        visitor.tick("Lai uzlabotu karjeras iespējas")
    for words in ("APLIECINU, ka esmu iepazinies/usies", "APLIECINU, ka iepriekš neesmu"):
        if page.get_by_label(words).count():
            visitor.tick(words)
    profession = page.get_by_label("Lūdzu nosauciet profesiju, amatu darba vietā")
    if profession.count() and not profession.input_value():
        visitor.fill("Lūdzu nosauciet profesiju, amatu darba vietā", "Grāmatvede")


def check_and_send(visitor: Visitor) -> str:
    """The check page and its one button; gives the number on the receipt."""
    visitor.is_at("Pārbaudiet un iesniedziet")
    visitor.press("Pieteikties")
    visitor.is_at("Pieteikums ir iesniegts")
    found = re.search(r"\b(?:IMK|MN|VARAM)-\d+\b|\b\d{4}-\d{6}\b", visitor.page.get_by_role("main").inner_text())
    assert found, "the receipt shows no number"
    return found[0]


def apply(visitor: Visitor, programme: int) -> str:
    """From the programme's page to the receipt."""
    visitor.open(f"/programma/{programme}")
    start_application(visitor)
    fill_application(visitor)
    return check_and_send(visitor)


def provider(visitor: Visitor, login: str, password: str) -> None:
    show_password(visitor, "/provider/login", login, password)
    expect(visitor.page).to_have_url(re.compile("/provider$"))


def show_password(visitor: Visitor, door: str, login: str, password: str) -> None:
    visitor.open(door)
    visitor.fill("E-pasta adrese", login)
    visitor.fill("Parole", password)
    visitor.press(visitor.page.get_by_role("main").get_by_role("button", name="Pieslēgties"))


def code_now(secret: str, *, shift: int = 0) -> str:
    """What the app shows now, or `shift` half minutes later."""
    return totp.code_at(secret, totp.step_of(datetime.now(UTC)) + shift)


def set_up_factor(visitor: Visitor) -> tuple[str, list[str]]:
    """The key off the page into the app, the app's code into the page; stops at the recovery codes and gives both."""
    visitor.is_at("Iestatīt otro faktoru")
    secret = visitor.page.get_by_role("main").locator("strong[translate=no]").inner_text().replace(" ", "")
    visitor.fill("Kods no lietotnes", code_now(secret))
    visitor.press("Ieslēgt")
    visitor.is_at("Rezerves kodi")
    return secret, visitor.page.get_by_role("main").locator("li strong[translate=no]").all_inner_texts()


def at_the_door(visitor: Visitor, door: str, person: Someone) -> None:
    """Coordinators and consultants: their own door, the state's sign-on, their own workplace."""
    visitor.open("/pieslegties")
    visitor.press(visitor.page.get_by_role("main").get_by_role("link", name=re.compile(f"^{door}")).first)
    visitor.through_the_sign_on(person.name, person.code)


def find_client(coordinator: Visitor, code: str) -> None:
    coordinator.open("/koordinators")
    coordinator.press("Atrast klientu")
    coordinator.fill("Personas kods", code)
    coordinator.press("Atrast")
    coordinator.is_at("Jauns pilnvarojums")


def ask_mandate(coordinator: Visitor, person: Someone) -> None:
    """Everything a client may let a coordinator do, confirmed by the client in the portal."""
    find_client(coordinator, person.code)
    coordinator.sees(person.name)
    coordinator.tick("Aizpildīt un mainīt profilu")
    coordinator.tick("Pieteikties programmām un atteikties")
    coordinator.tick("Klients apstiprina platformā")
    coordinator.press("Saglabāt pilnvarojumu")
    coordinator.sees("Gaida klienta apstiprinājumu")


def accept_mandate(learner: Visitor) -> None:
    learner.open("/profils/pilnvarojumi")
    learner.press("Apstiprināt")
    learner.sees("Spēkā")


def show_code(visitor: Visitor, secret: str) -> None:
    """The second step with what the app shows; a code used a moment ago gives way to the next."""
    visitor.is_at("Otrais solis")
    for shift in (0, 1):
        visitor.fill("Kods", code_now(secret, shift=shift))
        visitor.press("Turpināt")
        visitor.page.wait_for_load_state()
        if not visitor.path().startswith("/pieslegties/kods"):
            return


def prove(visitor: Visitor, password: str, secret: str = "") -> None:
    """Once more who sits there; a code used a moment ago gives way to the next."""
    for shift in (0, 1):
        visitor.fill("Parole", password)
        if secret:
            visitor.fill("Kods", code_now(secret, shift=shift))
        visitor.press("Turpināt")
        visitor.page.wait_for_load_state()
        if not visitor.path().startswith("/apstiprinat-sevi"):
            return


def administrator(visitor: Visitor, login: str, password: str, secret: str) -> None:
    """An administrator of an institution: password, then a code."""
    show_password(visitor, "/provider/login", login, password)
    show_code(visitor, secret)
    expect(visitor.page).to_have_url(re.compile("/provider$"))


def officer(visitor: Visitor, login: str, password: str, secret: str) -> None:
    """An officer of the agency, into the admin."""
    show_password(visitor, "/admin/login/", login, password)
    show_code(visitor, secret)
    expect(visitor.page).to_have_url(re.compile("/admin/$"))


def sign_out(visitor: Visitor) -> None:
    """From the menu of one's own name."""
    visitor.page.locator("summary", has_text="Lietotāja izvēlne").filter(visible=True).click()
    visitor.page.get_by_role("button", name="Beigt darbu").filter(visible=True).click()
    visitor.page.wait_for_load_state()


# --- an institution's offer ---------------------------------------------------


def write_programme(employee: Visitor, name: str, *, venue: str) -> None:
    """Step 2 from the list of programmes: a module of 167 hours, complete, with every file the call asks for."""
    page, main = employee.page, employee.page.get_by_role("main")
    main.get_by_role("link", name="Jauna programma").first.click()
    employee.press("Sākt")
    employee.choose("Programmas veids", "Modulis")
    employee.fill("Izglītības programmas nosaukums", name)
    page.get_by_label("Mācību nozare").select_option("3")
    employee.tick(venue)
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


def send_offer(employee: Visitor, call: str, programme: str) -> None:
    """Step 3 from the list of offers to the receipt."""
    main = employee.page.get_by_role("main")
    employee.press(main.get_by_role("button", name=re.compile(f"^Sagatavot piedāvājumu.*{call}")))
    employee.mark(main.get_by_role("radio").first)
    employee.tick(programme)
    for box in main.locator("input[type=file]").all():
        box.set_input_files(SCAN)
    employee.tick("APLIECINU pieteikumā norādīto informāciju")
    employee.press("Turpināt")
    employee.sees("427,43 € (aprēķinātā 891,78 €, ierobežojums 427,43 €)")
    employee.press("Iesniegt")
    employee.is_at("Piedāvājums ir iesniegts")
