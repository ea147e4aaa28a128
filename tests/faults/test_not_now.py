"""K5 and F7: deadlocks, long waits, full pools; each becomes a second try or a page that keeps what was typed."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.db import DatabaseError, IntegrityError, OperationalError, connection, connections
from django.test import Client
from django.utils import timezone
from psycopg.errors import DeadlockDetected, SerializationFailure, UniqueViolation
from psycopg_pool import PoolTimeout

from accounts.models import User
from accounts.selectors import actor_of
from applications import services
from applications.models import Application
from applications.services import moving
from applications.states import State
from stars.kernel import transactions
from stars.kernel.errors import Busy
from stars.kernel.models import AuditEntry
from stars.kernel.transactions import MOST_ATTEMPTS, repeatable
from tests.factories.accounts import ClientFactory, ProviderFactory
from tests.factories.applications import ApplicationFactory
from tests.factories.funding import imk
from tests.faults.waiting import psql, waits_for
from tests.races.test_submit_last_place import together

Browse = Callable[[User], Client]
Crossed = Callable[[Application, Callable[[], Any]], Any]
HELD = pytest.mark.django_db(transaction=True)


@pytest.fixture
def application() -> Application:
    made: Application = ApplicationFactory.create(source=imk())
    return made


@pytest.fixture
def client() -> User:
    user: User = ClientFactory.create()
    return user


@pytest.fixture
def options() -> dict[str, Any]:
    """What every new connection is made with."""
    found: dict[str, Any] = connection.settings_dict["OPTIONS"]
    return found


@pytest.fixture
def impatient(options: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every new connection of the portal gives up a lock after a moment instead of three seconds."""
    shorter = options["options"].replace("lock_timeout=3000", "lock_timeout=60")
    assert shorter != options["options"]
    connections.close_all()
    monkeypatch.setitem(options, "options", shorter)
    yield
    connections.close_all()


# --- deadlocks ------------------------------------------------------------------------------------


@pytest.fixture
def crossed(monkeypatch: pytest.MonkeyPatch) -> Crossed:
    """Runs a withdrawal that holds the group while somebody else, who holds the application, waits for the group."""
    holds_group = threading.Event()
    original = moving.free_place

    def free_then_wait(**asked: Any) -> None:
        original(**asked)
        if not holds_group.is_set():
            holds_group.set()
            assert waits_for(connection.connection)

    monkeypatch.setattr(moving, "free_place", free_then_wait)

    def run(application: Application, leave: Callable[[], Any]) -> Any:
        def ours() -> Any:
            assert holds_application.wait(20)
            with connection.cursor() as cursor:
                cursor.execute("SET deadlock_timeout = '20ms'")  # who looks is the one undone: we
            return leave()

        def theirs() -> str:
            with psql() as other:
                other.execute("SET deadlock_timeout = '30s'")
                other.execute("SELECT id FROM applications_application WHERE id = %s FOR UPDATE", [application.pk])
                holds_application.set()
                assert holds_group.wait(20)
                other.execute("SELECT id FROM catalog_coursegroup WHERE id = %s FOR UPDATE", [application.group_id])
                other.commit()
            return "done"

        holds_application = threading.Event()
        outcomes = together(theirs, ours)
        assert outcomes[0] == "done"
        return outcomes[1]

    return run


@HELD
def test_k5_a_deadlock_is_begun_again_whole(client: User, crossed: Crossed) -> None:
    application = ApplicationFactory.create(client=client.person, source=imk())
    by, now = actor_of(client), timezone.now()
    outcome = crossed(application, lambda: services.withdraw(application_id=application.pk, by=by, moment=now))
    assert isinstance(outcome, Application), outcome
    application.refresh_from_db()
    application.group.refresh_from_db()
    assert (application.state, application.group.taken) == (State.WITHDRAWN, 0)
    assert AuditEntry.objects.filter(object_id=str(application.pk), action="withdraw").count() == 1


@HELD
def test_k5_control_without_the_second_try_a_deadlock_ends_in_an_error(client: User, crossed: Crossed) -> None:
    application = ApplicationFactory.create(client=client.person, source=imk())
    by, now = actor_of(client), timezone.now()
    bare = vars(services.withdraw)["__wrapped__"]
    outcome = crossed(application, lambda: bare(application_id=application.pk, by=by, moment=now))
    assert isinstance(outcome, OperationalError)
    assert isinstance(outcome.__cause__, DeadlockDetected)


def failing(times: int, cause: Exception, kind: type[DatabaseError] = OperationalError) -> tuple[Any, list[int]]:
    """A service that fails so many times before it succeeds, and the count of its attempts."""
    tried: list[int] = []

    @repeatable
    def service() -> str:
        tried.append(1)
        if len(tried) <= times:
            raise kind("failed") from cause
        return "done"

    return service, tried


@HELD
@pytest.mark.parametrize("cause", [DeadlockDetected(), SerializationFailure()], ids=["40P01", "40001"])
def test_k5_both_passing_failures_are_tried_again_three_times_at_most(cause: Exception) -> None:
    service, tried = failing(MOST_ATTEMPTS - 1, cause)
    assert service() == "done"
    service, tried = failing(MOST_ATTEMPTS, cause)
    with pytest.raises(Busy):
        service()
    assert len(tried) == MOST_ATTEMPTS == 3


@HELD
def test_k5_no_other_failure_is_tried_again() -> None:
    lost, tried = failing(1, psycopg.OperationalError("the connection is closed"))
    with pytest.raises(OperationalError):
        lost()
    assert len(tried) == 1
    twice, tried = failing(1, UniqueViolation(), IntegrityError)
    with pytest.raises(IntegrityError):
        twice()
    assert len(tried) == 1


@pytest.mark.django_db
def test_k5_a_part_of_a_transaction_is_never_begun_again() -> None:
    service, tried = failing(1, DeadlockDetected())
    with pytest.raises(OperationalError):
        service()
    assert len(tried) == 1


@HELD
def test_k5_the_pauses_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two that undid each other must not meet again at the same instant."""
    pauses: list[float] = []
    monkeypatch.setattr(transactions.time, "sleep", pauses.append)
    for _ in range(5):
        failing(MOST_ATTEMPTS - 1, DeadlockDetected())[0]()
    assert len(set(pauses)) == len(pauses) == 10
    assert all(0 < pause <= 0.2 for pause in pauses)


# --- long waits -------------------------------------------------------------------------------------


def page(answer: Any) -> BeautifulSoup:
    return BeautifulSoup(answer.content, "html.parser")


@HELD
def test_k5_a_withdrawal_that_waits_too_long_keeps_its_words(client: User, as_client: Browse, impatient: None) -> None:
    application = ApplicationFactory.create(client=client.person, source=imk())
    address = f"/profils/pieteikumi/{application.reference}/atteikties"
    browser = as_client(client)
    with psql() as other:
        other.execute("SELECT id FROM catalog_coursegroup WHERE id = %s FOR UPDATE", [application.group_id])
        answer = browser.post(address, {"reason": "Mainījās <darba> laiks", "csrfmiddlewaretoken": "zīme"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "3")
    form = page(answer).select_one("main form")
    assert form is not None
    assert form["action"] == address
    kept = {one["name"]: one["value"] for one in form.select("input[type=hidden]")}
    assert kept == {"reason": "Mainījās <darba> laiks", "csrfmiddlewaretoken": "zīme"}
    assert browser.post(address, kept).status_code == 302  # the same press again
    application.refresh_from_db()
    assert application.withdrawal_reason == "Mainījās <darba> laiks"


@HELD
def test_k5_an_admission_that_waits_too_long_can_be_pressed_again(as_client: Browse, impatient: None) -> None:
    application = ApplicationFactory.create(source=imk())
    employee = ProviderFactory.create(membership__institution=application.programme.institution)
    address = f"/provider/pieteikumi/{application.reference}/uznemt"
    browser = as_client(employee)
    with psql() as other:
        other.execute("SELECT id FROM applications_application WHERE id = %s FOR UPDATE", [application.pk])
        answer = browser.post(address)
    assert (answer.status_code, answer["Retry-After"]) == (503, "3")
    assert page(answer).select_one(f"main form[action='{address}']")
    assert browser.post(address).status_code == 302
    application.refresh_from_db()
    assert application.state == State.ADMITTED


@HELD
def test_f7_a_table_locked_for_long_is_a_page_with_retry_after(impatient: None) -> None:
    with psql() as other:
        other.execute("LOCK TABLE catalog_programme IN ACCESS EXCLUSIVE MODE")
        answer = Client().get("/programmas")
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert page(answer).select_one("html[lang=lv]")
    assert Client().get("/programmas").status_code == 200


@HELD
def test_k5_a_password_is_never_sent_back(impatient: None) -> None:
    ProviderFactory.create()
    with psql() as other:
        other.execute("LOCK TABLE accounts_user IN ACCESS EXCLUSIVE MODE")
        answer = Client().post(
            "/provider/login", {"email": "x@y.example", "password": "Ļoti-slepena-1", "csrfmiddlewaretoken": "zīme"}
        )
    assert answer.status_code == 503
    assert "Ļoti-slepena-1" not in answer.content.decode()


# --- time limits of a connection -----------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "most"),
    [("statement_timeout", 10_000), ("idle_in_transaction_session_timeout", 15_000), ("lock_timeout", 3_000)],
)
def test_k5_every_connection_has_its_limits(name: str, most: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT setting::int FROM pg_settings WHERE name = %s", [name])
        assert 0 < cursor.fetchone()[0] <= most


@HELD
def test_f7_who_falls_asleep_in_a_transaction_loses_the_lock(application: Application) -> None:
    """The server ends a transaction that does nothing, so that a frozen worker holds nobody up."""
    asleep, noticed = threading.Event(), threading.Event()

    def sleeper() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SET idle_in_transaction_session_timeout = '50ms'")
            cursor.execute("BEGIN")
            cursor.execute("SELECT id FROM applications_application WHERE id = %s FOR UPDATE", [application.pk])
            asleep.set()
            assert noticed.wait(20)
            cursor.execute("SELECT 1")
        return "never"

    def next_one() -> str:
        assert asleep.wait(20)
        with connection.cursor() as cursor:  # waits until the sleeper's transaction is gone
            cursor.execute("SELECT id FROM applications_application WHERE id = %s FOR UPDATE", [application.pk])
        noticed.set()
        return "got it"

    outcomes = together(sleeper, next_one)
    assert isinstance(outcomes[0], DatabaseError)
    assert outcomes[1] == "got it"


@HELD
def test_f7_a_full_pool_is_waited_for_three_seconds_only(
    options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a time limit every request would hang behind a database that gives no connections."""
    assert settings.DATABASE_POOL["timeout"] == 3
    connections.close_all()
    monkeypatch.setitem(options, "pool", {**settings.DATABASE_POOL, "min_size": 0, "max_size": 1, "timeout": 0.1})
    try:
        connection.ensure_connection()
        with pytest.raises(OperationalError) as refused:
            connections.create_connection("default").ensure_connection()
        assert isinstance(refused.value.__cause__, PoolTimeout)
        connection.close()
        connection.ensure_connection()
    finally:
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]
