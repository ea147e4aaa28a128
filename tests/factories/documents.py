"""Receipts as the service issues them."""

import uuid
from typing import Any

import factory
from django.utils import timezone

from documents import models
from documents.services import receipt_for
from documents.states import ReceiptKind

from .accounts import ClientFactory


class ReceiptFactory(factory.django.DjangoModelFactory):
    """Of one client's application; fingerprint, code and seal are true."""

    class Meta:
        model = models.Receipt

    person_id = factory.LazyFunction(lambda: ClientFactory.create().person.pk)
    kind = ReceiptKind.APPLICATION_SENT
    subject = factory.LazyFunction(uuid.uuid4)
    number = factory.Sequence(lambda n: f"2000-{n:06d}")
    content = factory.LazyAttribute(
        lambda o: {
            "number": o.number,
            "person": "Anna Bērziņa",
            "rows": [{"label": "Izglītības programma", "value": "Datu analīze"}],
            "answers": [{"label": "Tālrunis", "value": "26 123 456"}],
            "declarations": [],
        }
    )
    moment = factory.LazyFunction(timezone.now)

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **fields: Any) -> models.Receipt:
        receipt = receipt_for(**fields)
        receipt.save(force_insert=True)
        return receipt


class FailedCheckFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = models.FailedCheck

    key = factory.Sequence(lambda n: f"{n:064x}")
    window_start = factory.LazyFunction(lambda: timezone.now().replace(second=0, microsecond=0))
    count = 1
