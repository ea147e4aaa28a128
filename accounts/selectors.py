"""What others may ask about people: policies in force, who has agreed, who has registered."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Self
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from stars.classifiers.models import EducationLevel
from stars.kernel.actor import Actor, Duty, Role
from stars.kernel.models import AuditEntry
from stars.kernel.secrets import token_digest

from .models import (
    ClientProfile,
    Consent,
    Denial,
    DenialReason,
    EmailConfirmation,
    EntryLink,
    FactDispute,
    Institution,
    Invitation,
    LinkPurpose,
    MailedLink,
    Mandate,
    Membership,
    PersonalCode,
    PolicyKind,
    PolicyVersion,
    RecoveryCode,
    Registration,
    RegistrationKind,
    RegistryFact,
    RegistryQuestion,
    Right,
    RightKind,
    SecondFactor,
    Session,
    SignOnHealth,
    User,
)
from .models.registries import opened
from .states import ROLE_WORDS, AccessState, DisputeState, FactKind, FactVerdict, InvitationState, QuestionState


def current_policies() -> QuerySet[PolicyVersion]:
    """The version in force of each kind: terms of use first, then the privacy policy."""
    in_force = PolicyVersion.objects.filter(published_at__lte=timezone.now())
    newest = in_force.order_by("kind", "-published_at", "-pk").distinct("kind")
    return PolicyVersion.objects.filter(pk__in=newest.values("pk")).order_by("-kind")


def policies_to_accept(user: User, *, by_mandate: bool = False) -> QuerySet[PolicyVersion]:
    """Versions in force that this user has not accepted yet (terms 16 and 26.2).

    What a person signed on paper for a coordinator counts while the coordinator acts, not for the person themselves (ACT-03).
    """
    given = Consent.objects.filter(user=user, policy=OuterRef("pk"))
    return current_policies().exclude(Exists(given if by_mandate else given.exclude(channel="mandate")))


def needs_consent(user: User, *, by_mandate: bool = False) -> bool:
    return policies_to_accept(user, by_mandate=by_mandate).exists()


def current_policy(kind: PolicyKind) -> PolicyVersion | None:
    return current_policies().filter(kind=kind).first()


def profile_of(person_id: UUID) -> ClientProfile | None:
    return (
        ClientProfile.objects.select_related("person", "economic_status", "education", "region")
        .filter(person_id=person_id)
        .first()
    )


def is_registered(user: User) -> bool:
    """A client who has filled in the registration form."""
    return user.person is not None and hasattr(user.person, "profile")


def user_of(person_id: UUID) -> User | None:
    return User.objects.select_related("person").filter(person_id=person_id).first()


def live_confirmation(token: str) -> EmailConfirmation | None:
    """The confirmation a link stands for while it may still be used; looking changes nothing (PWD-06)."""
    return EmailConfirmation.objects.filter(
        digest=token_digest(token), used_at=None, expires_at__gt=timezone.now()
    ).first()


MOST_FAILURES = 2  # of the sign-on in a row before people are told
OLDEST_LOOK = timedelta(minutes=3)  # a look older than this says nothing: the task may be away


# The same question for /readyz, which asks past Django.
SIGN_ON_ANSWERS = f"""
SELECT NOT EXISTS (
  SELECT FROM accounts_signonhealth
  WHERE id = 1 AND failures >= {MOST_FAILURES} AND checked_at > now() - interval '{OLDEST_LOOK.seconds} seconds'
)
"""  # noqa: S608 - figures of ours


BREAKS_AFTER = 5  # failures in a row after which a register is left alone for a while (D1)
ALARM_AFTER = 10  # attempts of one question, about a day
# For `/readyz`: no register has failed that often since it last answered.
REGISTRIES_ANSWER = f"SELECT NOT EXISTS (SELECT FROM accounts_registryline WHERE failures >= {BREAKS_AFTER})"  # noqa: S608
QUESTIONS_UNANSWERED = f"""
SELECT count(*) FROM accounts_registryquestion WHERE state = 'due' AND attempts >= {ALARM_AFTER}
"""  # noqa: S608 - figures of ours
DISPUTES_LATE = "SELECT count(*) FROM accounts_factdispute WHERE state = 'open' AND due_on < current_date"


def is_sign_on_away() -> bool:
    """Whether the state's sign-on did not answer of late (SSO-19). Nobody is kept from trying."""
    since = timezone.now() - OLDEST_LOOK
    return SignOnHealth.objects.filter(pk=1, failures__gte=MOST_FAILURES, checked_at__gt=since).exists()


def owners_of(digits: list[str]) -> list[UUID]:
    """The people who have or had any of these personal codes (SSO-10); mostly one or none."""
    found: set[UUID] = set()
    for code in digits:
        found.update(PersonalCode.objects.matching(code).values_list("person_id", flat=True))
    return sorted(found)


@dataclass(frozen=True, slots=True)
class Context:
    """One role a user may work in; `key` is kept in the session when it is chosen."""

    key: str
    actor: Actor
    place: str = ""  # the institution or municipality

    @property
    def label(self) -> str:
        return str(ROLE_WORDS.get(self.actor.role, ""))


CLIENT_CONTEXT, AGENCY_CONTEXT = "client", "agency"
MEMBERSHIP, RIGHT = "membership:", "right:"


def actor_of(user: User, chosen: str = "") -> Actor:
    """The one role this user works in now; rights of several roles never add up (ACC-08).

    A choice that no longer holds falls back to the first role the user has.
    """
    is_settled_client = user.person is not None and hasattr(user.person, "profile")
    if is_settled_client and chosen in {"", CLIENT_CONTEXT}:
        return client_actor(user)
    if user.person is None and not user.is_staff and (not chosen or chosen.startswith(MEMBERSHIP)):
        places = list(live_memberships(user))
        wanted = next((one for one in places if f"{MEMBERSHIP}{one.pk}" == chosen), None)
        if places:
            return (wanted or places[0]).actor()
    open_contexts = contexts_of(user)
    found = next((one.actor for one in open_contexts if one.key == chosen), None)
    if found is None and open_contexts:
        found = open_contexts[0].actor
    return found or (client_actor(user) if user.person else Actor(user_id=user.pk, label=user.label))


def client_actor(user: User) -> Actor:
    return Actor(role=Role.CLIENT, user_id=user.pk, person_id=user.person_id, label=user.label)


def contexts_of(user: User) -> list[Context]:
    """Every role this user may work in now, the usual one first. Two queries at most, whatever the number."""
    rights = list(
        Right.objects.in_force().filter(user=user).select_related("institution", "municipality", "user__person")
    )
    found: list[Context] = []
    if user.is_staff:
        duties = frozenset(Duty) if user.is_superuser else frozenset(Duty(one.kind) for one in rights if one.is_duty)
        found.append(Context(AGENCY_CONTEXT, Actor(role=Role.AGENCY, user_id=user.pk, duties=duties, label=user.label)))
    if user.person is not None and hasattr(user.person, "profile"):
        found.append(Context(CLIENT_CONTEXT, client_actor(user)))
    if user.person is None:
        found += [Context(f"{MEMBERSHIP}{one.pk}", one.actor(), one.institution.name) for one in live_memberships(user)]
    found += [
        Context(f"{RIGHT}{one.pk}", one.actor(), str(one.institution or one.municipality or ""))
        for one in rights
        if not one.is_duty
    ]
    if user.person is not None and not hasattr(user.person, "profile"):
        found.append(Context(CLIENT_CONTEXT, client_actor(user)))
    return found


def live_memberships(user: User) -> QuerySet[Membership]:
    """The institutions this user works for now, the longest-standing first."""
    return (
        Membership.objects.select_related("institution", "user")
        .filter(user=user, is_active=True, institution__is_active=True)
        .order_by("since", "pk")
    )


def live_membership(user: User) -> Membership | None:
    return live_memberships(user).first()


def acting_actor(actor: Actor, reference: str) -> Actor | None:
    """The coordinator in the place of the client of this mandate; None where it is not theirs or no longer live (X6)."""
    found = (
        Mandate.objects.live()
        .visible_to(actor)
        .filter(reference=reference)
        .select_related("right__user__person", "client")
        .first()
    )
    return found.actor() if found else None


def mandates_of_client(person_id: UUID) -> QuerySet[Mandate]:
    """Everyone who acts, has acted or asks to act for this person, the open ones first."""
    return (
        Mandate.objects.filter(client_id=person_id)
        .select_related("right__user__person", "right__municipality")
        .order_by("ended_at", "-asked_at")
    )


def acts_for(person_id: UUID) -> QuerySet[AuditEntry]:
    """What others have done in this person's place, newest first (ACT-04)."""
    return AuditEntry.objects.filter(acting_for_id=person_id).order_by("-at", "-pk")


def live_link(token: str, purpose: LinkPurpose) -> MailedLink | None:
    """The mailed link a token stands for while it may still be used; looking changes nothing (PWD-06)."""
    return (
        MailedLink.objects.select_related("user")
        .filter(digest=token_digest(token), purpose=purpose, closed_at=None, expires_at__gt=timezone.now())
        .first()
    )


OBLIGED = {Role.AGENCY, Role.PROVIDER_ADMIN}  # MFA-01


def is_obliged(user: User) -> bool:
    """Whether one of this user's roles demands a second factor; people of the state's sign-on bring theirs along."""
    return user.person_id is None and any(one.actor.role in OBLIGED for one in contexts_of(user))


def second_factor_of(user: User) -> SecondFactor | None:
    return SecondFactor.objects.filter(user=user).first()


def recovery_codes_left(user: User) -> int:
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


def sessions_of(user: User) -> QuerySet[Session]:
    """The user's live sessions, the one seen last first."""
    return Session.objects.filter(user=user, expire_date__gt=timezone.now()).order_by("-seen_at", "pk")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why somebody may not come in: the point of the terms, what was said, since when and until when."""

    reason: DenialReason
    words: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def of(cls, denial: Denial) -> Self:
        return cls(DenialReason(denial.reason), denial.words, denial.since, denial.until)

    @property
    def sentence(self) -> str:
        said = _("Access is denied under point %(point)s of the terms of use: %(reason)s.") % {
            "point": self.reason.value,
            "reason": self.reason.label,
        }
        return f"{said} {self.words}".strip()


def refusal_of(user: User) -> Refusal | None:
    """The denial in force; else, for somebody without any role left, what became of the last one (terms 32.1, 32.7).

    None for who may come in, and for who never had a role.
    """
    denial = Denial.objects.in_force().filter(user=user).order_by("-since", "-pk").first()
    if denial is not None:
        return Refusal.of(denial)
    if not user.is_active:
        return Refusal(DenialReason.SIGN_IN_ENDED)
    if user.person_id is not None or contexts_of(user):
        return None
    return _what_ended(user)


def _what_ended(user: User) -> Refusal | None:
    places = list(Membership.objects.filter(user=user).select_related("institution"))
    closed = [one.institution_id for one in places if one.is_active and not one.institution.is_active]
    if closed:
        denial = Denial.objects.in_force().filter(institution__in=closed).order_by("-since", "-pk").first()
        return Refusal.of(denial) if denial else Refusal(DenialReason.COOPERATION_ENDED)
    rights = Right.objects.filter(user=user, decided_at__isnull=False).exclude(state=AccessState.REFUSED)
    right = rights.order_by("-decided_at", "-pk").first()
    if right is not None:
        denial = Denial.objects.in_force().filter(right=right).order_by("-since", "-pk").first()
        return Refusal.of(denial) if denial else Refusal(DenialReason.TERM_OVER, since=right.valid_until)
    return Refusal(DenialReason.TERM_OVER) if places else None


@dataclass(frozen=True, slots=True)
class KnownFact:
    """A current fact as checks weigh it; `value` is opened only where a rule asks for it."""

    id: UUID
    kind: str
    origin: str
    sealed: str
    verdict: str
    valid_on: date
    is_disputed: bool

    @property
    def is_known(self) -> bool:
        """May decide something: it has a value, and nobody disputes it (I15)."""
        return self.verdict != FactVerdict.UNKNOWN

    @property
    def value(self) -> Any:
        return opened(self.sealed, self.id)

    @classmethod
    def read(cls, row: dict[str, Any]) -> "KnownFact":
        """Out of JSON, where the facts came along with another row."""
        return cls(**row | {"id": UUID(row["id"]), "valid_on": date.fromisoformat(row["valid_on"])})


FACT = ("id", "kind", "origin", "sealed", "verdict", "valid_on", "is_disputed")


def fact_rows() -> QuerySet[RegistryFact]:
    """Current facts with the mark of a dispute, of whomever the caller asks about."""
    disputed = Exists(FactDispute.objects.filter(fact=OuterRef("pk"), state=DisputeState.OPEN))
    return RegistryFact.objects.current().annotate(is_disputed=disputed).order_by("kind")


def current_facts(person_id: UUID) -> dict[str, KnownFact]:
    """What the registers last said of the person, by kind. One query."""
    rows = fact_rows().filter(person_id=person_id).values_list(*FACT)
    return {row[1]: KnownFact(*row) for row in rows}


def facts_to_show(person_id: UUID) -> dict[str, RegistryFact]:
    """The same as rows, with every dispute there was. Two queries."""
    facts = RegistryFact.objects.current().filter(person_id=person_id).prefetch_related("disputes")
    return {fact.kind: fact for fact in facts.order_by("kind")}


def last_answers(person_id: UUID) -> dict[str, FactDispute]:
    """The last answered dispute of each kind of entry: what the agency found stays to be read. One query."""
    answered = FactDispute.objects.exclude(state=DisputeState.OPEN).filter(fact__person_id=person_id)
    return {one.fact.kind: one for one in answered.select_related("fact").order_by("answered_at", "pk")}


def open_questions(person_id: UUID) -> list[RegistryQuestion]:
    """The registers that have not answered yet. One query."""
    due = RegistryQuestion.objects.filter(person_id=person_id, state=QuestionState.DUE)
    return list(due.order_by("registry"))


def known_of(person_id: UUID) -> dict[str, Any]:
    """What the registration form begins with: the education VIIS knows (terms 26.1)."""
    fact = current_facts(person_id).get(FactKind.EDUCATION)
    if fact is None or not fact.is_known:
        return {}
    level = EducationLevel.objects.filter(code=fact.value, is_active=True).first()
    return {"education": level.pk} if level else {}


def entry_link(token: str, kind: str) -> EntryLink | None:
    """The link of a token, living or not, to a registration, a right or an invitation: it may be asked for anew."""
    links = EntryLink.objects.select_related(kind, f"{kind}__institution")
    return links.filter(digest=token_digest(token), **{f"{kind}__isnull": False}).first()


def live_entry_link(token: str, kind: str) -> EntryLink | None:
    """The same while it may still be used; looking changes nothing (PWD-06)."""
    link = entry_link(token, kind)
    return link if link and link.closed_at is None and link.expires_at > timezone.now() else None


def clashing_institutions(registration: Registration) -> QuerySet[Institution]:
    """Institutions we know that have either of the numbers; for the agency's eyes only (PWD-05)."""
    same = Q(company_number=registration.company_number) | Q(institution_number=registration.institution_number)
    return Institution.objects.filter(same).order_by("pk")


def cooperating_institutions() -> QuerySet[Institution]:
    return Institution.objects.filter(is_active=True).order_by("name")


def institutions_named(typed: str) -> QuerySet[Institution]:
    """Institutions of this very name; else, where nobody has it, those whose name holds what was typed."""
    words = " ".join(typed.split())
    exactly = cooperating_institutions().filter(name__iexact=words)
    return exactly if exactly.exists() else cooperating_institutions().filter(name__icontains=words)


def open_invitation(token: str) -> Invitation | None:
    """The invitation a link was sent for, while it may still be accepted; the link itself may have lapsed."""
    link = entry_link(token, "invitation")
    invitation = link.invitation if link else None
    if invitation is None or invitation.state != InvitationState.OPEN or invitation.expires_at <= timezone.now():
        return None
    return invitation


def people_waiting(institution_id: int) -> list[Registration | Right]:
    """Who asks to work for an institution, the longest waiting first."""
    asked: list[Registration | Right] = list(
        Registration.objects.filter(
            institution_id=institution_id, kind=RegistrationKind.EMPLOYEE, state=AccessState.WAITING
        ).select_related("institution")
    )
    rights = Right.objects.filter(institution_id=institution_id, state=AccessState.WAITING)
    asked += rights.select_related("user__person", "institution", "municipality", "request")
    return sorted(asked, key=lambda one: one.due_at or one.asked_at)


def members_of(institution_id: int) -> QuerySet[Membership]:
    """Who works for an institution, blocked ones among them, administrators first."""
    present = Membership.objects.filter(
        institution_id=institution_id, state__in=(AccessState.APPROVED, AccessState.BLOCKED)
    )
    return present.select_related("user__person", "institution").order_by("role", "user__name", "pk")


def rights_at(institution_id: int) -> list[Right]:
    """Roles beside a place: consultants and assessors of an institution, blocked ones among them."""
    live = Right.objects.filter(institution_id=institution_id, state__in=(AccessState.APPROVED, AccessState.BLOCKED))
    return list(live.select_related("user__person", "institution", "municipality", "request").order_by("kind", "pk"))


def colleague(reference: UUID, institution_id: int) -> User | None:
    """Somebody who works for the institution now: an employee, or a consultant whose right is in force."""
    works = Membership.objects.filter(institution_id=institution_id, is_active=True, user=OuterRef("pk"))
    consults = Right.objects.in_force().filter(
        institution_id=institution_id, kind=RightKind.CONSULTANT, user=OuterRef("pk")
    )
    found = User.objects.select_related("person").filter(Exists(works) | Exists(consults), reference=reference)
    return found.first()


def signs_in_already(email: str) -> bool:
    """Asked only for whoever has proved that the address is theirs (PWD-05)."""
    return User.objects.filter(email=email).exists()


def are_contacts_old(institution: Institution) -> bool:
    """Whether nobody has confirmed the contacts for as many months as the agency waits (terms 17.2)."""
    age = timezone.now() - institution.contacts_confirmed_at
    return age >= settings.STARS_CONTACTS_MONTHS * timedelta(days=30)


def rights_of(user: User) -> QuerySet[Right]:
    """Everything somebody may work as, has asked for or has had, the newest first."""
    rights = Right.objects.filter(user=user).select_related("institution", "municipality", "request")
    return rights.order_by("-asked_at", "-pk")


def newest_right(user: User, kind: RightKind) -> Right | None:
    return rights_of(user).filter(kind=kind).first()


def right_in_use(actor: Actor, kind: RightKind) -> Right | None:
    """The right behind the role somebody works in now."""
    place: dict[str, Any] = {"institution_id": actor.institution_id, "municipality_id": actor.municipality_id}
    mine = Right.objects.in_force().filter(user_id=actor.user_id or 0, kind=kind, **place)
    return mine.select_related("institution", "municipality").first()
