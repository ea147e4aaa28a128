"""The registers as real servers, and a portal that is connected to them."""

from typing import Any

import pytest
from celery import current_app

from accounts.models import Person, RegistryQuestion
from accounts.services import Declared
from stars import celery as portal
from stars.classifiers.models import EconomicStatus, EducationLevel, InformationSource, RegistrationReason, Sector
from tests.factories.accounts import ClientFactory
from tests.standins.conftest import _registries, registries  # noqa: F401 - the fixtures
from tests.standins.servers import Server

ILZE = "120384-10004"  # everything is in order (standins/people.json, P001)


@pytest.fixture
def connected(registries: Server, settings: Any) -> Server:  # noqa: F811 - the fixture
    """The portal asks the stand-in over a real port."""
    settings.STARS_REGISTRY_URLS = {name: f"{registries.url}/{name}" for name in ("fpr", "vid", "viis")}
    return registries


@pytest.fixture
def ilze() -> Person:
    """A registered client whom every register knows; declared: employed, unfinished basic education."""
    user = ClientFactory.create(person__first_name="Ilze", person__last_name="Sūnkalne", person__code=ILZE)
    return Person.objects.get(pk=user.person_id)


def work_off(sent: list[tuple[str, tuple[Any, ...]]]) -> int:
    """Does what the doorbell has rung for, until nothing more is rung; gives how many tasks ran."""
    portal.app.loader.import_default_modules()
    done = 0
    while sent:
        name, args = sent.pop(0)
        current_app.tasks[name].run(*args)
        done += 1
    return done


def question_of(person: Person, registry: str) -> RegistryQuestion:
    return RegistryQuestion.objects.get(person=person, registry=registry)


def declaration(**changes: Any) -> Declared:
    """What an honest client declares: employed, unfinished basic education; `changes` replace some of it."""
    said: dict[str, Any] = {
        "email": "ilze@example.lv",
        "phone": "+371 26123456",
        "economic_status": EconomicStatus.objects.get(code="employed"),
        "education": EducationLevel.objects.get(code="unfinished_basic"),
        "low_income": None,
        "registration_reasons": list(RegistrationReason.objects.order_by("position")[:1]),
        "other_reason": "",
        "sectors": list(Sector.objects.order_by("number")[:1]),
        "information_sources": list(InformationSource.objects.order_by("position")[:1]),
    }
    return Declared(**said | changes)
