"""Who looks at a page: browsers signed in once and kept for the whole suite, and what the cases need to know."""

import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext

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

GROUP_OF = """SELECT g.reference FROM catalog_coursegroup g
    JOIN applications_application a ON a.group_id = g.id WHERE a.reference = %s"""


@dataclass(frozen=True)
class People:
    """Storage states by role, and facts by name."""

    signed_in: dict[str, Any]
    facts: dict[str, str]


class Contexts(dict[tuple[str, int, str, bool], BrowserContext]):
    """One browser for each role, width, scheme and "without the policy", made when first asked for."""

    def __init__(self, browser: Browser, people: People) -> None:
        super().__init__()
        self._browser, self._people = browser, people

    def __missing__(self, key: tuple[str, int, str, bool]) -> BrowserContext:
        role, width, scheme, bypass = key
        self[key] = context = self._browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            bypass_csp=bypass,
            storage_state=self._people.signed_in[role],
            locale="lv-LV",
            reduced_motion="reduce",
        )
        context.set_default_timeout(20_000)
        return context


def gather(stack: Stack, browser: Browser) -> People:
    """Walks every role to where its pages can be seen."""
    facts = {}
    for name, question in FACTS.items():
        rows = stack.facts(question)
        assert rows, f"the demo has nothing for {name!r}"
        facts[name] = str(rows[0][0])
    number, login, password = open_programme(stack)
    facts["programme"] = str(number)
    signed_in: dict[str, Any] = {"anonymous": None}

    def visit() -> Visitor:
        context = browser.new_context(locale="lv-LV", timezone_id="Europe/Riga")
        context.set_default_timeout(20_000)
        return Visitor(context.new_page(), stack)

    def keep(role: str, visitor: Visitor) -> None:
        signed_in[role] = visitor.page.context.storage_state()
        visitor.page.context.close()

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

    client = visit()
    steps.client(client, steps.someone())
    facts["receipt"] = steps.apply(client, number)
    facts["application"] = reference(client)
    keep("client", client)

    provider = visit()
    steps.provider(provider, login, password)
    facts["provider_application"] = facts["application"]
    [(group,)] = stack.facts(GROUP_OF, facts["application"])
    facts["group"] = str(group)
    keep("provider", provider)

    who = next(one for one in stack.logins if one["who"] == "institution" and one["login"] in secrets_of(stack))
    half_way = visit()
    steps.show_password(half_way, "/provider/login", who["login"], who["password"])
    half_way.is_at("Otrais solis")
    keep("half way", half_way)
    administrator = visit()
    steps.administrator(administrator, who["login"], who["password"], secrets_of(stack)[who["login"]])
    keep("administrator", administrator)
    return People(signed_in, facts)


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
