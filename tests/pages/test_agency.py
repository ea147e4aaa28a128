"""The agency's first page: what waits and since when, what was promised, where the money is; the menu in its groups."""

from datetime import date, timedelta

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from applications.states import State
from funding.models import LearningAccount
from funding.states import AccountState
from stars.classifiers.models import ProgrammeKind
from stars.kernel.models import AuditEntry
from stars.pages import agency
from stars.pages.models import Indicator, NewsItem
from tests.conftest import signed_in
from tests.factories.accounts import AgencyUserFactory, ClientFactory, RegistrationFactory, RightFactory
from tests.factories.applications import ApplicationFactory
from tests.factories.funding import CorrectionFactory
from tests.factories.pages import IndicatorFactory, NewsItemFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> Client:
    return signed_in(Client(), AgencyUserFactory.create())


def queue(place: int) -> tuple[int, int]:
    shown, days = agency.overview(timezone.now())["queues"][place]
    return shown.number, days


def test_what_waits_is_counted_with_the_age_of_the_oldest() -> None:
    assert queue(0) == (0, 0)
    ClientFactory.create()
    LearningAccount.objects.update(opened_at=timezone.now() - timedelta(days=3, hours=1))
    ClientFactory.create()
    assert queue(0) == (2, 3)
    LearningAccount.objects.update(state=AccountState.APPROVED, decided_at=timezone.now())
    assert queue(0) == (0, 0)
    ApplicationFactory.create()
    RightFactory.create(state="waiting", decided_at=None)
    assert (queue(1), queue(2)) == ((1, 0), (1, 0))
    RegistrationFactory.create()
    RegistrationFactory.create(employee=True)  # the institution's to approve, not the agency's
    CorrectionFactory.create()
    assert (queue(3), queue(4)) == ((1, 0), (1, 0))


def test_an_indicator_counts_people_once_and_its_two_measures_apart() -> None:
    Indicator.objects.all().delete()
    users = IndicatorFactory.create(target=10)
    completers = IndicatorFactory.create(target=10, measure="completers")
    client = ClientFactory.create()
    for state in (State.COMPLETED, State.ADMITTED):
        now = timezone.now()
        closed = None if state == State.ADMITTED else now
        ApplicationFactory.create(
            client=client.person, source=users.source, state=state, decided_at=now, closed_at=closed
        )
    ApplicationFactory.create(source=users.source)
    reached = {one.indicator: (one.reached, one.percent) for one in agency.promises()}
    assert reached == {users: (1, 10), completers: (1, 10)}


def test_the_first_page_shows_everything_in_latvian(officer: Client) -> None:
    IndicatorFactory.create(target=77, due=date(2027, 5, 31))
    ApplicationFactory.create()
    page = officer.get("/admin/").content.decode()
    for words in ("Kas gaida Jūsu lēmumu", "no 77 līdz 31.05.2027.", "Pieteikumi pēc statusa", "Iestādes un lietotāji"):
        assert words in page
    assert "Autentificēšanās" not in page


def test_the_number_of_queries_does_not_grow() -> None:
    counts = []
    for more in (1, 2):
        ApplicationFactory.create_batch(more)
        with CaptureQueriesContext(connection) as asked:
            agency.overview(timezone.now())
        counts.append(len(asked))
    assert counts == [11, 11]


def test_every_list_stands_in_one_group_only(officer: Client) -> None:
    request = officer.get("/admin/").wsgi_request
    shown = [model["model"]._meta.label for group in admin.site.get_app_list(request) for model in group["models"]]
    assert len(shown) == len(set(shown))
    assert set(shown) == {model._meta.label for model in admin.site._registry}


def test_adm_01_what_the_portal_does_without_has_no_page_to_write_it_on(officer: Client) -> None:
    """Django brings groups of permissions along; nobody would leave a trail in them."""
    assert officer.get("/admin/auth/group/add/").status_code == 404
    assert not {model._meta.label for model in admin.site._registry} & agency.ABSENT


def test_a_text_the_agency_changes_leaves_a_trail(officer: Client) -> None:
    item = NewsItemFactory.create()
    sent = {"slug": item.slug, "title": "Cits virsraksts", "lead": item.lead, "body": item.body}
    sent |= {"published_at_0": "2026-05-05", "published_at_1": "10:00:00"}
    assert officer.post(f"/admin/pages/newsitem/{item.pk}/change/", sent).status_code == 302
    assert NewsItem.objects.get(pk=item.pk).title == "Cits virsraksts"
    entry = AuditEntry.objects.get(object_type="pages.newsitem", object_id=str(item.pk))
    assert (entry.action, entry.actor_role, "title" in entry.data["changed"]) == ("save", "agency", True)


def test_a_list_of_choices_leaves_a_trail(officer: Client) -> None:
    kind = ProgrammeKind.objects.order_by("pk")[0]
    sent = {"label": "Cits veids", "position": kind.position, "is_active": "on"}
    assert officer.post(f"/admin/classifiers/programmekind/{kind.pk}/change/", sent).status_code == 302
    assert AuditEntry.objects.get(object_type="classifiers.programmekind").data["changed"] == ["label"]
