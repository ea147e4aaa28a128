"""Addresses nobody has, ids of requests, and what is said when the database makes us wait."""

import re

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from psycopg.errors import AdminShutdown, LockNotAvailable

from accounts import services
from stars.kernel.security import Event
from tests.look.tokens import ROOT

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "led_to"),
    [
        ("/programmas/", "/programmas"),
        ("/programmas/?q=dati&lapa=2", "/programmas?q=dati&lapa=2"),
        ("/kontakti///", "/kontakti"),
    ],
)
def test_a_slash_at_the_end_leads_to_the_page(client: Client, typed: str, led_to: str) -> None:
    answer = client.get(typed)
    assert (answer.status_code, answer["Location"]) == (302, led_to)


def test_what_is_not_there_stays_not_found(client: Client) -> None:
    assert client.get("/nav/tadas/lapas/").status_code == 404
    assert client.get("/nav-tadas/", follow=True).status_code == 404
    assert client.post("/programmas/").status_code == 404


@pytest.mark.parametrize("given", ["01019012345", "010190-12345", "x" * 65, "a b"])
def test_log_02_an_id_that_could_be_somebodys_code_is_not_kept(client: Client, given: str) -> None:
    """AC-05: one that is well-formed is echoed; ids stand in the trail for good."""
    assert client.get("/healthz", headers={"X-Request-ID": "abc-123"})["X-Request-ID"] == "abc-123"
    assert client.get("/healthz", headers={"X-Request-ID": given})["X-Request-ID"] != given


@pytest.mark.parametrize(
    ("cause", "says", "after"),
    [(LockNotAvailable(), "Šobrīd šos datus maina kāds cits.", "3"), (AdminShutdown(), "Notiek plānoti darbi", "10")],
)
def test_k5_a_lock_held_too_long_is_no_database_away(
    client: Client, monkeypatch: pytest.MonkeyPatch, cause: Exception, says: str, after: str
) -> None:
    """Whatever service met it: the page to press again, and not the one of planned work (F6)."""

    def waited(*_: object, **__: object) -> None:
        raise OperationalError from cause

    monkeypatch.setattr(services, "forget_session", waited)
    answer = client.post(reverse("accounts:sign_out"))
    assert answer.status_code == 503
    assert says in answer.content.decode()
    assert answer["Retry-After"] == after


def test_operations_tell_of_every_security_event() -> None:
    told = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs/operations.md").read_text(), re.MULTILINE)
    assert {event.value for event in Event} <= set(told)
