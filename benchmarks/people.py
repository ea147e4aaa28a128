"""A crowd that wants the same few places: people, their accounts, and forms that want nothing but to be sent.

Runs inside Django (`harness.ask`), in a database that only a measurement uses.
"""

from datetime import timedelta
from importlib import import_module
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.utils import timezone

from accounts.browsers import sessions
from accounts.models import ClientProfile, Consent, Person, User
from accounts.selectors import actor_of, current_policies
from applications import questions, selectors
from applications.models import Draft
from applications.questions import Kind, Questionnaire
from catalog.models import ApplicationRound, CourseGroup, Programme
from catalog.services import raise_catalogue_version
from catalog.states import GroupState
from funding.models import FundingSource, LearningAccount

FILLED = {
    Kind.EMAIL: "klients@example.lv",
    Kind.PHONE: "26 123 456",
    Kind.TEXT: "Rīga",
    Kind.TICK: True,
    Kind.YES_NO: "no",
}


def crowd(*, people: int, groups: int, places: int, skip: int = 0, with_sessions: bool = False) -> list[dict[str, Any]]:
    """So many people, each with a complete form for one of the groups; gives what each needs to send it.

    `skip` leaves out the programmes of an earlier crowd; after the last programme the first comes again, with a new group.
    """
    source = FundingSource.objects.get(code="imk")
    _open(source)
    programmes = _programmes(source, groups, places, skip)
    users = _users(people)
    drafts = []
    for place, user in enumerate(users):
        programme, asked = programmes[place % groups]
        answers = _answers(asked)
        drafts.append(Draft(client=user.person, programme=programme, source=source, answers=answers))
    Draft.objects.bulk_create(drafts, batch_size=500)
    keys = _sessions(users) if with_sessions else [""] * people
    return [_ready(user, draft, key) for user, draft, key in zip(users, drafts, keys, strict=True)]


def _open(source: FundingSource) -> None:
    """The demo has a round that is open, as a rule."""
    now = timezone.now()
    if not ApplicationRound.objects.open_at(now + timedelta(hours=1)).filter(source=source).exists():
        ApplicationRound.objects.create(
            source=source, name="Mērījums", opens_at=now - timedelta(hours=1), closes_at=now + timedelta(days=5)
        )


def _programmes(source: FundingSource, groups: int, places: int, skip: int) -> list[tuple[Programme, Questionnaire]]:
    """Published programmes under the source, each with exactly one group of so many places, all of them free."""
    offered = list(Programme.objects.published().filter(offers__source=source).order_by("pk"))
    assert groups <= len(offered), "the demo has too few programmes"
    chosen = [offered[(skip + place) % len(offered)] for place in range(groups)]
    for programme in chosen:
        venue = programme.venues.order_by("pk")[0]
        CourseGroup.objects.filter(programme=programme).update(state=GroupState.CANCELLED)
        starts_on = timezone.localdate() + timedelta(days=30)
        CourseGroup.objects.create(
            code=f"merijums-{programme.pk}-{skip}",
            programme=programme,
            venue=venue,
            starts_on=starts_on,
            ends_on=starts_on + timedelta(weeks=10),
            schedule_kind=programme.schedule_kinds[0],
            capacity=places,
            minimum=1,
        )
    raise_catalogue_version()
    return [(programme, selectors.questionnaire(source.pk, programme.pk)) for programme in chosen]


def _answers(asked: Questionnaire) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in asked.asked:
        codes = list(asked.choices.get(one.question, {}))
        kind = one.wording.kind
        found[one.question.value] = (
            codes[0] if kind == Kind.CHOICE else codes[:1] if kind == Kind.SEVERAL else FILLED[kind]
        )
    return found


def _users(people: int) -> list[User]:
    """Copies of the demo's first client; of personal codes there are none."""
    pattern = ClientProfile.objects.order_by("registered_at", "pk")[0]
    persons = [Person(first_name="Anna", last_name=f"Mērītāja {number}", gender="f") for number in range(people)]
    Person.objects.bulk_create(persons, batch_size=500)
    users = [User(person=person, password="!") for person in persons]
    User.objects.bulk_create(users, batch_size=500)
    fields = {
        field.attname: getattr(pattern, field.attname)
        for field in ClientProfile._meta.concrete_fields
        if not field.primary_key
    }
    ClientProfile.objects.bulk_create([ClientProfile(person=one, **fields) for one in persons], batch_size=500)
    LearningAccount.objects.bulk_create([LearningAccount(person=one) for one in persons], batch_size=500)
    policies = list(current_policies())
    Consent.objects.bulk_create([Consent(user=user, policy=one) for user in users for one in policies], batch_size=500)
    return users


def _sessions(users: list[User]) -> list[str]:
    engine = import_module(settings.SESSION_ENGINE)
    keys = []
    for user in users:
        session = cast(SessionBase, engine.SessionStore())
        session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        sessions.begin(session, actor_of(user), "")
        session.save()
        keys.append(str(session.session_key))
    return keys


def _ready(user: User, draft: Draft, session: str) -> dict[str, Any]:
    price = _price(draft)
    actor = actor_of(user)
    return {
        "reference": str(draft.reference),
        "fingerprint": questions.fingerprint(draft.programme_id, draft.source_id, price, draft.answers),
        "person": str(actor.person_id),
        "user": actor.user_id,
        "label": actor.label,
        "session": session,
    }


_prices: dict[tuple[int, int], int] = {}


def _price(draft: Draft) -> int:
    key = (draft.programme_id, draft.source_id)
    if key not in _prices:
        _prices[key] = draft.programme.offers.get(source_id=draft.source_id).price_cents
    return _prices[key]
