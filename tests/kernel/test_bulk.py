"""ACC-05: what is done to several rows at once is done to all of them or to none."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin import helpers
from django.test import Client, RequestFactory
from django.utils import timezone

from stars.kernel.lists import AllOrNothing
from stars.notices import services
from stars.notices.models import Delivery
from stars.notices.states import DeliveryState
from tests.conftest import signed_in
from tests.factories.accounts import AgencyUserFactory
from tests.factories.notices import DeliveryFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/notices/delivery/"


def dead() -> Delivery:
    made: Delivery = DeliveryFactory.create(state=DeliveryState.DEAD, last_error="x")
    return made


def press(ticked: list[Any], query: str = "") -> str:
    answer = signed_in(Client(), AgencyUserFactory.create()).post(
        LIST + query, {"action": "send_again", helpers.ACTION_CHECKBOX_NAME: ticked, "index": 0}, follow=True
    )
    assert answer.status_code == 200
    return str(answer.content.decode())


def left() -> int:
    return Delivery.objects.filter(state=DeliveryState.DEAD).count()


def test_acc_05_all_that_are_ticked_are_done() -> None:
    press([dead().pk, dead().pk])
    assert left() == 0


@pytest.mark.parametrize("strange", [999_999_999, "abc", "1; DROP"])
def test_acc_05_one_id_that_is_not_there_refuses_the_lot(strange: object) -> None:
    page = press([dead().pk, dead().pk, strange])
    assert "Nekas nav izdarīts" in page
    assert left() == 2


def test_acc_05_one_row_outside_the_list_in_sight_refuses_the_lot() -> None:
    sent = DeliveryFactory.create(state=DeliveryState.SENT, sent_at=timezone.now())
    page = press([dead().pk, sent.pk], "?state__exact=dead")
    assert "Nekas nav izdarīts" in page
    assert left() == 1


def test_acc_05_one_that_fails_on_the_way_takes_back_those_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = dead(), dead()
    real = services.send_again

    def breaks(*, delivery_id: int, by: Any) -> Any:
        if delivery_id == second.pk:
            raise RuntimeError
        return real(delivery_id=delivery_id, by=by)

    monkeypatch.setattr(services, "send_again", breaks)
    with pytest.raises(RuntimeError):
        press([first.pk, second.pk])
    assert left() == 2


def test_acc_05_every_list_of_the_admin_with_an_action_is_all_or_nothing(rf: RequestFactory) -> None:
    request = rf.get("/admin/")
    request.user = AgencyUserFactory.create()
    with_actions = [one for one in admin.site._registry.values() if one.get_actions(request)]
    assert any(isinstance(one, AllOrNothing) for one in with_actions)
    assert [str(one) for one in with_actions if not isinstance(one, AllOrNothing)] == []
