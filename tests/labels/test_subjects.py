"""Every event the portal has is told as screens.md 13 says: the subject letter by letter, in the portal and by e-mail."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.selectors import actor_of
from applications import services, tasks
from applications.models import Application
from funding import services as funding
from funding.models import Grant
from stars.classifiers.models import RejectionReason
from stars.notices.models import Delivery, Notice
from tests.accounts.declared import answers
from tests.applications.test_submit import send
from tests.factories.accounts import AgencyUserFactory, ClientFactory, PolicyVersionFactory, UserFactory, agree
from tests.factories.applications import DraftFactory
from tests.factories.catalog import RoundFactory
from tests.factories.funding import SYSTEM, approved_account, imk

pytestmark = pytest.mark.django_db
SUBJECTS: dict[str, str] = json.loads((Path(__file__).parent / "portal.json").read_text(encoding="utf-8"))["subjects"]
CODE = "010190-12345"


def applied(gender: str = "f") -> Application:
    user = ClientFactory.create(
        person__gender=gender, person__code=CODE, person__first_name="Anna", person__last_name="Bērziņa"
    )
    approved_account(user.person)
    RoundFactory.create(source=imk())
    application = send(DraftFactory.create(client=user.person, source=imk()), user)
    services.tell(application_id=application.pk, by=SYSTEM)
    return application


def one_decided(action: str, gender: str = "f") -> Application:
    application = applied(gender)
    if action in {"complete", "expel"}:
        services.admit(application_id=application.pk, by=SYSTEM)
    extra: dict[str, dict[str, Any]] = {
        "reject": {"reason_id": RejectionReason.objects.order_by("position")[0].pk},
        "declare_ineligible": {"explanation": "Mācības ir pārtrauktas."},
    }
    getattr(services, action)(application_id=application.pk, by=SYSTEM, **extra.get(action, {}))
    return application


def registered() -> None:
    for kind in ("terms", "privacy"):
        PolicyVersionFactory.create(kind=kind)
    user: User = UserFactory.create()
    agree(user)
    browser = Client()
    browser.force_login(user)
    assert browser.post("/registreties", answers()).status_code == 302


def decided_account(*, approve: bool) -> None:
    user = ClientFactory.create()
    account = funding.open_account(person_id=user.person.pk, by=SYSTEM)
    officer = actor_of(AgencyUserFactory.create())
    if approve:
        funding.approve_account(account_id=account.pk, by=officer)
    else:
        funding.refuse_account(account_id=account.pk, by=officer, reason="Jūs vēl turpināt mācības.")


def withdrawn() -> Application:
    application = applied()
    services.withdraw(application_id=application.pk, by=actor_of(application.client.user), moment=timezone.now())
    tasks.tell_due()
    return application


def lapsing() -> None:
    approved_account(ClientFactory.create().person)
    grant = Grant.objects.get()
    funding.warn_of_lapsing(by=SYSTEM, today=grant.valid_to - timedelta(days=7))


EVENTS: dict[str, tuple[Callable[[], Any], bool]] = {  # what makes it happen; whether a notice stands beside the letter
    "registered": (registered, True),
    "confirm the address": (registered, False),
    "account approved": (lambda: decided_account(approve=True), True),
    "account refused": (lambda: decided_account(approve=False), True),
    "sent": (applied, True),
    "admitted he": (lambda: one_decided("admit", "m"), True),
    "admitted she": (lambda: one_decided("admit", "f"), True),
    "rejected": (lambda: one_decided("reject"), True),
    "ineligible": (lambda: one_decided("declare_ineligible"), True),
    "withdrawn, to the institution": (withdrawn, False),
    "expelled": (lambda: one_decided("expel"), True),
    "completed": (lambda: one_decided("complete"), True),
    "money lapses": (lapsing, True),
}


def expected(event: str, made: Any) -> str:
    grant = Grant.objects.first() if event == "money lapses" else None
    names = {
        "number": made.number if made else "",
        "programme": made.programme.name if made else "",
        "day": f"{grant.valid_to:%d.%m.%Y}." if grant else "",
    }
    return SUBJECTS[event].format(**names)


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_every_subject_has_its_event() -> None:
    assert set(EVENTS) == set(SUBJECTS)


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_is_told(event: str) -> None:
    happen, has_notice = EVENTS[event]
    subject = expected(event, happen())
    letters = [one for one in Delivery.objects.order_by("pk") if plain(one.subject) == subject]
    notices = [one for one in Notice.objects.order_by("pk") if plain(one.title) == subject]
    assert letters, list(Delivery.objects.values_list("subject", flat=True))
    assert bool(notices) or not has_notice
    for letter in letters:
        says = list(sentences(letter.text))
        assert says, "a letter says something"
        for private in (CODE, CODE.replace("-", ""), "Bērziņa"):
            assert private not in letter.text + letter.subject
        assert "!" not in letter.text
        long = [one for one in says if len(one.split()) > 20]
        assert long == [], "shorter sentences (design.md 7)"


def sentences(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if line and not line.startswith("http"):
            yield from (one for one in re.split(r"(?<=[.?:]) ", line) if one)


def test_an_institutions_notice_of_a_withdrawal() -> None:
    application = withdrawn()
    institution = application.programme.institution
    assert Delivery.objects.filter(address=institution.email, subject__startswith="Klients atteicies").count() == 1
    copies = Delivery.objects.filter(recipient=application.client.user, subject__startswith="Jūs atteicāties")
    assert copies.count() == 1
