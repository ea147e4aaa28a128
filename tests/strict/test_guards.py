"""Each guard of the harness bites: a guard that never fails protects nobody (H1)."""

import smtplib
import socket
from datetime import datetime
from pathlib import Path

import pytest
from celery import current_app
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.db import transaction
from django.template import Context, Origin, Template
from django.test import modify_settings
from django.utils import timezone

from applications.models import Application
from catalog.models import CourseGroup, Programme
from funding.models import FundingSource
from stars.classifiers.models import EducationLevel, Municipality
from stars.kernel.models import AuditEntry
from tests.conftest import ZONES

ROOT = Path(__file__).resolve().parents[2]


def page(source: str, name: str = "catalog/list.html") -> Template:
    return Template(source, origin=Origin(f"{ROOT}/templates/{name}"))


@pytest.mark.parametrize(
    "source",
    [
        "{{ programe }}",
        "{{ programme.nmae }}",
        "{% if programe %}x{% endif %}",
        "{% if not programe and programme %}x{% endif %}",
        "{% for x in rows %}{% endfor %}",
        "{% blocktranslate %}Hello {{ programe }}{% endblocktranslate %}",
    ],
)
def test_an_undefined_variable_fails(source: str) -> None:
    with pytest.raises(pytest.fail.Exception, match="is not defined"):
        page(source).render(Context({"programme": {"name": "x"}}))


def test_engines_made_anew_are_strict_too() -> None:
    with modify_settings(INSTALLED_APPS={"remove": "stars.demo"}):
        pass
    with pytest.raises(pytest.fail.Exception, match="is not defined"):
        page("{{ programe }}").render(Context())


def test_what_a_page_may_leave_out_has_a_default() -> None:
    assert page("{{ lead|default:'none' }}").render(Context()) == "none"
    assert page("{% if lead %}x{% endif %}", "components/card.html").render(Context()) == ""
    assert Template("{{ lead }}").render(Context()) == ""


@pytest.mark.django_db
def test_a_slice_without_an_order_fails() -> None:
    with pytest.raises(pytest.fail.Exception, match="without an order"):
        list(EducationLevel.objects.order_by()[:3])
    assert EducationLevel.objects.order_by().first()


@pytest.mark.django_db
def test_rows_without_an_order_are_not_in_the_order_of_their_keys() -> None:
    rows = [[row.pk for row in Municipality.objects.order_by()] for _ in range(5)]
    assert len(rows[0]) > 40
    assert [one for one in rows if one != sorted(one)]
    assert list(Municipality.objects.order_by("pk").values_list("pk", flat=True)) == sorted(rows[0])


@pytest.mark.django_db
def test_unordered_pages_fail() -> None:
    with pytest.raises(Warning, match="unordered"):
        Paginator(EducationLevel.objects.order_by(), 2).page(1)


@pytest.mark.django_db
def test_k2_a_lock_over_a_join_fails() -> None:
    with pytest.raises(pytest.fail.Exception, match="locks strangers' rows"), transaction.atomic():
        list(CourseGroup.objects.select_related("programme").select_for_update())
    with transaction.atomic():
        list(CourseGroup.objects.select_related("programme").select_for_update(of=("self",), no_key=True))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "slow",
    [
        Application.objects.count,
        lambda: cache.get("catalogue"),
        lambda: default_storage.save("x", ContentFile(b"x")),
        lambda: smtplib.SMTP("127.0.0.1", 9),
        lambda: socket.create_connection(("localhost", 9)),
    ],
    ids=["count", "cache", "file", "smtp", "socket"],
)
@pytest.mark.parametrize("taking", ["update", "lock"])
def test_nothing_slow_under_the_place_lock(slow: object, taking: str) -> None:
    assert callable(slow)
    with pytest.raises(pytest.fail.Exception, match="K3"), transaction.atomic():
        if taking == "update":
            CourseGroup.objects.filter(pk=1).update(taken=1)
        else:
            list(CourseGroup.objects.select_for_update(no_key=True).filter(pk=1))
        slow()


@pytest.mark.django_db
def test_after_the_transaction_the_place_lock_is_gone() -> None:
    with transaction.atomic():
        CourseGroup.objects.filter(pk=1).update(taken=1)
    assert Application.objects.count() == 0
    assert cache.get("catalogue") is None


def test_no_test_reaches_the_outside() -> None:
    with pytest.raises(pytest.fail.Exception, match="reaches out"):
        socket.socket().connect(("192.0.2.1", 80))
    with pytest.raises(pytest.fail.Exception, match="address of"):
        socket.getaddrinfo("example.com", 80)


@pytest.mark.django_db
def test_a_naive_moment_fails() -> None:
    with pytest.raises(RuntimeWarning, match="naive datetime"):
        AuditEntry.objects.filter(at=datetime(2025, 6, 9, 9, 0)).exists()  # noqa: DTZ001


@pytest.mark.django_db
def test_a_float_is_no_money() -> None:
    with pytest.raises(pytest.fail.Exception, match="integer cents"):
        FundingSource.objects.filter(grant_cents=500.0).exists()  # type: ignore[misc]


def test_the_clock_of_the_process_is_not_rigas() -> None:
    here = timezone.now().astimezone().utcoffset()
    assert here != timezone.localtime().utcoffset(), ZONES


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("again", [1, 2])
def test_rows_of_migrations_survive_a_test_that_commits(again: int) -> None:
    assert Municipality.objects.count() > 40
    assert not Programme.objects.exists()
    EducationLevel.objects.create(code=f"made-{again}", label="x")
    assert EducationLevel.objects.filter(code__startswith="made-").count() == 1


def test_tasks_are_noted(sent_tasks: list[object]) -> None:
    current_app.send_task("notices.deliver", args=(7,))
    assert sent_tasks == [("notices.deliver", (7,))]
