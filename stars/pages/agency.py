"""The agency's workplace: the admin's menu in the agency's own groups, and a first page that shows what waits."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.db.models import Count, Min, Q, QuerySet, Sum
from django.db.models.base import ModelBase
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.gates import once_agreed, told_at_the_admins_door
from accounts.models import FactDispute, Registration, RegistrationKind, RegistryQuestion, Right
from accounts.states import AccessState, DisputeState, QuestionState
from applications.models import Application
from applications.states import FAMILY, State
from funding.models import Bucket, Correction, FundingSource, LearningAccount, LedgerEntry
from funding.states import AccountState, CorrectionState
from stars.kernel.lists import NarrowedByName
from stars.kernel.money import euros

from .models import Indicator

# screens.md 12. A model that stands in no group follows its app.
GROUPS: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    (
        "clients",
        _("Clients"),
        (
            *("accounts.Person", "funding.LearningAccount", "funding.TargetGroupCheck", "accounts.FactDispute"),
            *("accounts.RegistryFact", "accounts.Consent"),
        ),
    ),
    (
        "applications",
        _("Applications"),
        ("applications.Application", "catalog.ApplicationRound", "catalog.CourseGroup", "applications.*"),
    ),
    (
        "catalogue",
        _("Catalogue"),
        (
            *("catalog.Programme", "catalog.Venue", "catalog.*", "classifiers.Sector", "classifiers.Qualification"),
            *("classifiers.ProgrammeKind", "classifiers.DigCompArea", "classifiers.DigCompCompetence"),
            "classifiers.DigCompLevel",
        ),
    ),
    (
        "calls",
        _("Calls and offers"),
        ("calls.Call", "calls.Offer", "calls.OfferedProgramme", "calls.OfferVersion", "calls.*"),
    ),
    ("access", _("Institutions and users"), ("accounts.Institution", "accounts.*")),
    ("funding", _("Funding"), ("funding.*", "pages.Indicator")),
    ("messages", _("Messages and notices"), ("notices.Notice", "notices.*")),
    ("content", _("Content"), ("pages.*", "accounts.PolicyVersion")),
    ("classifiers", _("Classifiers"), ("classifiers.*",)),
    ("journal", _("Journal"), ("kernel.*", "accounts.RegistryQuestion", "accounts.RegistryLine", "files.*")),
)
ABSENT = {"auth.Group"}  # the portal's duties stand in rights, not in Django's groups


class AgencySite(AdminSite):
    """Django's admin with the agency's menu and first page; what each officer sees is decided as in Django."""

    index_title = _("Agency's workplace")
    site_title = site_header = "STARS"
    enable_nav_sidebar = True
    empty_value_display = "–"  # Django's own is a hyphen

    def __init__(self, name: str = "admin") -> None:
        """Nothing is deleted by the dozen: what may go at all goes one by one, each with its entry in the trail."""
        super().__init__(name)
        self.disable_action("delete_selected")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Every list is narrowed by its own filters only (ACC-06); what nobody needs has no page to write it on (ADM-01)."""
        given = admin_class or ModelAdmin
        guarded = given if issubclass(given, NarrowedByName) else type(given.__name__, (NarrowedByName, given), {})
        given_models: Iterable[Any] = (
            [model_or_iterable] if isinstance(model_or_iterable, ModelBase) else model_or_iterable
        )
        super().register([one for one in given_models if one._meta.label not in ABSENT], guarded, **options)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Officers accept the terms like everybody, and again when they change; the way out is open to all."""
        if getattr(view, "__name__", "") == "logout":
            return super().admin_view(view, cacheable)
        return told_at_the_admins_door(super().admin_view(once_agreed(view), cacheable))

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        apps = super().get_app_list(request, app_label)
        if app_label is not None:
            return apps
        models = {model["model"]._meta.label: model for app in apps for model in app["models"]}
        groups = []
        for slug, name, wanted in GROUPS:
            taken = [label for pattern in wanted for label in models if _stands_for(pattern, label)]
            found = [models.pop(label) for label in dict.fromkeys(taken)]
            if found:
                groups.append(_group(slug, name, found))
        return groups + [_group(app["app_label"], app["name"], left) for app in apps if (left := _left(app, models))]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """What waits, what was promised, where the money is; then the menu."""
        return super().index(request, {**(extra_context or {}), **overview(timezone.now())})


def _stands_for(pattern: str, label: str) -> bool:
    app, _dot, model = pattern.partition(".")
    return label == pattern or (model == "*" and label.partition(".")[0] == app and label not in NAMED)


NAMED = {label for _slug, _name, labels in GROUPS for label in labels if not label.endswith("*")}


def _group(slug: str, name: Any, models: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "name": name,
        "app_label": slug,
        "app_url": f"{reverse('admin:index')}#group-{slug}",
        "has_module_perms": True,
        "models": models,
    }


def _left(app: dict[str, Any], models: dict[str, Any]) -> list[dict[str, Any]]:
    return [model for model in app["models"] if model["model"]._meta.label in models]


@dataclass(frozen=True, slots=True)
class Queue:
    """Something that waits for the agency: how many, and since when the oldest."""

    label: Any
    number: int
    oldest: datetime | None
    url: str

    def days(self, now: datetime) -> int:
        """Full days the oldest has waited."""
        return (now - self.oldest).days if self.oldest else 0


@dataclass(frozen=True, slots=True)
class Promise:
    """An indicator with what has been reached."""

    indicator: Indicator
    reached: int

    @property
    def percent(self) -> int:
        return min(100, self.reached * 100 // self.indicator.target)


def overview(now: datetime) -> dict[str, Any]:
    """The first page's figures: eleven queries, whatever the number of rows."""
    waiting = [(queue, queue.days(now)) for queue in _queues()]
    return {"queues": waiting, "promises": promises(), "by_state": _by_state(), "money": _money()}


def _queues() -> list[Queue]:
    kinds: tuple[tuple[Any, QuerySet[Any], str, str], ...] = (
        (
            _("Learning accounts to check"),
            LearningAccount.objects.filter(state=AccountState.PENDING),
            "opened_at",
            f"{reverse('admin:funding_learningaccount_changelist')}?state__exact={AccountState.PENDING}",
        ),
        (
            _("Applications without an answer"),
            Application.objects.filter(state=State.SUBMITTED),
            "submitted_at",
            f"{reverse('admin:applications_application_changelist')}?state__exact={State.SUBMITTED}",
        ),
        (
            _("Rights to approve"),
            Right.objects.filter(state=AccessState.WAITING),
            "asked_at",
            f"{reverse('admin:accounts_right_changelist')}?state__exact={AccessState.WAITING}",
        ),
        (
            _("Institutions to approve"),
            Registration.objects.filter(state=AccessState.WAITING, kind=RegistrationKind.INSTITUTION),
            "confirmed_at",
            f"{reverse('admin:accounts_registration_changelist')}?gaida=ja&kind__exact={RegistrationKind.INSTITUTION}",
        ),
        (
            _("Corrections that wait for a second officer"),
            Correction.objects.filter(state=CorrectionState.PROPOSED),
            "proposed_at",
            f"{reverse('admin:funding_correction_changelist')}?state__exact={CorrectionState.PROPOSED}",
        ),
        (
            _("Register entries people dispute"),
            FactDispute.objects.filter(state=DisputeState.OPEN),
            "opened_at",
            f"{reverse('admin:accounts_factdispute_changelist')}?state__exact={DisputeState.OPEN}",
        ),
        (
            _("Questions a register has not answered"),
            RegistryQuestion.objects.filter(state=QuestionState.DUE).exclude(last_error=""),
            "asked_at",
            f"{reverse('admin:accounts_registryquestion_changelist')}?state__exact={QuestionState.DUE}",
        ),
    )
    found = []
    for label, rows, since, url in kinds:
        row = rows.order_by().aggregate(number=Count("pk"), oldest=Min(since))
        found.append(Queue(label, row["number"], row["oldest"], url))
    return found


def promises() -> list[Promise]:
    """Each indicator with the number of different people who count for it."""
    people = {
        Indicator.Measure.USERS: Count(
            "applications__client", distinct=True, filter=Q(applications__state__in=(State.ADMITTED, State.COMPLETED))
        ),
        Indicator.Measure.COMPLETERS: Count(
            "applications__client", distinct=True, filter=Q(applications__state=State.COMPLETED)
        ),
    }
    rows: Iterable[Any] = (
        FundingSource.objects.order_by().values("pk").annotate(**{str(key): how for key, how in people.items()})
    )
    counted = {row["pk"]: row for row in rows}
    return [
        Promise(one, counted[one.source_id][one.measure])
        for one in Indicator.objects.select_related("source").order_by("-measure", "due", "pk")
    ]


def _by_state() -> list[dict[str, Any]]:
    """Applications by state, with the share of each source in words."""
    rows = Application.objects.order_by().values("state", "source__label").annotate(number=Count("pk"))
    labels = sorted({row["source__label"] for row in rows})
    cells = {(row["state"], row["source__label"]): row["number"] for row in rows}
    table = []
    for state in State:
        numbers = [cells.get((state.value, label), 0) for label in labels]
        if sum(numbers):
            table.append({"state": state.label, "family": FAMILY[state], "numbers": numbers, "sum": sum(numbers)})
    return [{"labels": labels, "rows": table}] if table else []


def _money() -> list[tuple[str, int, str]]:
    """Where the granted money stands, in cents and in words, for the chart."""
    rows = (
        LedgerEntry.objects.order_by().exclude(bucket=Bucket.OUTSIDE).values("bucket").annotate(sum=Sum("amount_cents"))
    )
    sums = {row["bucket"]: row["sum"] for row in rows}
    kinds = (Bucket.AVAILABLE, Bucket.RESERVED, Bucket.SPENT)
    return [(str(kind.label), sums[kind], euros(sums[kind])) for kind in kinds if sums.get(kind)]
