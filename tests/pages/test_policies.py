"""Terms and policy: the version in force, every earlier one with what changed, and a PDF."""

from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.utils import timezone

from accounts.models import PolicyKind, PolicyVersion
from stars.files.models import RenderedDocument
from stars.pages import content, services
from tests.conftest import Task
from tests.factories.accounts import PolicyVersionFactory
from tests.factories.files import StoredFileFactory

pytestmark = pytest.mark.django_db


def test_every_point_has_an_anchor(client: Client) -> None:
    content.load()
    html = client.get("/lietosanas-noteikumi").content.decode()
    assert all(f'id="p{number}"' in html for number in range(1, 34))
    assert '<a href="#p25">25.punktā</a>' in html
    assert "Spēkā no 04.09.2024." in html


def test_terms_33_earlier_versions_stay_public_with_what_changed(client: Client) -> None:
    content.load()
    PolicyVersionFactory(version="2025-01-01", body="1. Jaunais teksts.", amendments="Mainīts 1. punkts.")
    PolicyVersionFactory(version="3000", body="1. Nākotne.", published_at=timezone.now() + timedelta(days=1))

    now = client.get("/lietosanas-noteikumi").content.decode()
    assert "Jaunais teksts." in now
    assert "Mainīts 1. punkts." in now
    assert "/lietosanas-noteikumi/2024-09-04" in now
    assert "3000" not in now

    then = client.get("/lietosanas-noteikumi/2024-09-04").content.decode()
    assert "Šī ir agrāka redakcija." in then
    assert "Jaunais teksts." not in then
    assert client.get("/lietosanas-noteikumi/2025-01-01").status_code == 200


@pytest.mark.parametrize("address", ["/lietosanas-noteikumi/1", "/privatuma-politika/1"])
def test_a_version_that_is_not_there(client: Client, address: str) -> None:
    content.load()
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("address", ["/lietosanas-noteikumi", "/privatuma-politika", "/privatuma-politika.pdf"])
def test_without_any_version_there_is_no_page(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


def test_pdf_is_asked_for_when_the_policy_is_put_in() -> None:
    content.load()
    document = RenderedDocument.objects.get()
    assert document.file_name == "privatuma-politika-2024-09-04.pdf"
    assert document.context["title"] == "Privātuma politika"


def test_while_the_pdf_is_made_the_text_is_shown(client: Client, sent_tasks: list[Task]) -> None:
    content.load()
    html = client.get("/privatuma-politika.pdf").content.decode()
    assert "PDF fails tiek gatavots." in html
    assert "Datu valsts inspekcijā" in html
    assert RenderedDocument.objects.count() == 1


def test_a_file_not_scanned_yet_is_not_given_out(client: Client) -> None:
    content.load()
    stored = StoredFileFactory()
    RenderedDocument.objects.update(state="ready", file=stored)
    assert client.get("/privatuma-politika.pdf").status_code == 200


def test_a_ready_pdf_is_downloaded(client: Client) -> None:
    content.load()
    RenderedDocument.objects.update(state="ready", file=StoredFileFactory(clean=True))
    response = client.get("/privatuma-politika.pdf")
    assert response.status_code == 302
    assert "/faili/" in response["Location"]


def test_asking_twice_for_one_text_makes_one_document() -> None:
    policy = PolicyVersionFactory(body="1. Rakstiet: <a@b.lv> & zvaniet.")
    first, second = (services.request_policy_pdf(policy=policy) for _ in range(2))
    assert first == second
    assert first.context["pieces"][0]["text"] == "Rakstiet: <a@b.lv> & zvaniet."


def test_a_changed_draft_gets_a_pdf_of_its_own(client: Client) -> None:
    content.load()
    PolicyVersion.objects.filter(kind=PolicyKind.PRIVACY).update(body="1. Cits teksts.")
    client.get("/privatuma-politika.pdf")
    client.get("/privatuma-politika.pdf")
    assert RenderedDocument.objects.count() == 2


def test_the_pdf_has_every_point() -> None:
    content.load()
    document = RenderedDocument.objects.get()
    html = render_to_string(document.template, document.context)
    assert all(f"<strong>{number}.</strong>" in html for number in (1, 4, "4.1", 17))
    assert "Redakcija 04.09.2024." in html
