"""The agency's pages: every link lives, titles differ, headings and crumbs agree, hidden ones are not there."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client

from funding.models import FundingSource
from stars.pages import content
from stars.pages.models import ContentPage, NewsItem, PageSection
from tests.factories.applications import ApplicationFactory
from tests.factories.catalog import ProgrammeFactory, RoundFactory
from tests.factories.pages import ContentPageFactory, PageSectionFactory

pytestmark = pytest.mark.django_db
STATE_SIGN_ON = "/pieslegties/iedzivotajs"  # leads out of the house; the sign-in tests follow it
FIXED = ["/", "/jaunumi", "/jautajumi", "/lietosanas-noteikumi", "/privatuma-politika"]


def text_of(pattern: str, html: str) -> str:
    found = re.findall(pattern, html, flags=re.DOTALL)
    assert len(found) == 1, (pattern, found)
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def all_paths() -> Iterator[str]:
    yield from FIXED
    for page in ContentPage.objects.select_related("parent").order_by("pk"):
        yield page.get_absolute_url()
    for item in NewsItem.objects.order_by("pk"):
        yield item.get_absolute_url()


# Where public pages may lead; the ombudsman and the sites stand in the accessibility statement, as the regulation asks.
ELSEWHERE = ("https://www.viaa.gov.lv/", "https://stars.gov.lv", "https://www.tiesibsargs.lv", "mailto:", "tel:")


def test_crawl_of_the_public_pages(client: Client) -> None:
    """From the front page on: no dead link of ours, no missing anchor, one h1 that is the last crumb, own titles and words."""
    content.load()
    ProgrammeFactory()
    RoundFactory()
    pages: dict[str, str] = {}
    for path in all_paths():
        response = client.get(path)
        assert response.status_code == 200, path
        pages[path] = response.content.decode()

    titles = {path: text_of(r"<title>(.*?)</title>", html) for path, html in pages.items()}
    assert len(set(titles.values())) == len(titles)
    for path, html in pages.items():
        heading = text_of(r"<h1[^>]*>(.*?)</h1>", html)
        assert titles[path].endswith(" – STARS")
        if path != "/":
            assert text_of(r'<li aria-current="page">([^<]*)</li>', html) == heading
            assert titles[path] == f"{heading} – STARS"

    found_by = [
        text_of(r'<meta name="description" content="([^"]+)">', html)
        for path, html in pages.items()
        if path not in FIXED[1:]
    ]
    assert len(set(found_by)) == len(found_by)

    seen: dict[str, int] = {}
    for path, html in pages.items():
        for href in re.findall(r'<a\b[^>]*\shref="([^"]*)"', html):
            if not href.startswith(("/", "#")) or href.startswith("/static/"):
                assert href.startswith(ELSEWHERE), (path, href)
                continue
            address, _, anchor = href.partition("#")
            if address == STATE_SIGN_ON:
                continue
            if address and address not in seen:
                seen[address] = client.get(address.replace("&amp;", "&")).status_code
            target = pages.get(address or path, "")
            assert seen.get(address, 200) in {200, 302}, (path, href)
            if anchor and target:
                assert f'id="{anchor}"' in target, (path, href)


def test_a_hidden_page_is_not_there(client: Client) -> None:
    page = ContentPageFactory(is_published=False)
    assert client.get(f"/{page.slug}").status_code == 404


def test_a_page_has_one_address_only(client: Client) -> None:
    above, other = ContentPageFactory(), ContentPageFactory()
    below = ContentPageFactory(parent=above)
    assert client.get(f"/{above.slug}/{below.slug}").status_code == 200
    assert client.get(f"/{below.slug}").status_code == 404
    assert client.get(f"/{other.slug}/{below.slug}").status_code == 404
    above.is_published = False
    above.save()
    assert client.get(f"/{above.slug}/{below.slug}").status_code == 404


def test_the_admin_keeps_its_address(client: Client) -> None:
    response = client.get("/admin")
    assert (response.status_code, response["Location"]) == (301, "/admin/")


@pytest.mark.parametrize(
    ("kind", "body", "shown"),
    [
        ("text", "Rindkopa.\n\n- viens", "<li>viens</li>"),
        ("facts", "Ilgums | 20 stundas", "<dd>20 stundas</dd>"),
        ("figures", "3 | kursi", "<b>3</b>"),
        ("steps", "Atrodiet | sarakstā", "<strong>Atrodiet</strong>"),
        ("timeline", "+ 2024 | sākums", "<strong>2024</strong>"),
        ("progress", "learners | 3500 | pabeiguši", "0 no 3\u00a0500: pabeiguši"),
    ],
)
def test_every_kind_of_section_is_drawn(client: Client, kind: str, body: str, shown: str) -> None:
    section = PageSectionFactory(kind=kind, body=body)
    assert shown in client.get(f"/{section.page.slug}").content.decode()


def test_kinds_of_sections_are_all_tested() -> None:
    assert set(PageSection.Kind.values) == {"text", "facts", "figures", "steps", "timeline", "progress"}


def test_progress_counts_people_once_and_leaves_out_what_it_cannot_count(client: Client) -> None:
    first = ApplicationFactory(completed=True)
    ApplicationFactory(completed=True, client=first.client, programme=ProgrammeFactory())
    ApplicationFactory()
    section = PageSectionFactory(
        kind="progress", body="learners | 1 000 | pabeiguši\nnav | 5 | x\naccounts | daudz | y"
    )
    html = client.get(f"/{section.page.slug}").content.decode()
    assert "1 no 1\u00a0000: pabeiguši" in html
    assert html.count("<progress") == 1


def test_what_an_editor_types_stays_text(client: Client) -> None:
    section = PageSectionFactory(heading="<b>x</b>", body="<script>alert(1)</script>", page__lead="<i>l</i>")
    html = client.get(f"/{section.page.slug}").content.decode()
    assert "<script>alert" not in html
    assert "<b>x</b>" not in html
    assert "<i>l</i>" not in html


def test_a_project_page_shows_its_round_and_programmes(client: Client) -> None:
    page = ContentPageFactory(source=FundingSource.objects.get(code="mn"))
    assert "Šobrīd pieteikšanās nav atvērta." in client.get(f"/{page.slug}").content.decode()
    RoundFactory(source=page.source)
    RoundFactory()
    ProgrammeFactory(offer__source=page.source)
    html = client.get(f"/{page.slug}").content.decode()
    assert "Pieteikšanās atvērta" in html
    assert "1 programma" in html
    assert 'href="/programmas?finansejums=mn"' in html
