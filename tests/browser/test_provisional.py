"""ACT-03: a coordinator helps somebody who has never been here; later the person comes and finds everything as it was done."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import roles, steps
from tests.browser.conftest import NewVisitor
from tests.browser.stack import Stack
from tests.browser.test_ways_in import forget_refusals
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

# Never a coordinator's, whatever the mandate says.
ONLY_THE_CLIENT_S = ("/profils/drosiba", "/profils/pilnvarojumi", "/profils/mani-dati", "/profils/kas-skatijis")


def register_for(coordinator: Visitor, person: steps.Someone) -> None:
    """The registration form in the client's place: the ticks are the client's (K4)."""
    coordinator.is_at("Reģistrēties")
    coordinator.fill("E-pasta adrese", person.email)
    coordinator.fill("Tālrunis", "26 123 456")
    coordinator.choose(
        "Klients APLIECINA savu ekonomiskās aktivitātes statusu", "Esmu nodarbināta, pašnodarbināta persona"
    )
    coordinator.choose("Klients APLIECINA savu līdz šim iegūto izglītību", "Bakalaurs")
    coordinator.tick("Vēlos atrast sev piemērotas mācības")
    coordinator.tick("Digitālās prasmes lietpratējiem")
    coordinator.tick("Interneta meklētājos (kā Google)")
    coordinator.press("Saglabāt")


def test_act_03_somebody_who_has_never_been_here_is_registered_on_paper_and_accepts_the_terms_themselves(
    visitor: NewVisitor, stack: Stack, troubles: list[str]
) -> None:
    """J18: the code that nobody has, names and document, registration and application; then the person's own sign-in."""
    coordinator, person = visitor(), steps.someone()
    first, _, last = person.name.partition(" ")
    steps.at_the_door(coordinator, "Pašvaldības koordinators", roles.COORDINATOR)
    coordinator.open("/koordinators")
    coordinator.press("Atrast klientu")
    coordinator.fill("Personas kods", person.code)
    coordinator.press("Atrast")
    coordinator.is_at("Jauns pilnvarojums")
    coordinator.sees("Cilvēks ar šādu kodu platformā vēl nav bijis")
    assert person.code not in coordinator.page.content()
    main = coordinator.page.get_by_role("main")
    main.get_by_label("Vārds", exact=True).fill(first)
    main.get_by_label("Uzvārds", exact=True).fill(last)
    coordinator.tick("Aizpildīt un mainīt profilu")
    coordinator.tick("Pieteikties programmām un atteikties")
    coordinator.press("Saglabāt pilnvarojumu")  # the document is forgotten: nothing typed is lost
    expect(main.get_by_role("alert")).to_be_visible()
    expect(main.get_by_label("Uzvārds", exact=True)).to_have_value(last)
    coordinator.fill("Parakstītā dokumenta numurs un datums", "Nr. 12, 14.04.2026.")
    main.get_by_label("Parakstīts dokuments", exact=True).set_input_files(steps.SCAN)
    coordinator.press("Saglabāt pilnvarojumu")
    coordinator.sees("pats cilvēks tos apstiprinās, kad pirmo reizi pieslēgsies")

    card = coordinator.page.get_by_role("main").get_by_role("button", name=re.compile(f"klienta vārdā.*{person.name}"))
    coordinator.press(card.first)
    register_for(coordinator, person)
    number = steps.apply(coordinator, roles.open_programme(stack)[0])
    for path in ONLY_THE_CLIENT_S:
        reply = coordinator.page.goto(stack.portal + path)
        assert reply is not None
        assert reply.status == 403, path

    learner = visitor()
    steps.newcomer(learner, person)
    steps.agree(learner)
    learner.open("/profils")
    learner.sees(re.compile(number))
    learner.open("/profils/pilnvarojumi")
    learner.sees("Zane Liepziede")
    learner.sees(re.compile("Nr. 12"))
    with learner.page.expect_download() as download:
        learner.page.get_by_role("main").get_by_role("link", name=steps.SCAN["name"]).click()
    assert download.value.suggested_filename == steps.SCAN["name"]
    learner.open("/profils/kas-skatijis")
    learner.sees(re.compile("koordinators"))
    coordinator.page.context.clear_cookies()
    steps.at_the_door(coordinator, "Pašvaldības koordinators", roles.COORDINATOR)
    coordinator.open("/koordinators")
    expect(coordinator.page.get_by_text("pats cilvēks tos apstiprinās")).to_have_count(0)
    forget_refusals(troubles, 403, 422)
