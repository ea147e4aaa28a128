"""Institutions with their staff, programmes with their groups, windows."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Permission

from accounts.models import Consent, Institution, Membership, Right, RightKind, SecondFactor, User
from accounts.selectors import current_policies
from accounts.states import AccessState
from catalog.models import ApplicationRound, CourseGroup, Mode, Programme, ProgrammeOffer, ProgrammePart, Venue
from catalog.search import indexed
from catalog.services import raise_catalogue_version
from catalog.states import GroupState, ProgrammeState
from funding.models import FundingSource
from stars.classifiers.models import Municipality, PriorEducation, ProgrammeKind, Sector

from .rows import Dice, at, write

PASSWORD = "Akcepts-Stars-2025!"  # noqa: S105 - of the acceptance machine's staff; never installed in production
BUILT = at(2024, 11, 1, 9)
PAST = (at(2024, 11, 14), at(2024, 12, 7))
OPEN = (at(2025, 6, 9), at(2099, 6, 21))
TO_COME = (at(2099, 7, 1), at(2099, 7, 31))
LEARNED = (date(2024, 12, 20), date(2025, 3, 20))
TO_LEARN = (date(2099, 9, 1), date(2099, 11, 30))
PLACES = ("riga", "liepaja")
PRICE = 42720  # 80 hours of a module
PLACES_LEFT = (20, 1, 0, 3)  # of the forming groups, in turn


@dataclass
class House:
    """Everything applications need, by key."""

    institutions: list[Institution] = field(default_factory=list)
    staff: dict[str, User] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)  # of authenticator apps, by key of the staff
    providers: dict[int, User] = field(default_factory=dict)  # the administrator, by institution
    programmes: list[Programme] = field(default_factory=list)
    offers: list[ProgrammeOffer] = field(default_factory=list)
    groups: list[CourseGroup] = field(default_factory=list)
    rounds: dict[tuple[str, str], ApplicationRound] = field(default_factory=dict)
    sources: dict[str, FundingSource] = field(default_factory=dict)

    def forming(self) -> list[CourseGroup]:
        return [group for group in self.groups if group.state == GroupState.FORMING]

    def finished(self) -> list[CourseGroup]:
        return [group for group in self.groups if group.state == GroupState.FINISHED]


def build_house(dice: Dice, *, institutions: int, programmes: int, groups_each: int) -> House:
    house = House(sources={source.code: source for source in FundingSource.objects.order_by("pk")})
    FundingSource.objects.filter(code="imk").update(grant_valid_to=date(2099, 12, 31))
    house.sources["imk"].grant_valid_to = date(2099, 12, 31)
    _institutions(house, dice, institutions)
    _staff(house, dice)
    _rounds(house, dice)
    _programmes(house, dice, programmes)
    _groups(house, dice, groups_each)
    raise_catalogue_version()
    return house


def _institutions(house: House, dice: Dice, number: int) -> None:
    places = _two_places()
    house.institutions = [
        Institution(
            id=dice.id(Institution),
            reference=dice.uuid(),
            code=f"akcepts-{n}",
            name=f"Akcepta izglītības iestāde {n}",
            kind=Institution.Kind.VOCATIONAL_SCHOOL if n % 2 else Institution.Kind.UNIVERSITY,
            company_number=f"99100{n:06d}",
            institution_number=f"99100{n:05d}",
            municipality=places[n % 2],
            email=f"iestade{n}@akcepts.example",
            phone="60000000",
            contacts_confirmed_at=BUILT,
        )
        for n in range(1, number + 1)
    ]
    write(Institution, house.institutions)
    venues = [
        Venue(
            id=dice.id(Venue),
            code=f"akcepts-{institution.pk}",
            institution=institution,
            name="Galvenā ēka",
            address=f"Mācību iela {institution.pk}, {institution.municipality}",
            municipality=institution.municipality,
            registered_in_viis=True,
        )
        for institution in house.institutions
    ]
    write(Venue, venues)


def _two_places() -> list[Municipality]:
    named = list(Municipality.objects.filter(code__in=PLACES, valid_to=None).order_by("code"))
    return named if len(named) == 2 else list(Municipality.objects.filter(valid_to=None).order_by("pk")[:2])


def _staff(house: House, dice: Dice) -> None:
    hashed = make_password(PASSWORD)

    def user(key: str, name: str, **rights: bool) -> User:
        house.staff[key] = User(
            id=dice.id(User),
            reference=dice.uuid(),
            email=f"{key.replace('_', '.')}@akcepts.example",
            name=name,
            password=hashed,
            created_at=BUILT,
            **rights,
        )
        return house.staff[key]

    members = []
    for institution in house.institutions:
        for role in Membership.MemberRole:
            member = user(f"{role.value}_{institution.pk}", f"{role.value.title()} {institution.pk}")
            members.append(
                Membership(id=dice.id(Membership), user=member, institution=institution, role=role.value, since=BUILT)
            )
            if role == Membership.MemberRole.ADMINISTRATOR:
                house.providers[institution.pk] = member
    for number in (1, 2):
        user(f"agency_admin_{number}", f"Agency Admin {number}", is_staff=True, is_superuser=True)
        user(f"agency_staff_{number}", f"Agency Staff {number}", is_staff=True)
        user(f"evaluator_{number}", f"Evaluator {number}", is_staff=True)
        user(f"commission_member_{number}", f"Commission Member {number}")
    write(User, house.staff.values())
    write(Membership, members)
    write(Right, _rights(house, dice))
    factors = []
    for key, one in house.staff.items():
        if one.is_staff or key.startswith("administrator"):
            house.secrets[key] = base64.b32encode(dice.chance.randbytes(20)).decode()
            factors.append(SecondFactor.of(one, house.secrets[key], last_step=-1, id=dice.uuid(), created_at=BUILT))
    write(SecondFactor, factors)
    may = User.user_permissions.through
    reading = list(Permission.objects.filter(codename__startswith="view_").order_by("pk"))
    readers = [house.staff[f"{key}_{number}"] for key in ("agency_staff", "evaluator") for number in (1, 2)]
    write(
        may,
        (
            may(id=dice.id(may), user_id=user.pk, permission_id=permission.pk)
            for user in readers
            for permission in reading
        ),
    )
    agree(list(house.staff.values()), dice)


def _rights(house: House, dice: Dice) -> Iterator[Right]:
    """Officers charged with evaluation, and members of the commission: two of each."""
    for key, kind in (("evaluator", RightKind.EVALUATOR), ("commission_member", RightKind.COMMISSION_MEMBER)):
        for number in (1, 2):
            yield Right(
                id=dice.id(Right),
                reference=dice.uuid(),
                user=house.staff[f"{key}_{number}"],
                kind=kind,
                state=AccessState.APPROVED,
                asked_at=BUILT,
                valid_from=BUILT,
                decided_at=BUILT,
            )


def agree(users: list[User], dice: Dice) -> None:
    """Everybody has accepted every policy in force."""
    policies = list(current_policies())
    write(
        Consent,
        (Consent(id=dice.id(Consent), user=user, policy=policy, at=BUILT) for user in users for policy in policies),
    )


def _rounds(house: House, dice: Dice) -> None:
    for code, source in house.sources.items():
        for name, (opens, closes) in (("past", PAST), ("open", OPEN), ("to_come", TO_COME)):
            house.rounds[code, name] = ApplicationRound(
                id=dice.id(ApplicationRound),
                source=source,
                name=f"{source.label} {name}",
                opens_at=opens,
                closes_at=closes,
            )
    write(ApplicationRound, house.rounds.values())


def _programmes(house: House, dice: Dice, number: int) -> None:
    kind, sector = ProgrammeKind.objects.get(code="module"), Sector.objects.get(number=3)
    education = PriorEducation.objects.get(code="none")
    facts: dict[str, Any] = {"kind": kind, "sector": sector, "prior_education": education, "mode": Mode.ONSITE}
    for n in range(1, number + 1):
        house.programmes.append(
            Programme(
                id=dice.id(Programme),
                number=900_000 + n,
                code=f"akcepta-programma-{n}",
                name=f"Akcepta programma {n:03d}",
                institution=house.institutions[n % len(house.institutions)],
                state=ProgrammeState.PUBLISHED,
                published_at=BUILT,
                prior_knowledge="Prasme strādāt ar datoru.",
                description="Programma akcepta pārbaudēm.",
                main_topics=["Pirmā tēma", "Otrā tēma"],
                hours_total=80,
                theory_onsite=30,
                practice_onsite=50,
                equipment="Datoru nodrošina iestāde.",
                final_examination="Praktisks darbs.",
                education_document="Apliecība par moduļa apguvi",
                language_label="Latviešu",
                schedule_kinds=["weekday_evenings"],
                duration_weeks=12,
                max_group_size=20,
                search_text=indexed(f"Akcepta programma {n:03d}"),
                **facts,
            )
        )
    write(Programme, house.programmes)
    at_venue = Programme.venues.through
    pairs = [(programme, _venue_of(programme)) for programme in house.programmes]
    write(
        at_venue,
        (at_venue(id=dice.id(at_venue), programme_id=programme.pk, venue_id=venue) for programme, venue in pairs),
    )
    write(
        ProgrammePart,
        (
            ProgrammePart(
                id=dice.id(ProgrammePart), programme=one, position=1, name=one.name, hours=80, cost_cents=PRICE
            )
            for one in house.programmes
        ),
    )
    house.offers = [offer for one in house.programmes for offer in _offers(one, house, dice)]
    write(ProgrammeOffer, house.offers)


def _venue_of(programme: Programme) -> int:
    """Venues are numbered like their institutions."""
    return int(programme.institution_id)


def _offers(programme: Programme, house: House, dice: Dice) -> list[ProgrammeOffer]:
    """Every eighth programme is VARAM's alone; of the others all are IMK's and every second MN's too."""
    n = programme.number - 900_000
    codes = ["varam"] if n % 8 == 0 else ["imk", "mn"] if n % 2 == 0 else ["imk"]
    return [
        ProgrammeOffer(id=dice.id(ProgrammeOffer), programme=programme, source=house.sources[code], price_cents=PRICE)
        for code in codes
    ]


def _groups(house: House, dice: Dice, each: int) -> None:
    """One forming group a programme, the others are finished; places are set when applications are counted."""
    for programme in house.programmes:
        for turn in range(each):
            is_forming = turn == each - 1
            starts, ends = TO_LEARN if is_forming else LEARNED
            house.groups.append(
                CourseGroup(
                    id=dice.id(CourseGroup),
                    reference=dice.uuid(),
                    code=f"akcepts-{programme.pk}-{turn + 1}",
                    programme=programme,
                    venue_id=_venue_of(programme),
                    state=GroupState.FORMING if is_forming else GroupState.FINISHED,
                    starts_on=starts,
                    ends_on=ends,
                    schedule_kind="weekday_evenings",
                    schedule="Pirmdienās un trešdienās plkst. 18.00–21.10.",
                    capacity=20,
                    minimum=1,
                )
            )


def write_groups(house: House, taken: dict[int, int]) -> None:
    """After the applications are known: counters as they say, forming groups with 20, 1, no and 3 places left in turn."""
    for turn, group in enumerate(house.forming()):
        group.taken = taken.get(group.pk, 0)
        group.capacity = max(group.taken + PLACES_LEFT[turn % len(PLACES_LEFT)], 1)
        if PLACES_LEFT[turn % len(PLACES_LEFT)] == 0 and not group.taken:
            group.capacity = 20
    for group in house.finished():
        group.taken = taken.get(group.pk, 0)
        group.capacity = max(group.taken, 20)
    write(CourseGroup, house.groups)
