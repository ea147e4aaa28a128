"""A person sees and ends their own sessions; those of people who may no longer come in end by themselves (SES-01 to 03)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import services, tasks
from accounts.browsers import devices
from accounts.models import Right, Session, User
from accounts.selectors import actor_of, sessions_of
from stars.kernel.actor import Actor
from stars.kernel.errors import NotPermitted
from stars.kernel.secrets import token_digest
from tests.conftest import signed_in
from tests.factories.accounts import (
    AgencyOfficerFactory,
    AgencyUserFactory,
    ClientFactory,
    CommissionMemberFactory,
    ConsultantFactory,
    CoordinatorFactory,
    DenialFactory,
    ProviderFactory,
    SessionFactory,
)

ADDRESS = "/profils/sesijas"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0"
pytestmark = pytest.mark.django_db
EVERYBODY: list[Callable[[], User]] = [
    ClientFactory.create,
    ProviderFactory.create,
    CoordinatorFactory.create,
    ConsultantFactory.create,
    CommissionMemberFactory.create,
    AgencyUserFactory.create,
]


@pytest.mark.parametrize("make", EVERYBODY)
def test_ses_03_a_session_is_ended_from_another_browser(make: Callable[[], User]) -> None:
    user = make()
    here, there = signed_in(Client(), user), signed_in(Client(), user)
    digest = token_digest(there.session.session_key or "")
    page = here.get(ADDRESS).content.decode()
    assert f'value="{digest}"' in page
    assert "Šis pārlūks" in page
    assert (there.session.session_key or "-") not in page
    assert here.post(ADDRESS, {"session": digest})["Location"] == ADDRESS
    assert not Session.objects.filter(user=user).exclude(session_key=here.session.session_key).exists()
    assert there.get(ADDRESS)["Location"].startswith("/pieslegties")
    assert here.get(ADDRESS).status_code == 200


def test_ses_03_all_others_end_at_once() -> None:
    user = ClientFactory.create()
    here = signed_in(Client(), user)
    for _ in range(3):
        signed_in(Client(), user)
    page = here.post(ADDRESS, {"all": "1"}, follow=True).content.decode()
    assert "Beigušās 3 sesijas." in page
    assert Session.objects.get(user=user).session_key == here.session.session_key


def test_ses_03_sessions_are_ended_under_the_user_s_lock_so_two_presses_at_once_are_two_entries() -> None:
    session = SessionFactory(user=ClientFactory.create())
    user = session.user
    presses: list[Callable[[], object]] = [
        lambda: services.end_session(user_id=user.pk, digest=token_digest(session.session_key), by=actor_of(user)),
        lambda: services.end_other_sessions(user_id=user.pk, keep="", by=actor_of(user)),
    ]
    for press in presses:
        with CaptureQueriesContext(connection) as asked:
            press()
        assert any('FOR NO KEY UPDATE OF "accounts_user"' in one["sql"] for one in asked)


def test_ses_03_nobody_ends_another_s_session() -> None:
    mine, other = signed_in(Client(), ClientFactory.create()), signed_in(Client(), ClientFactory.create())
    mine.post(ADDRESS, {"session": token_digest(other.session.session_key or "")})
    assert other.get(ADDRESS).status_code == 200
    owner = User.objects.get(sessions__session_key=other.session.session_key)
    for by in (actor_of(ClientFactory.create()), actor_of(AgencyOfficerFactory.create(duties=["finance"]))):
        with pytest.raises(NotPermitted):
            services.end_session(user_id=owner.pk, digest="x", by=by)
        with pytest.raises(NotPermitted):
            services.end_other_sessions(user_id=owner.pk, keep="", by=by)


def test_act_03_who_acts_for_a_client_does_not_see_the_client_s_sessions() -> None:
    client, coordinator = ClientFactory.create(), CoordinatorFactory.create()
    by = Actor(
        role=actor_of(coordinator).role,
        user_id=coordinator.pk,
        person_id=client.person_id,
        acting_for_id=client.person_id,
    )
    with pytest.raises(NotPermitted):
        services.end_other_sessions(user_id=client.pk, keep="", by=by)


def test_ses_03_signing_out_ends_the_session_on_the_server_and_clears_the_browser() -> None:
    browser = signed_in(Client(), ProviderFactory.create())
    key = browser.session.session_key
    response = browser.post("/iziet")
    assert not Session.objects.filter(session_key=key).exists()
    assert response["Clear-Site-Data"] == '"cache", "storage"'


def test_ses_03_sessions_live_in_postgresql_and_know_whose_they_are() -> None:
    assert django_settings.SESSION_ENGINE == "accounts.browsers.store"
    browser = Client(headers={"user-agent": FIREFOX})
    user = ProviderFactory.create(email="mara@example.lv")
    browser.post("/provider/login", {"email": "mara@example.lv", "password": "Kaplis-9-jumta"})
    row = Session.objects.get(user=user)
    assert (row.device, row.began_at is not None, row.seen_at is not None) == ("Firefox, Windows", True, True)
    assert "Firefox, Windows" in browser.get(ADDRESS).content.decode()


@pytest.mark.parametrize(
    ("header", "words"),
    [
        (FIREFOX, "Firefox, Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit Version/17.0 Safari/604.1",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit Chrome/120.0 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/120.0 Safari/537.36 Edg/120.0", "Edge, Linux"),
        ("<script>Firefox", "Firefox"),
        ("", ""),
    ],
)
def test_a_browser_is_named_in_words_and_nothing_else_is_kept(header: str, words: str) -> None:
    assert devices.words_of(RequestFactory().get("/", headers={"user-agent": header})) == words


def test_the_list_asks_the_same_at_one_and_three_rows() -> None:
    user = ClientFactory.create()
    browser = signed_in(Client(), user)
    browser.get(ADDRESS)

    def counted() -> int:
        with CaptureQueriesContext(connection) as queries:
            browser.get(ADDRESS)
        return len(queries)

    one = counted()
    for _ in range(2):
        SessionFactory.create(user=user)
    assert counted() == one
    assert sessions_of(user).count() == 3


def test_ses_02_coordinators_and_consultants_have_the_limits_of_staff() -> None:
    for make in (CoordinatorFactory.create, ConsultantFactory.create):
        with time_machine.travel(timezone.now(), tick=False) as clock:
            browser = signed_in(Client(), make())
            clock.shift(timedelta(minutes=14))
            assert browser.get(ADDRESS).status_code == 200
            clock.shift(timedelta(minutes=15, seconds=1))
            assert browser.get(ADDRESS).status_code == 302
            browser = signed_in(Client(), make())
            for _ in range(8 * 6):
                clock.shift(timedelta(minutes=10))
                browser.get(ADDRESS)
            clock.shift(timedelta(seconds=1))
            assert browser.get(ADDRESS).status_code == 302


def test_ses_02_a_clients_limit_ends_with_the_clients_role() -> None:
    """Switching to the role of staff brings its shorter limit at once."""
    user = ClientFactory.create()
    right = CoordinatorFactory.create().rights.get()
    Right.objects.filter(pk=right.pk).update(user=user)
    browser = signed_in(Client(), user)
    browser.get(ADDRESS)
    assert browser.session.get_expiry_age() == 30 * 60
    session = browser.session
    session["context"] = f"right:{right.pk}"
    session.save()
    browser.get(ADDRESS)
    assert browser.session.get_expiry_age() == 15 * 60


# --- the sweep -----------------------------------------------------------------------


def test_i16_end_refused_sessions_ends_those_of_who_may_not_come_in() -> None:
    denied = SessionFactory.create(user=DenialFactory.create().user)
    inactive = SessionFactory.create(user=ProviderFactory.create(is_active=False))
    homeless = SessionFactory.create(user=ProviderFactory.create(membership__state="expired"))
    closed = SessionFactory.create(user=ProviderFactory.create(membership__institution__is_active=False))
    expired = CommissionMemberFactory.create()
    expired.rights.update(valid_until=timezone.now())
    over = SessionFactory.create(user=expired)
    past = SessionFactory.create(user=ProviderFactory.create(), expire_date=timezone.now() - timedelta(seconds=1))
    kept = [SessionFactory.create(user=make()) for make in EVERYBODY]
    anonymous = SessionFactory.create(user=None, began_at=None, seen_at=None)
    tasks.guard_doors()
    left = set(Session.objects.values_list("pk", flat=True))
    assert left == {anonymous.pk, *(one.pk for one in kept)}
    assert not left & {one.pk for one in (denied, inactive, homeless, closed, over, past)}
    assert services.end_refused_sessions() == 0


def test_i16_the_sweep_comes_at_least_each_minute() -> None:
    beat: dict[str, Any] = django_settings.CELERY_BEAT_SCHEDULE["guard-doors"]
    assert beat["task"] == "accounts.guard_doors"
    assert beat["schedule"] <= 60
