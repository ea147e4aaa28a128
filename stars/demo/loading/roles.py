"""People of every other role: officers with their duties, the commission, coordinators, consultants, assessors; who waits."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.models import (
    Institution,
    PersonalCode,
    Registration,
    RegistrationFile,
    RegistrationKind,
    Right,
    RightKind,
    RightRequest,
    User,
)
from accounts.selectors import current_policies
from accounts.states import AccessState
from stars.classifiers.models import Municipality
from stars.classifiers.selectors import due_after
from stars.demo import signing
from stars.files import services as files
from stars.files.contents import ASICE, PDF
from stars.files.models import StoredFile
from stars.kernel.actor import Actor

from .calendar import Calendar
from .past import Told, write_past

LOADING = Actor.system("load_demo")
OPENED = -200  # days before the base on which the agency approved the first of them
TERM = 700  # days a right is given for


class Holder(NamedTuple):
    """A person of the sign-on's list with a right beside."""

    code: str
    kind: RightKind
    position: str
    municipality: str = ""
    institution: str = ""
    state: AccessState = AccessState.APPROVED
    waits: int = 0  # days since the address was confirmed


HOLDERS = (
    Holder("270286-10004", RightKind.COORDINATOR, "Pieaugušo izglītības koordinatore", municipality="marupes-novads"),
    Holder("090178-10001", RightKind.COORDINATOR, "Izglītības pārvaldes speciāliste", municipality="dobeles-novads"),
    Holder("130580-10002", RightKind.CONSULTANT, "Karjeras konsultante"),
    Holder("040489-10002", RightKind.CONSULTANT, "Karjeras konsultante", institution="mcp"),
    Holder(
        "140292-10000",
        RightKind.COORDINATOR,
        "Sociālā darbiniece",
        municipality="talsu-novads",
        state=AccessState.WAITING,
        waits=5,
    ),
    Holder(
        "050595-10009",
        RightKind.CONSULTANT,
        "Karjeras atbalsta speciāliste",
        institution="mcp",
        state=AccessState.WAITING,
    ),
)
ASSESSORS = ("katrina.menesupe@etv.example", "ojars.priedlauks@dtu.example")
WAITING = (
    ("Gaismas tehnikums", "99000000991", "9900000991", "Vita Saulkalne", "vita.saulkalne@gaisma.example", 6),
    ("Mācību centrs Rītausma", "99000000992", "9900000992", "Oto Rītvējš", "oto.ritvejs@ritausma.example", 0),
)
EMPLOYEE = ("Dita Vējziede", "dita.vejziede@mcp.example", "mcp")


def load(calendar: Calendar, staff: list[tuple[User, dict[str, Any]]], password: str) -> None:
    institutions = {one.code: one for one in Institution.objects.all()}
    _duties(calendar, staff)
    _assessors(calendar, institutions)
    for holder in HOLDERS:
        _holder(holder, calendar, institutions)
    _waiting(institutions, make_password(password))


def _given(calendar: Calendar, user: User, kind: str, **place: Any) -> Right:
    return Right(
        user=user,
        kind=kind,
        state=AccessState.APPROVED,
        asked_at=calendar.moment(OPENED, 9),
        valid_from=calendar.moment(OPENED, 10),
        decided_at=calendar.moment(OPENED, 10),
        valid_until=calendar.moment(OPENED + TERM),
        **place,
    )


def _write(rights: list[Right]) -> None:
    written = Right.objects.bulk_create(rights)
    write_past(
        Told(right, "approve", at=right.valid_from, by=LOADING, before="waiting", after="approved") for right in written
    )


def _duties(calendar: Calendar, staff: list[tuple[User, dict[str, Any]]]) -> None:
    """Officers' duties (terms 30), and the members of the commission."""
    rights = [_given(calendar, user, duty) for user, row in staff for duty in row.get("duties", [])]
    rights += [
        _given(calendar, user, RightKind.COMMISSION_MEMBER) for user, row in staff if row["role"] == "commission"
    ]
    _write(rights)


def _assessors(calendar: Calendar, institutions: dict[str, Institution]) -> None:
    users = User.objects.filter(email__in=ASSESSORS).order_by("email")
    _write(
        [
            _given(calendar, user, RightKind.ASSESSOR, institution=institutions[code])
            for user, code in zip(users, ("etv", "dtu"), strict=True)
        ]
    )


def _holder(holder: Holder, calendar: Calendar, institutions: dict[str, Institution]) -> None:
    person = PersonalCode.objects.matching(holder.code.replace("-", "")).get().person
    user = User.objects.get(person=person)
    place = {
        "municipality": Municipality.objects.get(code=holder.municipality) if holder.municipality else None,
        "institution": institutions[holder.institution] if holder.institution else None,
    }
    confirmed = calendar.moment(OPENED, 9, 30)
    if holder.state == AccessState.WAITING:
        confirmed = _days_ago(holder.waits)
        right = Right.objects.create(
            user=user,
            kind=holder.kind,
            state=AccessState.WAITING,
            asked_at=confirmed,
            due_at=due_after(confirmed, 1),
            **place,
        )
        write_past([Told(right, "confirm", at=confirmed, by=LOADING, before="unconfirmed", after="waiting")])
    else:
        right = _given(calendar, user, holder.kind, **place)
        _write([right])
    RightRequest.objects.create(
        right=right,
        position=holder.position,
        email=f"{_plain(person.first_name)}.{_plain(person.last_name)}@darbs.example",
        email_confirmed_at=confirmed,
        phone="+371 67000000",
        document=_paper("pilnvarojums.pdf", signing.signed_pdf(_signer("Pašvaldības vadītājs")), PDF.content_type),
    )


def _days_ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days, minutes=20)


def _plain(name: str) -> str:
    """Letters of a name as addresses have them."""
    return name.lower().translate(str.maketrans("āčēģīķļņšūž", "acegiklnsuz"))


def _signer(name: str) -> signing.Signer:
    return signing.signer(name, code="010190-10000")


def _paper(name: str, content: bytes, content_type: str) -> StoredFile:
    """Stored as any other: the scanner and the signature check do their part once the portal runs."""
    stored = files.store(content=ContentFile(content), name=name, content_type=content_type)
    files.request_signature_check(stored=stored)
    return stored


def statement(name: str) -> bytes:
    """The signed statement on using the Platform, for the demo and for whoever tries the registration."""
    words = "Apliecinu, ka iestāde ievēros Prasmju pārvaldības platformas lietošanas noteikumus.\n"
    return signing.signed_container(_signer(name), {"apliecinajums.txt": words.encode()})


def _waiting(institutions: dict[str, Institution], password: str) -> None:
    """Who has registered and waits: one of them for longer than the agency has promised."""
    policies = list(current_policies())
    for name, company, number, administrator, email, days in WAITING:
        confirmed = _days_ago(days)
        row = Registration.objects.create(
            kind=RegistrationKind.INSTITUTION,
            state=AccessState.WAITING,
            name=administrator,
            email=email,
            password=password,
            institution_name=name,
            company_number=company,
            institution_number=number,
            asked_at=confirmed,
            confirmed_at=confirmed,
            due_at=due_after(confirmed, 1),
        )
        row.policies.set(policies)
        stored = _paper("apliecinājums.edoc", statement(administrator), ASICE.content_type)
        RegistrationFile.objects.create(registration=row, part=RegistrationFile.Part.STATEMENT, file=stored)
        _told(row, confirmed)
    name, email, code = EMPLOYEE
    confirmed = _days_ago(0)
    row = Registration.objects.create(
        kind=RegistrationKind.EMPLOYEE,
        state=AccessState.WAITING,
        name=name,
        email=email,
        password=password,
        institution=institutions[code],
        asked_at=confirmed,
        confirmed_at=confirmed,
        due_at=due_after(confirmed, 1),
    )
    row.policies.set(policies)
    _told(row, confirmed)


def _told(row: Registration, at: datetime) -> None:
    by = Actor(label=row.name)
    write_past(
        [
            Told(row, "ask", at=at, by=by),
            Told(row, "confirm", at=at, by=by, before="unconfirmed", after="waiting"),
        ]
    )
