"""Saturs in the admin: the agency edits pages with their sections; addresses stay, nothing is deleted by mistake."""

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from accounts.models import User
from stars.kernel.actor import Actor, Role
from stars.kernel.by_hand import Written
from stars.kernel.errors import NotPermitted
from stars.kernel.models import AuditEntry
from stars.pages import content, services
from stars.pages.models import ContentPage
from tests.conftest import signed_in
from tests.factories.accounts import AgencyUserFactory, agree
from tests.factories.pages import ContentPageFactory, FrequentQuestionFactory, NewsItemFactory, PageSectionFactory

pytestmark = pytest.mark.django_db
LISTS = ("contentpage", "pagesection", "newsitem", "frequentquestion")


@pytest.fixture
def staff() -> Client:
    return signed_in(Client(), AgencyUserFactory())


@pytest.mark.parametrize("model", LISTS)
def test_lists_and_forms_open(staff: Client, model: str) -> None:
    PageSectionFactory()
    NewsItemFactory()
    FrequentQuestionFactory()
    assert staff.get(f"/admin/pages/{model}/?q=a").status_code == 200
    assert staff.get(f"/admin/pages/{model}/add/").status_code == 200


def sent(page: ContentPage, **changes: str) -> dict[str, str]:
    section = page.sections.get()
    return {
        "title": page.title,
        "menu_label": page.menu_label,
        "position": "1",
        "lead": page.lead,
        "notice": "",
        "source": "",
        "is_published": "on",
        "sections-TOTAL_FORMS": "1",
        "sections-INITIAL_FORMS": "1",
        "sections-0-id": str(section.pk),
        "sections-0-page": str(page.pk),
        "sections-0-position": "1",
        "sections-0-heading": section.heading,
        "sections-0-kind": "text",
        "sections-0-body": section.body,
    } | changes


def test_an_edited_section_is_on_the_page_and_dates_it(staff: Client) -> None:
    page = PageSectionFactory().page
    long_ago = timezone.now() - timedelta(days=30)
    ContentPage.objects.filter(pk=page.pk).update(updated_at=long_ago)

    answer = staff.post(
        f"/admin/pages/contentpage/{page.pk}/change/", sent(page, **{"sections-0-body": "Jauns teikums."})
    )

    assert answer.status_code == 302, answer.context["errors"]
    assert "Jauns teikums." in Client().get(f"/{page.slug}").content.decode()
    page.refresh_from_db()
    assert page.updated_at > long_ago


def test_the_address_of_a_page_stays(staff: Client) -> None:
    page = PageSectionFactory().page
    slug = page.slug
    staff.post(f"/admin/pages/contentpage/{page.pk}/change/", sent(page, slug="cita"))
    page.refresh_from_db()
    assert page.slug == slug


def test_pages_are_unpublished_and_not_deleted(staff: Client) -> None:
    page = ContentPageFactory()
    assert staff.get(f"/admin/pages/contentpage/{page.pk}/delete/").status_code == 403


def test_a_page_goes_only_under_a_page_of_the_first_level(staff: Client) -> None:
    below = ContentPageFactory(parent=ContentPageFactory())
    page = BeautifulSoup(staff.get("/admin/pages/contentpage/add/").content, "html.parser")
    offered = {option["value"] for option in page.select('select[name="parent"] option')}
    assert str(below.parent.pk) in offered
    assert str(below.pk) not in offered


def test_the_list_of_pages_costs_the_same_with_children(staff: Client) -> None:
    content.load()
    agree(User.objects.get(is_superuser=True))
    html = staff.get("/admin/pages/contentpage/").content.decode()
    assert 'href="/iespejas/karjeras-konsultacijas"' in html


def test_news_to_come_has_a_preview(staff: Client) -> None:
    item = NewsItemFactory(to_come=True)
    assert f'href="/jaunumi/{item.slug}"' in staff.get("/admin/pages/newsitem/").content.decode()


def test_sections_are_written_with_what_stood_there_and_by_the_agency_only() -> None:
    section = PageSectionFactory(body="Vecs teikums.")
    section.body = "Jauns teikums."
    change: Any = {"page_id": section.page_id, "written": [Written(section, ["body"])], "removed": []}
    with pytest.raises(NotPermitted):
        services.save_sections(**change, by=Actor(role=Role.PROVIDER, user_id=1))
    services.save_sections(**change, by=Actor(role=Role.AGENCY, user_id=1))
    [row] = AuditEntry.objects.get(object_type="pages.contentpage").data["rows"]
    assert (row["before"], row["after"]) == ({"body": "Vecs teikums."}, {"body": "Jauns teikums."})
