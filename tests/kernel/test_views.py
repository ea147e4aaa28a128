"""Addresses nobody has: a slash too many is taken off, everything else is not found."""

import pytest
from django.test import Client

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
