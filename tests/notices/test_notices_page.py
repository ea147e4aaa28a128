"""Paziņojumi: the list, opening one, marking all."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.selectors import actor_of
from stars.notices import services
from stars.notices.models import Notice
from stars.notices.selectors import unread_count
from tests.factories.accounts import ClientFactory, ProviderFactory
from tests.factories.notices import NoticeFactory

Browser = Callable[[User], Client]
LIST = "/profils/pazinojumi"
NEW = "Jauns</span>"


def told(user: User, number: int, **fields: object) -> list[Notice]:
    Notice.objects.filter(recipient=user).delete()
    return [NoticeFactory(recipient=user, **fields) for _ in range(number)]


@pytest.mark.django_db
def test_a_stranger_signs_in_first(client: Client) -> None:
    answer = client.get(LIST)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/pieslegties?next=")


@pytest.mark.django_db
def test_an_empty_list_says_what_will_come(as_client: Browser) -> None:
    user = ClientFactory()
    told(user, 0)
    page = as_client(user).get(LIST).content.decode()
    assert "Jaunu paziņojumu nav." in page
    assert "Atzīmēt visus kā izlasītus" not in page
    assert "<title>Paziņojumi – STARS</title>" in page


@pytest.mark.django_db
def test_own_notices_newest_first_and_nobody_elses(as_client: Browser) -> None:
    user = ClientFactory()
    old, new = told(user, 2, title="<b>Vecs</b>")
    Notice.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=3), read_at=timezone.now())
    Notice.objects.filter(pk=new.pk).update(title="Jauns notikums")
    NoticeFactory(title="Svešs paziņojums")
    page = as_client(user).get(LIST).content.decode()
    assert page.index("Jauns notikums") < page.index("&lt;b&gt;Vecs&lt;/b&gt;")
    assert "Svešs paziņojums" not in page
    assert "<b>Vecs" not in page
    assert page.count(NEW) == 1


@pytest.mark.django_db
def test_web_02_looking_marks_nothing(as_client: Browser) -> None:
    user = ClientFactory()
    [notice] = told(user, 1)
    browser = as_client(user)
    browser.get(LIST)
    assert browser.get(f"{LIST}/{notice.pk}/atvert").status_code == 405
    by_hand = browser.get(f"{LIST}/izlasiti")
    assert (by_hand.status_code, by_hand["Allow"]) == (405, "POST")
    assert "Šī adrese pieder pogai" in by_hand.content.decode()
    assert unread_count(user.pk) == 1


@pytest.mark.django_db
def test_opening_marks_it_and_leads_to_what_it_is_about(as_client: Browser) -> None:
    user = ClientFactory()
    with_path, without = NoticeFactory(recipient=user, path="/profils/vesture"), NoticeFactory(recipient=user)
    before = unread_count(user.pk)
    browser = as_client(user)
    assert browser.post(f"{LIST}/{with_path.pk}/atvert")["Location"] == "/profils/vesture"
    assert browser.post(f"{LIST}/{without.pk}/atvert")["Location"] == LIST
    assert unread_count(user.pk) == before - 2


@pytest.mark.django_db
def test_acc_02_another_persons_notice_is_not_there(as_client: Browser) -> None:
    strange = NoticeFactory()
    assert as_client(ClientFactory()).post(f"{LIST}/{strange.pk}/atvert").status_code == 404
    strange.refresh_from_db()
    assert strange.read_at is None


@pytest.mark.django_db
def test_mark_all_read_touches_own_notices_only(as_client: Browser) -> None:
    user, strange = ClientFactory(), NoticeFactory()
    told(user, 3)
    assert as_client(user).post(f"{LIST}/izlasiti")["Location"] == LIST
    assert unread_count(user.pk) == 0
    strange.refresh_from_db()
    assert strange.read_at is None
    assert services.mark_all_read(by=actor_of(user)) is None


@pytest.mark.django_db
def test_marking_all_read_can_be_undone(as_client: Browser) -> None:
    """The toast brings back what this press marked: not what was read before, nor another person's notices."""
    user, strange = ClientFactory(), NoticeFactory(read_at=timezone.now())
    told(user, 2)
    old = NoticeFactory(recipient=user, read_at=timezone.now())
    browser = as_client(user)
    page = browser.post(f"{LIST}/izlasiti", follow=True).content.decode()
    assert "Visi paziņojumi ir atzīmēti kā izlasīti." in page
    found = re.search(rf'<form method="post" action="({LIST}/nelasiti/[0-9]{{16}})">', page)
    assert found
    assert "Paziņojumi atkal ir nelasīti." in browser.post(found[1], follow=True).content.decode()
    assert unread_count(user.pk) == 2
    old.refresh_from_db()
    strange.refresh_from_db()
    assert old.read_at
    assert strange.read_at
    assert "atkal ir nelasīti" not in browser.post(found[1], follow=True).content.decode()
    assert unread_count(user.pk) == 2


@pytest.mark.django_db
def test_acc_02_the_moment_of_another_person_brings_nothing_back(as_client: Browser) -> None:
    strange = NoticeFactory(read_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert as_client(ClientFactory()).post(f"{LIST}/nelasiti/1767225600000000").status_code == 302
    strange.refresh_from_db()
    assert strange.read_at


@pytest.mark.django_db
def test_where_nothing_was_unread_there_is_nothing_to_undo(as_client: Browser) -> None:
    user = ClientFactory()
    told(user, 0)
    assert "Atsaukt" not in as_client(user).post(f"{LIST}/izlasiti", follow=True).content.decode()


@pytest.mark.django_db
def test_an_employee_of_an_institution_has_notices_too(as_client: Browser) -> None:
    user = ProviderFactory()
    told(user, 1, title="Pieteikums Nr. 2025-000001 ir iesniegts")
    page = as_client(user).get(LIST).content.decode()
    assert "Pieteikums Nr. 2025-000001 ir iesniegts" in page
    assert 'href="/provider"' in page


@pytest.mark.django_db
def test_twenty_on_a_page_and_the_same_number_of_queries_for_one_and_three(as_client: Browser) -> None:
    user = ClientFactory()
    browser = as_client(user)
    told(user, 1)
    browser.get(LIST)
    counts = []
    for number in (1, 3):
        told(user, number)
        with CaptureQueriesContext(connection) as seen:
            browser.get(LIST)
        counts.append(len(seen))
    assert counts[0] == counts[1]
    told(user, 21)
    assert browser.get(f"{LIST}?lapa=2").content.decode().count(NEW) == 1
    assert browser.get(f"{LIST}?lapa=nav").status_code == 200
