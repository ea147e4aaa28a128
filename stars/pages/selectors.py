"""What the roof reads across apps: the menu tree, the person's frame, rounds, projects and news for the home page."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.cache import cache
from django.db.models import (
    BooleanField,
    Exists,
    Expression,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, NullIf
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import (
    ClientProfile,
    Consent,
    Institution,
    Membership,
    Person,
    PolicyKind,
    PolicyVersion,
    Right,
    User,
)
from accounts.models.rights import DUTIES
from applications.models import Application
from applications.states import State
from catalog.models import ApplicationRound, CatalogueVersion, Programme
from catalog.selectors import ProgrammeRow, Purse, current_version, newest_open, standing_at
from funding.models import Bucket, FundingSource, LearningAccount, LedgerEntry
from funding.selectors import Balance
from funding.states import AccountState
from stars.classifiers.models import Municipality
from stars.kernel.actor import Actor
from stars.kernel.kept import KEPT_SECONDS, key_of
from stars.notices.models import Notice

from .models import ContentPage, DataExport


@dataclass(frozen=True, slots=True)
class MenuPage:
    """A published page as the menus need it; `label` is empty where the page stands only in the footer."""

    slug: str
    path: str
    label: str
    title: str
    children: tuple["MenuPage", ...] = ()


def menu_pages(version: int) -> dict[str, MenuPage]:
    """Published top-level pages by slug, in order, as the catalogue's version has them: every edit of a page raises it."""
    key = key_of("menus", version)
    kept: dict[str, MenuPage] | None = cache.get(key)
    if kept is None:
        kept = _menu_pages()
        cache.set(key, kept, KEPT_SECONDS)
    return kept


def _menu_pages() -> dict[str, MenuPage]:
    published = list(ContentPage.objects.filter(is_published=True).order_by("position", "title"))
    children: dict[int, list[MenuPage]] = {}
    for page in published:
        if page.parent_id is not None:
            children.setdefault(page.parent_id, []).append(_menu_page(page, f"/{page.slug}"))
    tree = {}
    for page in published:
        if page.parent_id is None:
            under = tuple(
                MenuPage(child.slug, f"/{page.slug}{child.path}", child.label or child.title, child.title)
                for child in children.get(page.pk, [])
            )
            tree[page.slug] = _menu_page(page, f"/{page.slug}", under)
    return tree


def _menu_page(page: ContentPage, path: str, children: tuple[MenuPage, ...] = ()) -> MenuPage:
    return MenuPage(slug=page.slug, path=path, label=page.menu_label, title=page.title, children=children)


@dataclass(frozen=True, slots=True)
class FrameFacts:
    """The version the menus are kept under, and what the frame of a signed-in page shows of its person."""

    version: int = 0
    unread: int = 0
    is_registered: bool = False
    has_applied_for_grant: bool = False
    available_cents: int | None = None  # None while no grant of an approved account can be used
    place: str = ""  # the institution or municipality of the role
    has_several_roles: bool = False


def frame_facts(actor: Actor) -> FrameFacts:
    """One query, whatever the role."""
    if actor.user_id is None:
        return FrameFacts(version=current_version())
    own = Q(person_id=actor.acting_for_id) if actor.acting_for_id else Q(pk=actor.user_id)  # whose pages are open
    unread = (
        Notice.objects.visible_to(actor)
        .unread()
        .order_by()
        .annotate(number=Func(F("pk"), function="COUNT", output_field=IntegerField()))
        .values("number")
    )
    grants = Application.objects.filter(client_id=actor.person_id, source__grant_cents__isnull=False)
    money = (
        LedgerEntry.objects.filter(
            transaction__grant__account__person_id=actor.person_id,  # type: ignore[misc]  # no person, no money
            transaction__grant__account__state=AccountState.APPROVED,
            transaction__grant__valid_to__gte=timezone.localdate(),
            bucket=Bucket.AVAILABLE,
        )
        .order_by()
        .annotate(total=Func(F("amount_cents"), function="SUM", output_field=IntegerField()))
        .values("total")
    )
    rights = Right.objects.in_force().filter(user=actor.user_id).exclude(kind__in=DUTIES)
    elsewhere = Membership.objects.filter(user=actor.user_id, is_active=True, institution__is_active=True).exclude(
        institution_id=actor.institution_id or 0
    )
    row = (
        User.objects.filter(own)
        .values_list(
            Coalesce(Subquery(CatalogueVersion.objects.filter(pk=1).values("version")), 0),
            Coalesce(Subquery(unread), 0),
            Exists(ClientProfile.objects.filter(person_id=OuterRef("person_id"))),
            Exists(grants),
            Subquery(money),
            Coalesce(
                Subquery(Institution.objects.filter(pk=actor.institution_id or 0).values("name")[:1]),
                Subquery(Municipality.objects.filter(pk=actor.municipality_id or 0).values("name")[:1]),
                Value(""),
            ),
            ExpressionWrapper(Exists(rights) | Exists(elsewhere), output_field=BooleanField()),
        )
        .first()
    )
    return FrameFacts(*row) if row else FrameFacts(version=current_version())


def name_of(person_id: UUID) -> str:
    """Name and the last two digits of the code, as the bar of a coordinator shows the client acted for."""
    person = Person.objects.get(pk=person_id)
    return f"{person.full_name} (…-…{person.current_code[-2:]})"


def erasure_waits_for(person_id: UUID) -> str:
    """What stands in the way of erasing a person, with what to do about it; empty where nothing does."""
    if Application.objects.filter(client_id=person_id).live().exists():
        return _(
            "You have an application under way. Withdraw from it, or wait until the learning has ended; "
            "then your data can be erased."
        )
    if Right.objects.in_force().filter(user__person_id=person_id).exists():
        return _(
            "You have a right to work in the portal for others. Write to stars@viaa.gov.lv to give it up; "
            "then your data can be erased."
        )
    return ""


def consents_of(person_id: UUID) -> QuerySet[Consent]:
    """Which versions of the terms and the policy the person has accepted, newest first."""
    return Consent.objects.filter(user__person_id=person_id).select_related("policy").order_by("-at", "-pk")


def export_of(person_id: UUID) -> DataExport | None:
    """The person's own file of data, while it is being made or can be fetched."""
    found = DataExport.objects.filter(person_id=person_id, expires_at__gt=timezone.now())
    return found.select_related("file").first()


def children_of(page: ContentPage) -> QuerySet[ContentPage]:
    """Published pages under this one, with what their cards show."""
    return page.children.filter(is_published=True).select_related("source", "parent")


@dataclass(frozen=True, slots=True)
class RoundBanner:
    """The round the home page speaks of: one that is open, else the next to open."""

    round: ApplicationRound
    is_open: bool
    also_open: tuple[ApplicationRound, ...]
    today: date

    @property
    def first_day(self) -> date:
        return timezone.localdate(self.round.opens_at)

    @property
    def last_day(self) -> date:
        return timezone.localdate(self.round.last_day)

    @property
    def days_left(self) -> int:
        """Whole days after today; 0 on the last day."""
        return (self.last_day - self.today).days

    @property
    def days_gone(self) -> int:
        return (self.today - self.first_day).days + 1

    @property
    def days_total(self) -> int:
        return (self.last_day - self.first_day).days + 1


def round_banner(moment: datetime, *, source: FundingSource | None = None) -> RoundBanner | None:
    """One query. Whether a round is open is asked of the round itself, as at submit (X14)."""
    rounds = ApplicationRound.objects.filter(closes_at__gt=moment, source__is_active=True).select_related("source")
    if source is not None:
        rounds = rounds.filter(source=source)
    coming = list(rounds.order_by("opens_at", "source__position", "pk"))
    still_open = sorted((one for one in coming if one.is_open(moment)), key=lambda one: one.source.position)
    chosen = next(iter(still_open or coming), None)
    if chosen is None:
        return None
    return RoundBanner(
        round=chosen,
        is_open=bool(still_open),
        also_open=tuple(one for one in still_open[1:] if one.source_id != chosen.source_id),
        today=timezone.localdate(moment),
    )


@dataclass(frozen=True, slots=True)
class Project:
    """A funding source as the home page and its own page show it, counted over published programmes."""

    source: FundingSource
    programmes: int
    sectors: int
    levels: int
    page: ContentPage | None = None


def projects() -> list[Project]:
    """The sources in use, each with its page under "Izglītības un atbalsta iespējas". Two queries."""
    pages = {
        page.source_id: page
        for page in ContentPage.objects.filter(
            source__isnull=False, parent__slug="iespejas", parent__is_published=True, is_published=True
        ).select_related("parent")
    }
    return [
        Project(source, source.programmes, source.sectors, source.levels, pages.get(source.pk))  # type: ignore[attr-defined]
        for source in _counted_sources()
    ]


def project_of(source_id: int) -> Project | None:
    source = _counted_sources().filter(pk=source_id).first()
    if source is None:
        return None
    return Project(source, source.programmes, source.sectors, source.levels)  # type: ignore[attr-defined]


def _counted_sources() -> QuerySet[FundingSource]:
    published = Programme.objects.published().filter(offers__source=OuterRef("pk")).order_by()

    def number_of(what: Expression | F) -> Coalesce:
        counted = Func(what, function="COUNT", template="%(function)s(DISTINCT %(expressions)s)")
        number = published.annotate(counted=counted).values("counted")
        return Coalesce(Subquery(number, output_field=IntegerField()), 0)

    return (
        FundingSource.objects.filter(is_active=True)
        .annotate(
            programmes=number_of(F("pk")),
            sectors=number_of(F("sector_id")),
            levels=number_of(NullIf(F("varam_level"), Value(""))),
        )
        .order_by("position", "pk")
    )


def page_at(slug: str, parent_slug: str | None = None) -> ContentPage | None:
    """A published page at its own address only; a page under an unpublished one is not there."""
    pages = ContentPage.objects.filter(is_published=True, slug=slug).select_related("parent")
    if parent_slug is None:
        return pages.filter(parent=None).first()
    return pages.filter(parent__slug=parent_slug, parent__is_published=True).first()


def published_versions(kind: PolicyKind) -> QuerySet[PolicyVersion]:
    """Every version that is or was in force, newest first: all of them stay public (terms 33)."""
    return PolicyVersion.objects.filter(kind=kind, published_at__lte=timezone.now()).order_by("-published_at", "-pk")


INDICATORS: dict[str, Callable[[], int]] = {
    "accounts": lambda: LearningAccount.objects.filter(state=AccountState.APPROVED).count(),
    "learners": lambda: (
        Application.objects.filter(state=State.COMPLETED, source__code="imk").values("client_id").distinct().count()
    ),
}


def indicator(name: str) -> int | None:
    """How far the platform has come by its own books; nothing for a name it does not count."""
    counted = INDICATORS.get(name)
    return counted() if counted else None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A programme this client can apply for now, and what they would pay."""

    programme: Programme
    source: FundingSource
    own_share_cents: int


def suggestions(
    profile: ClientProfile, *, without: Collection[str], balances: Mapping[int, Balance], moment: datetime, number: int
) -> list[Suggestion]:
    """Open programmes of the sectors ticked at registration, under sources other than `without` (codes). Two queries.

    Left out is what pressing Apply would not lead to an application of: a source with a test before the form, and one
    whose money was refused.
    """
    standing = standing_at(moment)
    closed = {*without, *(balance.source.code for balance in balances.values() if balance.is_refused)}
    wanted = {
        now.source.code
        for now in standing.sources.values()
        if now.is_open and not now.source.needs_test and now.source.code not in closed
    }
    sectors = profile.sectors.order_by().values_list("pk", flat=True) if wanted else ()
    rows = newest_open(frozenset(sectors), wanted, standing=standing, purse=Purse(profile, balances), number=number)
    return [_suggestion(row, wanted) for row in rows]


def _suggestion(row: ProgrammeRow, wanted: Collection[str]) -> Suggestion:
    offer = next(offer for offer in row.offers if offer.now.source.code in wanted)
    return Suggestion(row.programme, offer.now.source, offer.own_share_cents)
