"""What the agency sees of letters and notices: that they are there, never what they say."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from stars.kernel.models import AccessEntry
from tests.factories.accounts import AgencyUserFactory, ClientFactory
from tests.factories.notices import DeliveryFactory, NoticeFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("model", "factory"), [("notice", NoticeFactory), ("delivery", DeliveryFactory)])
def test_pwd_06_nobody_reads_another_s_letter(model: str, factory: type, as_client: Callable[[User], Client]) -> None:
    client = ClientFactory.create()
    words = {"body" if model == "notice" else "text": "https://stars.example/epasts/apstiprinat/slepens"}
    row = factory.create(recipient=client, **words)  # type: ignore[attr-defined]
    browser = as_client(AgencyUserFactory.create())
    for number, address in enumerate((f"/admin/notices/{model}/", f"/admin/notices/{model}/{row.pk}/change/"), 1):
        page = browser.get(address)
        assert page.status_code == 200
        assert "slepens" not in page.content.decode()
        assert AccessEntry.objects.filter(person_id=client.person_id).count() == number


def test_a_letter_to_no_user_leaves_no_entry(as_client: Callable[[User], Client]) -> None:
    DeliveryFactory.create(recipient=None)
    assert as_client(AgencyUserFactory.create()).get("/admin/notices/delivery/").status_code == 200
    assert not AccessEntry.objects.exists()
