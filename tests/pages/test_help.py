"""Help pages made of the two manuals: one for every page where people ask, naming buttons as they are called."""

import re
from collections.abc import Callable
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.test import Client

from accounts.browsers import devices, unsent
from accounts.models import User
from accounts.sso import pending
from funding.models import FundingSource
from stars.kernel import look
from stars.kernel.management.commands import url_list
from stars.pages import content
from stars.pages.models import ContentPage, PageSection
from stars.pages.navigation import HELP_FOR, HELP_PAGE
from tests.architecture import house
from tests.factories.accounts import ClientFactory, ProviderFactory

pytestmark = pytest.mark.django_db
CATALOGUE = Path(__file__).resolve().parents[2] / "locale/lv/LC_MESSAGES/django.po"
# What the manuals explain (client manual 2 to 3.4, 3.9; slides for institutions).
EXPLAINED = {
    *("pieslegsanas", "registracija", "programmas-atrasana", "pieteiksanas", "pieteikuma-gaita", "atteiksanas"),
    *("finansejums", "pazinojumi", "apliecinajumi", "iestades-darbiniekam", "vardi"),
}


def help_pages() -> dict[str, ContentPage]:
    content.load()
    return {page.slug: page for page in ContentPage.objects.filter(parent__slug=HELP_PAGE).order_by("pk")}


def test_there_is_a_help_page_for_each_part_of_the_manuals(client: Client) -> None:
    assert set(help_pages()) == EXPLAINED
    overview = client.get(f"/{HELP_PAGE}").content.decode()
    for slug in EXPLAINED:
        answer = client.get(f"/{HELP_PAGE}/{slug}")
        assert answer.status_code == 200
        assert f'href="/{HELP_PAGE}/{slug}"' in overview, slug


def test_every_rule_of_the_help_line_names_an_address_and_a_page() -> None:
    pages, names = help_pages(), {address.name for address in url_list.addresses()}
    for begins, slug in HELP_FOR:
        assert any(name.startswith(begins) for name in names), begins
        assert slug in pages, slug
    assert {slug for _, slug in HELP_FOR} == EXPLAINED - {"vardi"}


@pytest.mark.parametrize(
    ("who", "path", "slug"),
    [
        ("", "/pieslegties", "pieslegsanas"),
        ("", "/provider/login", "iestades-darbiniekam"),
        ("", "/programmas", "programmas-atrasana"),
        ("", "/parbaude", "apliecinajumi"),
        ("client", "/profils", "pieteikuma-gaita"),
        ("client", "/profils/finansejums", "finansejums"),
        ("client", "/profils/pazinojumi", "pazinojumi"),
        ("client", "/profils/mans-profils", "registracija"),
        ("provider", "/provider", "iestades-darbiniekam"),
        ("provider", "/provider/pieteikumi", "iestades-darbiniekam"),
    ],
)
def test_the_help_line_stands_before_the_foot(
    who: str, path: str, slug: str, as_client: Callable[[User], Client]
) -> None:
    title = help_pages()[slug].title
    user = {"client": ClientFactory, "provider": ProviderFactory}[who].create() if who else None  # type: ignore[attr-defined]
    browser = as_client(user) if user else Client()
    html = browser.get(path).content.decode()
    line = html.index(f'<a href="/{HELP_PAGE}/{slug}">{title}</a>')
    assert html.index("</main>") < line < html.index("<footer")


def test_pages_without_a_question_and_unpublished_help_have_no_line(client: Client) -> None:
    help_pages()
    assert "help-line" not in client.get("/jaunumi").content.decode()
    ContentPage.objects.filter(slug="pieslegsanas").update(is_published=False)
    ContentPage.objects.get(slug=HELP_PAGE).save()  # the menus look at the newest change
    assert "help-line" not in client.get("/pieslegties").content.decode()


def test_help_calls_buttons_and_sections_as_the_portal_does() -> None:
    """What stands in quotes is on the screen letter by letter; a renamed button is found here."""
    pages = help_pages()
    said = {entry.msgstr for entry in polib.pofile(str(CATALOGUE), encoding="utf-8")}
    names = {source.name for source in FundingSource.objects.order_by("pk")} | {page.title for page in pages.values()}
    strange = {
        (section.page.slug, quoted)
        for section in PageSection.objects.filter(
            page__in=[*pages.values(), *ContentPage.objects.filter(slug=HELP_PAGE)]
        )
        .select_related("page")
        .order_by("pk")
        for quoted in re.findall(r'"([^"]+)"', section.body + section.heading)
        if quoted not in said | names
    }
    assert strange == set()


def test_no_text_waits_for_somebody_to_fill_it_in() -> None:
    """No square brackets but those of links, in pages, questions and policies."""
    folder = Path(content.__file__).parent
    found = [
        (path.name, words)
        for path in sorted(folder.rglob("*.txt"))
        for words in re.findall(r"\[[^\]]+\](?!\()", path.read_text(encoding="utf-8"))
        if words not in {f"[{kind}]" for kind in PageSection.Kind.values}
    ]
    assert found == []


def test_the_cookies_page_names_every_cookie_the_portal_sets() -> None:
    content.load()
    section = PageSection.objects.get(page__slug="sikdatnes", kind="facts")
    said = {line.partition(" | ")[0] for line in section.body.splitlines()}
    ours = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, look.COOKIE, devices._name(), pending._name()}
    ours.add(unsent.name())
    assert said == ours | {"messages"}
    setting = [
        path.name for path in house.files("accounts", "applications", "stars") if ".set_cookie(" in path.read_text()
    ]
    assert sorted(setting) == ["devices.py", "look.py", "pending.py", "unsent.py"], (
        "a new cookie needs its line on the page"
    )


def test_the_accessibility_statement_has_every_part_the_regulation_asks_for() -> None:
    content.load()
    page = ContentPage.objects.get(slug="pieklustamiba")
    headings = list(page.sections.order_by("position").values_list("heading", flat=True))
    wanted = [
        "Uz ko attiecas paziņojums",
        "Atbilstības statuss",
        "Nepiekļūstamais saturs",
        "Piekļūstamības alternatīvas",
        "Ziņas par paziņojuma sagatavošanu",
        "Atsauksmēm un saziņai",
        "Izpildes nodrošināšanas procedūra un sūdzību iesniegšanas kārtība",
    ]
    assert headings == wanted, "the parts of the regulation's model, in its order"
    text = " ".join(page.sections.values_list("body", flat=True)) + page.lead
    for words in (
        "noteikumiem Nr. 445",
        "daļēji atbilst",
        "Neatbilstība prasībām",
        "Nesamērīgs slogs",
        "Saturs, uz kuru prasības neattiecas",
        "Izvērtējums tika veikts, izmantojot",
        "Izvērtējumu apliecinošs dokuments",
        "Pirmreizēji sagatavots",
        "Atkārtoti pārskatīts",
        "pašnovērtējumu",
        "tiesībsarga",
        "stars@viaa.gov.lv",
    ):
        assert words in text, words
