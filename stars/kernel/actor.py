"""Who acts: a user, on whose behalf, in which role. Middleware puts it on the request; audit rows keep it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.http import HttpRequest


class Role(StrEnum):
    """The role a person works in for this request; rights of several roles never add up (ACC-08)."""

    ANONYMOUS = "anonymous"
    CLIENT = "client"
    PROVIDER = "provider"
    PROVIDER_ADMIN = "provider_admin"
    CONSULTANT = "consultant"
    COORDINATOR = "coordinator"
    ASSESSOR = "assessor"
    COMMISSION = "commission"
    AGENCY = "agency"
    SYSTEM = "system"


class Duty(StrEnum):
    """What an officer of the agency is charged with; one officer may have several (terms 30)."""

    APPROVER = "approver"
    EVALUATOR = "evaluator"
    FINANCE = "finance"
    CONTENT = "content"
    SECURITY = "security"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Actor:
    """User + on whose behalf + role. Two ids are kept where a coordinator acts for a client."""

    role: Role = Role.ANONYMOUS
    user_id: int | None = None
    person_id: UUID | None = None  # the natural person whose rights count: the client acted for, or oneself
    acting_for_id: UUID | None = None  # the client, when somebody else presses the buttons
    institution_id: int | None = None
    municipality_id: int | None = None
    duties: frozenset[Duty] = frozenset()  # of an officer of the agency
    scope: frozenset[str] = frozenset()  # what a coordinator may do for the client acted for
    binding: str = ""  # stands in each form of a coordinator who acts for a client (ACT-03)
    label: str = ""  # how pages and the audit name this actor; never a personal code

    @classmethod
    def system(cls, job: str) -> "Actor":
        """A periodic job or a task; the job's name is kept in the audit."""
        return cls(role=Role.SYSTEM, label=job)

    @property
    def is_authenticated(self) -> bool:
        return self.user_id is not None

    @property
    def is_client(self) -> bool:
        """A client, or a coordinator who acts for one: either way `person_id` is the client's."""
        acts_as_client = self.role is Role.CLIENT or self.acting_for_id is not None
        return acts_as_client and self.person_id is not None

    def acts_within(self, scope: str) -> bool:
        """For oneself, or for a client whose mandate covers this."""
        return self.acting_for_id is None or scope in self.scope

    @property
    def is_provider(self) -> bool:
        return self.role in {Role.PROVIDER, Role.PROVIDER_ADMIN} and self.institution_id is not None

    @property
    def is_coordinator(self) -> bool:
        return self.role is Role.COORDINATOR and self.municipality_id is not None

    @property
    def is_consultant(self) -> bool:
        return self.role is Role.CONSULTANT

    @property
    def is_agency(self) -> bool:
        return self.role is Role.AGENCY

    def has_duty(self, *duties: Duty) -> bool:
        """An officer charged with at least one of these."""
        return self.is_agency and not self.duties.isdisjoint(duties)

    @property
    def is_system(self) -> bool:
        return self.role is Role.SYSTEM


class ActorRequest(HttpRequest):
    """A request after our middleware: for annotations only, never instantiated."""

    actor: Actor
    arrived_at: datetime
    request_id: str
