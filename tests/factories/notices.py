"""Notices and letters as the services leave them; recipients are signed-in people of `tests.factories.accounts`."""

import factory

from stars.notices import models


class NoticeFactory(factory.django.DjangoModelFactory):
    """Unread; `read_at` marks it read."""

    class Meta:
        model = models.Notice

    recipient = factory.SubFactory("tests.factories.accounts.UserFactory")
    key = factory.Sequence(lambda n: f"test:{n}")
    title = factory.Sequence(lambda n: f"Pieteikums Nr. 2025-{n:06d} ir iesniegts")
    body = "Izglītības iestāde to izskatīs 10 darba dienu laikā."


class DeliveryFactory(factory.django.DjangoModelFactory):
    """A letter due now, to an address of its own."""

    class Meta:
        model = models.Delivery

    recipient = factory.SubFactory("tests.factories.accounts.UserFactory")
    key = factory.Sequence(lambda n: f"test:{n}")
    address = factory.Sequence(lambda n: f"klients{n}@pasts.example")
    subject = "Pieteikums ir iesniegts"
    text = "Izglītības iestāde to izskatīs 10 darba dienu laikā."
    message_id = factory.Sequence(lambda n: f"<test-{n}@stars.gov.lv>")
