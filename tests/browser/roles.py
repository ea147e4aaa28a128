"""Who looks at a page: browsers signed in once and kept for the whole suite, and what the cases need to know."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext

from local import processes
from tests.browser import steps
from tests.browser.stack import Stack
from tests.browser.visitor import Visitor

FACTS = {
    "code": "SELECT code FROM documents_receipt ORDER BY issued_at, id LIMIT 1",
    "two_sources": """
        SELECT p.number FROM catalog_programme p JOIN catalog_programmeoffer o ON o.programme_id = p.id
        JOIN catalog_coursegroup g ON g.programme_id = p.id AND g.state = 'forming' AND g.taken < g.capacity
        WHERE p.state = 'published' GROUP BY p.id HAVING count(DISTINCT o.source_id) > 1 ORDER BY p.number LIMIT 1""",
    "institution": """SELECT reference FROM accounts_institution WHERE code = 'mcp'""",
    "fullest": """
        SELECT p.number FROM catalog_programme p JOIN catalog_coursegroup g ON g.programme_id = p.id
        WHERE p.state = 'published' AND g.state = 'forming' GROUP BY p.id
        ORDER BY sum(g.capacity - g.taken), p.number LIMIT 1""",
    "undeclared": """
        SELECT o.number FROM calls_offer o LEFT JOIN calls_declaration d ON d.offer_id = o.id
        WHERE o.state = 'in_evaluation' AND d.id IS NULL ORDER BY o.number LIMIT 1""",
    "to_score": """
        SELECT p.id FROM calls_offeredprogramme p JOIN calls_scoresheet s ON s.programme_id = p.id
        WHERE p.state = 'in_evaluation' GROUP BY p.id HAVING count(s.given_at) = 1 ORDER BY p.id LIMIT 1""",
    "far_apart": """
        SELECT p.id FROM calls_offeredprogramme p JOIN calls_scoresheet s ON s.programme_id = p.id
        WHERE p.state = 'in_evaluation' GROUP BY p.id HAVING count(s.given_at) = 2 ORDER BY p.id LIMIT 1""",
    "news": "SELECT slug FROM pages_newsitem WHERE published_at <= now() ORDER BY published_at DESC LIMIT 1",
    "terms": "SELECT version FROM accounts_policyversion WHERE kind = 'terms' ORDER BY published_at LIMIT 1",
    "privacy": "SELECT version FROM accounts_policyversion WHERE kind = 'privacy' ORDER BY published_at LIMIT 1",
    "content": """SELECT slug FROM pages_contentpage
        WHERE is_published AND parent_id IS NULL AND slug <> 'kontakti' ORDER BY position, slug LIMIT 1""",
    "content_under": """SELECT parent.slug || '/' || page.slug FROM pages_contentpage page
        JOIN pages_contentpage parent ON parent.id = page.parent_id WHERE page.is_published ORDER BY 1 LIMIT 1""",
}

# A programme IMK alone pays, with places left, and who of the people `bin/serve` names works for its institution.
EMPLOYED = """
    SELECT p.number, u.email FROM catalog_programme p
    JOIN catalog_programmeoffer o ON o.programme_id = p.id
    JOIN catalog_coursegroup g ON g.programme_id = p.id AND g.state = 'forming' AND g.capacity - g.taken > 6
    JOIN accounts_membership m ON m.institution_id = p.institution_id AND m.is_active AND m.role = 'employee'
    JOIN accounts_user u ON u.id = m.user_id AND u.is_active AND u.email = ANY(%s)
    WHERE p.state = 'published' GROUP BY p.id, u.email
    HAVING count(DISTINCT o.source_id) = 1
       AND min(o.source_id) = (SELECT id FROM funding_fundingsource WHERE code = 'imk') ORDER BY p.number, u.email LIMIT 1"""

# What the institution of an employee prepares and has sent, by the employee's address.
OFFERS = {
    "programme_draft": """
        SELECT d.reference FROM calls_programmedraft d JOIN accounts_membership m ON m.institution_id = d.institution_id
        JOIN accounts_user u ON u.id = m.user_id WHERE u.email = %s ORDER BY d.id LIMIT 1""",
    "venue": """
        SELECT v.id FROM catalog_venue v JOIN accounts_membership m ON m.institution_id = v.institution_id
        JOIN accounts_user u ON u.id = m.user_id WHERE u.email = %s AND NOT v.is_remote ORDER BY v.id LIMIT 1""",
    "decided_offer": """
        SELECT o.reference FROM calls_offer o JOIN accounts_membership m ON m.institution_id = o.institution_id
        JOIN accounts_user u ON u.id = m.user_id WHERE u.email = %s AND o.state = 'approved' ORDER BY o.id LIMIT 1""",
    "sent_offer": """
        SELECT o.reference FROM calls_offer o JOIN accounts_membership m ON m.institution_id = o.institution_id
        JOIN accounts_user u ON u.id = m.user_id WHERE u.email = %s AND o.state = 'submitted' ORDER BY o.id LIMIT 1""",
}
GROUP_OF = """SELECT g.reference FROM catalog_coursegroup g
    JOIN applications_application a ON a.group_id = g.id WHERE a.reference = %s"""


# Of the demo's people: each works in a role that is walked to here and nowhere else.
COORDINATOR = steps.Someone("Zane Liepziede", "270286-10004", "")
CONSULTANT = steps.Someone("Evita Ievkalne", "130580-10002", "")
ASSESSOR, COMMISSION = "katrina.menesupe@etv.example", "inguna.vertskalne@komisija.example"
WITHOUT_FACTOR = ("gunita.udrupe@rie.example", "zigmars.kugleja@vek.example")
FORGET_FACTOR = "DELETE FROM accounts_secondfactor WHERE user_id = (SELECT id FROM accounts_user WHERE email = %s)"
MANDATE = """
    SELECT m.reference, (SELECT max(e.id) FROM kernel_accessentry e WHERE e.person_id = m.client_id)
    FROM accounts_mandate m JOIN accounts_clientprofile p ON p.person_id = m.client_id WHERE p.email = %s"""
COLLEAGUE = """
    SELECT u.reference FROM accounts_user u JOIN accounts_membership m ON m.user_id = u.id AND m.role = 'employee'
    JOIN accounts_membership b ON b.institution_id = m.institution_id JOIN accounts_user boss ON boss.id = b.user_id
    WHERE boss.email = %s AND m.is_active ORDER BY u.id LIMIT 1"""
SAID = """
    SELECT f.id FROM accounts_registryfact f JOIN accounts_clientprofile p ON p.person_id = f.person_id
    WHERE p.email = %s AND f.kind = 'birth_date' AND f.superseded_at IS NULL"""


PROOF = "Apstipriniet, ka tas esat Jūs"


@dataclass(frozen=True)
class People:
    """Storage states by role (or what makes one, where it soon ends), facts by name, and how a role shows who it is."""

    signed_in: dict[str, Any]
    facts: dict[str, str]
    proofs: dict[str, Callable[[Visitor], None]]


class Contexts(dict[tuple[str, int, str, bool], BrowserContext]):
    """One browser for each role, width, scheme and "without the policy", made when first asked for."""

    def __init__(self, browser: Browser, people: People) -> None:
        super().__init__()
        self._browser, self._people = browser, people

    def __missing__(self, key: tuple[str, int, str, bool]) -> BrowserContext:
        role, width, scheme, bypass = key
        state = self._people.signed_in[role]
        self[key] = context = self._browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            bypass_csp=bypass,
            storage_state=state() if callable(state) else state,
            locale="lv-LV",
            reduced_motion="reduce",
        )
        context.set_default_timeout(20_000)
        return context

    def prove(self, role: str, visitor: Visitor) -> None:
        """MFA-04: five minutes after the password the page asks who sits there; it is told, and every browser of the role."""
        self._people.proofs[role](visitor)
        self._people.signed_in[role] = state = visitor.page.context.storage_state()
        for key, context in self.items():
            if key[0] == role:
                context.add_cookies(state["cookies"])  # type: ignore[arg-type]


def gather(stack: Stack, browser: Browser) -> People:
    """Walks every role to where its pages can be seen."""
    facts = {}
    for name, question in FACTS.items():
        rows = stack.facts(question)
        assert rows, f"the demo has nothing for {name!r}"
        facts[name] = str(rows[0][0])
    number, employee, password = open_programme(stack)
    facts["programme"] = str(number)
    signed_in: dict[str, Any] = {"anonymous": None}

    def visit() -> Visitor:
        context = browser.new_context(locale="lv-LV", timezone_id="Europe/Riga")
        context.set_default_timeout(20_000)
        return Visitor(context.new_page(), stack)

    def left(visitor: Visitor) -> Any:
        """What the visitor's browser keeps; the visit is over."""
        state = visitor.page.context.storage_state()
        visitor.page.context.close()
        return state

    def keep(role: str, visitor: Visitor) -> None:
        signed_in[role] = left(visitor)

    newcomer = visit()
    steps.newcomer(newcomer, steps.someone())
    keep("newcomer", newcomer)

    agreed = visit()
    steps.newcomer(agreed, steps.someone())
    steps.agree(agreed)
    agreed.is_at("Reģistrēties")
    keep("agreed", agreed)

    beginner = visit()
    steps.client(beginner, steps.someone())
    beginner.open(f"/programma/{number}")
    steps.start_application(beginner)
    steps.fill_application(beginner)
    facts["draft"] = reference(beginner)
    keep("beginner", beginner)

    client, person = visit(), steps.someone()
    steps.client(client, person)
    facts["receipt"] = steps.apply(client, number)
    facts["application"] = reference(client)
    facts["fact"] = said_of(stack, person)
    facts["code_of_client"] = person.code
    coordinator = visit()
    steps.at_the_door(coordinator, "Pašvaldības koordinators", COORDINATOR)
    steps.ask_mandate(coordinator, person)
    keep("coordinator", coordinator)
    steps.accept_mandate(client)
    [(mandate, look)] = stack.facts(MANDATE, person.email)
    facts |= {"mandate": str(mandate), "look": str(look)}
    keep("client", client)

    acting = visit()
    steps.at_the_door(acting, "Pašvaldības koordinators", COORDINATOR)
    acting.open("/koordinators")
    acting.press("Sākt darbu klienta vārdā")
    keep("acting", acting)

    consultant = visit()
    steps.at_the_door(consultant, "Karjeras konsultants", CONSULTANT)
    consultant.open("/konsultants")
    keep("consultant", consultant)

    for role, login, heading in (("assessor", ASSESSOR, "Prasmju"), ("commission", COMMISSION, "Vērtēšanas")):
        worker = visit()
        steps.show_password(worker, "/provider/login", login, password)
        if role == "assessor":
            worker.open("/darba-vietas")
            worker.press(worker.page.get_by_role("row", name=re.compile("novērtētājs")).get_by_role("button"))
        worker.is_at(re.compile(f"^{heading}"))
        keep(role, worker)

    provider = visit()
    steps.provider(provider, employee, password)
    facts["provider_application"] = facts["application"]
    [(group,)] = stack.facts(GROUP_OF, facts["application"])
    facts["group"] = str(group)
    facts |= {name: str(stack.facts(question, employee)[0][0]) for name, question in OFFERS.items()}
    provider.open("/provider/piedavajumi")
    provider.press("Sagatavot piedāvājumu")
    facts["offer_draft"] = provider.path().rpartition("/")[2]
    keep("provider", provider)

    who = next(one for one in stack.logins if one["who"] == "institution" and one["login"] in secrets_of(stack))

    def half_way() -> Visitor:
        visitor = visit()
        steps.show_password(visitor, "/provider/login", who["login"], who["password"])
        visitor.is_at("Otrais solis")
        return visitor

    def newly(login: str, *, with_codes: bool) -> Visitor:
        stack.change(FORGET_FACTOR, login)
        visitor = visit()
        steps.show_password(visitor, "/provider/login", login, password)
        visitor.is_at("Iestatīt otro faktoru")
        if with_codes:
            steps.set_up_factor(visitor)
        return visitor

    # What ends ten minutes after the password is walked again for every browser.
    signed_in["half way"] = lambda: left(half_way())
    signed_in["without factor"] = lambda: left(newly(WITHOUT_FACTOR[0], with_codes=False))
    signed_in["with codes"] = lambda: left(newly(WITHOUT_FACTOR[1], with_codes=True))
    administrator = visit()
    steps.administrator(administrator, who["login"], who["password"], secrets_of(stack)[who["login"]])
    keep("administrator", administrator)
    [(colleague,)] = stack.facts(COLLEAGUE, who["login"])
    facts["colleague"] = str(colleague)

    def by_password(word: str, secret: str = "") -> Callable[[Visitor], None]:
        def prove(visitor: Visitor) -> None:
            steps.prove(visitor, word, secret)

        return prove

    def by_sign_on(visitor: Visitor) -> None:
        visitor.press(visitor.page.get_by_role("main").get_by_role("link", name="Turpināt uz Vienotās"))
        visitor.through_the_sign_on(person.name, person.code)

    proofs = {
        "client": by_sign_on,
        "provider": by_password(password),
        "administrator": by_password(who["password"], secrets_of(stack)[who["login"]]),
    }
    return People(signed_in, facts, proofs)


def said_of(stack: Stack, person: steps.Someone) -> str:
    """The entry of the register about the person's birth date, once a worker has asked for it."""
    assert processes.wait_until(lambda: bool(stack.facts(SAID, person.email)), 30), "no register has answered"
    return str(stack.facts(SAID, person.email)[0][0])


def open_programme(stack: Stack) -> tuple[int, str, str]:
    """A programme one can apply to, with login and password of somebody who works for its institution."""
    known = {one["login"]: one["password"] for one in stack.logins if one["who"] == "institution"}
    [(number, login)] = stack.facts(EMPLOYED, list(known))
    return int(number), str(login), known[login]


def secrets_of(stack: Stack) -> dict[str, str]:
    """Secrets of the demo's authenticator apps, by login."""
    return {one["login"]: one["password"] for one in stack.logins if one["who"] == "code"}


def reference(visitor: Visitor) -> str:
    found = re.search(r"/pieteikums/([0-9a-f-]{36})/", visitor.page.url)
    assert found, visitor.page.url
    return found[1]
