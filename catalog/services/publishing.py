"""The only writers of the catalogue: places, rounds, what is published. What pages show raises the version."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import ChangedMeanwhile
from catalog import policies
from catalog.errors import GroupMoved, NoPlaceLeft, PeopleChoseThis
from catalog.models import (
    ApplicationRound,
    CatalogueVersion,
    CourseGroup,
    Programme,
    ScheduleKind,
    SearchWord,
    Venue,
)
from catalog.search import NAME_ENDS, indexed
from catalog.signals import group_cancelled, group_rescheduled
from catalog.states import GROUP, PROGRAMME, FieldAction, GroupAction, GroupState, ProgrammeAction, RoundAction
from funding.models import FundingSource
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.compiled import Statement, columns
from stars.kernel.errors import DomainError, require

# --- places ------------------------------------------------------------------

# The inner select waits for a group somebody else is taking a place in, looks again, and goes on to the next one.
_TAKE = Statement(
    "take_place",
    f"""
UPDATE "catalog_coursegroup" SET "taken" = "taken" + 1
WHERE "taken" < "capacity" AND "id" = (
    SELECT "id" FROM "catalog_coursegroup"
    WHERE "programme_id" = %(programme)s AND "venue_id" = %(venue)s AND "state" = 'forming'
      AND "starts_on" > %(today)s AND "taken" < "capacity"
      AND (%(group)s::bigint IS NULL OR "id" = %(group)s::bigint)
    ORDER BY "starts_on", "id" LIMIT 1
    FOR NO KEY UPDATE
)
RETURNING {columns(CourseGroup)}
""",  # noqa: S608 - names of columns
)


def take_place_at(*, programme_id: int, venue_id: int, group_id: int | None = None, moment: datetime) -> CourseGroup:
    """Hold one place in the first forming group of the venue that has one; raises NoPlaceLeft.

    One conditional statement: two people who ask for the last place at once end as one group and one refusal.
    """
    asked = {
        "programme": programme_id,
        "venue": venue_id,
        "group": group_id,
        "today": timezone.localdate(moment),
    }
    with transaction.atomic(savepoint=False):  # one statement, and people wait for its lock: no savepoint around it
        group = _TAKE.row(CourseGroup, asked)
    if group is None:
        raise NoPlaceLeft
    return group


@transaction.atomic
def free_place(*, group_id: int) -> None:
    """Give one place back; the database refuses to count below nought."""
    if not CourseGroup.objects.filter(pk=group_id).update(taken=F("taken") - 1):
        raise CourseGroup.DoesNotExist


# --- course groups -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GroupPlan:
    """What an institution says of a group: where, when (both days inside), and how many people at least and at most."""

    venue_id: int
    starts_on: date
    ends_on: date
    schedule_kind: str
    schedule: str
    capacity: int
    minimum: int


@transaction.atomic
def create_group(*, programme_id: int, plan: GroupPlan, by: Actor) -> CourseGroup:
    """Open a new group for people to apply to; it has no places taken."""
    programme = _locked_programme(programme_id)  # two groups made at once get two codes
    require(policies.may_group(by, GroupAction.CREATE_GROUP, programme))
    _check_plan(programme, plan)

    code = f"{programme.number}-{CourseGroup.objects.filter(programme=programme).count() + 1}"
    group = CourseGroup.objects.create(programme=programme, code=f"grupa-{code}", **_fields(plan))
    audit.record(group, GroupAction.CREATE_GROUP, by=by, to_state=group.state)
    raise_catalogue_version()
    return group


@transaction.atomic
def change_group(*, group_id: int, plan: GroupPlan, by: Actor, version: int | None = None) -> CourseGroup:
    """Change a forming group. Once somebody holds a place, its venue and days stand: raises PeopleChoseThis.

    `version` is what the form was opened on: raises ChangedMeanwhile where the group has changed since (K6).
    """
    group = _locked_group(group_id, GroupAction.CHANGE_GROUP, by=by)
    if version is not None and version != group.version:
        raise ChangedMeanwhile
    if group.taken and (group.venue_id, group.starts_on, group.ends_on) != (
        plan.venue_id,
        plan.starts_on,
        plan.ends_on,
    ):
        raise PeopleChoseThis
    if plan.capacity < group.taken:
        raise DomainError(_("More places are taken already than that."), code="capacity_below_taken")
    _check_plan(group.programme, plan)

    changed = [name for name, value in _fields(plan).items() if getattr(group, name) != value]
    for name, value in _fields(plan).items():
        setattr(group, name, value)
    group.version += 1
    group.save(update_fields=[*_fields(plan), "version"])
    audit.record(group, GroupAction.CHANGE_GROUP, by=by, data={"changed": changed})
    _say_when_and_where(group, changed, by=by)
    raise_catalogue_version()
    return group


def _say_when_and_where(group: CourseGroup, changed: Iterable[str], *, by: Actor) -> None:
    """People chose the group for its time and place: whoever holds one hears of another, after this change (K3)."""
    if group.taken and not {"venue", "venue_id", "starts_on", "ends_on", "schedule_kind", "schedule"}.isdisjoint(
        changed
    ):
        CourseGroup.objects.filter(pk=group.pk).update(rescheduled_at=timezone.now())
        group_rescheduled.send(CourseGroup, group_id=group.pk, by=by)


@transaction.atomic
def note_told(*, group_id: int, moment: datetime, by: Actor) -> bool:
    """Everybody has heard of the change made at this moment. False where there was another one meanwhile."""
    require(by.is_system)
    return bool(CourseGroup.objects.filter(pk=group_id, rescheduled_at=moment).update(rescheduled_at=None))


@transaction.atomic
def start_group(*, group_id: int, by: Actor) -> CourseGroup:
    """Learning begins; nobody can apply any more. Not before its first day and not without anybody to learn."""
    group = _locked_group(group_id, GroupAction.START_GROUP, by=by)
    if timezone.localdate() < group.starts_on:
        raise DomainError(_("Learning begins on the first day of the group, not before."), code="too_early")
    if not group.taken:
        raise DomainError(_("Nobody has a place in this group. Cancel it instead."), code="nobody_to_learn")
    return _move_group(group, GroupAction.START_GROUP, by=by)


@transaction.atomic
def finish_group(*, group_id: int, by: Actor) -> CourseGroup:
    """Learning is over, on the last day at the earliest."""
    group = _locked_group(group_id, GroupAction.FINISH_GROUP, by=by)
    if timezone.localdate() < group.ends_on:
        raise DomainError(_("Learning lasts until the last day of the group."), code="too_early")
    return _move_group(group, GroupAction.FINISH_GROUP, by=by)


@transaction.atomic
def cancel_group(*, group_id: int, reason: str, by: Actor) -> CourseGroup:
    """Nobody will learn in this group. Its applications are closed afterwards, each by itself; `reason` is for the people."""
    group = _locked_group(group_id, GroupAction.CANCEL_GROUP, by=by)
    if not reason.strip():
        raise DomainError(_("Write to the people why the group is cancelled."), code="no_reason")
    _move_group(group, GroupAction.CANCEL_GROUP, by=by, reason=reason.strip())
    group_cancelled.send(CourseGroup, group_id=group.pk, reason=reason.strip(), by=by)
    return group


def _locked_group(group_id: int, action: GroupAction, *, by: Actor) -> CourseGroup:
    rows = CourseGroup.objects.select_for_update(of=("self",), no_key=True).select_related("programme", "venue")
    group = rows.get(pk=group_id)
    require(policies.may_group(by, action, group.programme))
    if not GROUP.allows(action, group.state):
        raise GroupMoved(GroupState(group.state).label)
    return group


def _move_group(group: CourseGroup, action: GroupAction, *, by: Actor, reason: str = "") -> CourseGroup:
    before = group.state
    group.state = GROUP.after(action, before, refusal="")
    group.save(update_fields=["state"])
    audit.record(
        group, action, by=by, from_state=before, to_state=group.state, data={"reason": reason} if reason else None
    )
    raise_catalogue_version()
    return group


def _fields(plan: GroupPlan) -> dict[str, object]:
    return {name: getattr(plan, name) for name in GroupPlan.__dataclass_fields__}


def _check_plan(programme: Programme, plan: GroupPlan) -> None:
    """What the database says too, in sentences; and what only the programme knows."""
    if not programme.venues.filter(pk=plan.venue_id).exists():
        raise DomainError(_("Choose a venue of this programme."), code="foreign_venue")
    if plan.starts_on <= timezone.localdate():
        raise DomainError(_("The first day must be in the future, so that people can apply."), code="starts_too_early")
    if plan.ends_on < plan.starts_on:
        raise DomainError(_("The last day cannot be before the first one."), code="ends_before_start")
    if plan.capacity > programme.max_group_size:
        says = _("The programme is approved for groups of %(number)s people at most.")
        raise DomainError(says % {"number": programme.max_group_size}, code="too_large")
    if not 0 < plan.minimum <= plan.capacity:
        raise DomainError(
            _("The smallest number of participants is at least 1 and at most the number of places."),
            code="minimum_does_not_fit",
        )


# --- rounds ------------------------------------------------------------------
# Whatever writes a round raises the version, by a trigger: migration 0003.


def _overlaps(source: FundingSource, opens_at: datetime, closes_at: datetime, *, besides: int | None = None) -> bool:
    rounds = ApplicationRound.objects.filter(source=source, opens_at__lt=closes_at, closes_at__gt=opens_at)
    return rounds.exclude(pk=besides or 0).exists()


def _check_window(
    source: FundingSource, opens_at: datetime, closes_at: datetime, *, besides: int | None = None
) -> None:
    if closes_at <= opens_at:
        raise DomainError(_("The round must close after it opens."), code="closes_before_opening")
    if _overlaps(source, opens_at, closes_at, besides=besides):
        raise DomainError(_("Another round of this source is open in these days."), code="rounds_overlap")


def _window(application_round: ApplicationRound) -> dict[str, str]:
    return {
        "name": application_round.name,
        "opens_at": application_round.opens_at.isoformat(),
        "closes_at": application_round.closes_at.isoformat(),
    }


@transaction.atomic
def open_round(*, source_id: int, name: str, opens_at: datetime, closes_at: datetime, by: Actor) -> ApplicationRound:
    """Announce the window [opens_at, closes_at) in which people apply under one source; rounds never overlap."""
    source = FundingSource.objects.select_for_update(of=("self",), no_key=True).get(pk=source_id)
    require(policies.may(by, RoundAction.OPEN_ROUND))
    _check_window(source, opens_at, closes_at)

    made = ApplicationRound.objects.create(source=source, name=name, opens_at=opens_at, closes_at=closes_at)
    audit.record(made, RoundAction.OPEN_ROUND, by=by, data=_window(made))
    return made


def _locked_round(round_id: int) -> ApplicationRound:
    """The round under its source's lock: two changes of one source's rounds never overlap unseen."""
    source_id = ApplicationRound.objects.values_list("source_id", flat=True).get(pk=round_id)
    FundingSource.objects.select_for_update(of=("self",), no_key=True).get(pk=source_id)
    return ApplicationRound.objects.select_related("source").get(pk=round_id)


@transaction.atomic
def edit_round(*, round_id: int, name: str, opens_at: datetime, closes_at: datetime, by: Actor) -> ApplicationRound:
    """Change the name or the window; the audit keeps what stood there before."""
    application_round = _locked_round(round_id)
    require(policies.may(by, RoundAction.EDIT_ROUND))
    _check_window(application_round.source, opens_at, closes_at, besides=round_id)

    before = _window(application_round)
    application_round.name, application_round.opens_at, application_round.closes_at = name, opens_at, closes_at
    application_round.save()
    audit.record(
        application_round, RoundAction.EDIT_ROUND, by=by, data={"before": before, "after": _window(application_round)}
    )
    return application_round


@transaction.atomic
def close_round(*, round_id: int, moment: datetime, by: Actor) -> ApplicationRound:
    """End an open round now; what arrived before this moment still counts (T2)."""
    application_round = _locked_round(round_id)
    require(policies.may(by, RoundAction.CLOSE_ROUND))
    if not application_round.is_open(moment) or moment == application_round.opens_at:
        raise DomainError(_("Only an open round can be closed."), code="round_not_open")

    before = _window(application_round)
    application_round.closes_at = moment
    application_round.save(update_fields=["closes_at"])
    audit.record(
        application_round, RoundAction.CLOSE_ROUND, by=by, data={"before": before, "after": _window(application_round)}
    )
    return application_round


# --- programmes --------------------------------------------------------------


def _locked_programme(programme_id: int) -> Programme:
    return Programme.objects.select_for_update(of=("self",), no_key=True).get(pk=programme_id)


def _move(programme: Programme, action: ProgrammeAction, *, by: Actor) -> None:
    before = programme.state
    programme.state = PROGRAMME.after(
        action, before, refusal=_("The programme is no longer in a state that allows this.")
    )
    audit.record(programme, action, by=by, from_state=before, to_state=programme.state)


@transaction.atomic
def publish_programme(*, programme_id: int, by: Actor) -> Programme:
    """Put a programme into the catalogue; it needs a price under a source and a venue first."""
    programme = _locked_programme(programme_id)
    require(policies.may(by, ProgrammeAction.PUBLISH))
    if not programme.offers.exists() or not programme.venues.exists():
        raise DomainError(_("Add a price under a funding source and a venue first."), code="not_complete")

    _move(programme, ProgrammeAction.PUBLISH, by=by)
    programme.published_at = timezone.now()
    programme.save(update_fields=["state", "published_at"])
    refresh(programme_id=programme_id)
    return programme


@transaction.atomic
def archive_programme(*, programme_id: int, by: Actor) -> Programme:
    """Take a programme out of the catalogue; its page says so and shows similar ones."""
    programme = _locked_programme(programme_id)
    require(policies.may(by, ProgrammeAction.ARCHIVE))

    _move(programme, ProgrammeAction.ARCHIVE, by=by)
    programme.save(update_fields=["state"])
    raise_catalogue_version()
    return programme


@transaction.atomic
def save_programme(*, programme: Programme, changed: Iterable[str], by: Actor) -> Programme:
    """Write the fields a form has checked; the state is not among them. Raises ChangedMeanwhile for an older version (K6)."""
    require(policies.may(by, FieldAction.SAVE))
    _write(programme, besides={"state", "published_at", "search_text", "rating_mean", "rating_count"})
    audit.record(programme, FieldAction.SAVE, by=by, data={"changed": sorted(changed)})
    refresh(programme_id=programme.pk)
    return programme


@transaction.atomic
def save_group(*, group: CourseGroup, changed: Iterable[str], by: Actor) -> CourseGroup:
    """Write dates, places and schedule; a place taken meanwhile stays taken, fewer places than taken are refused."""
    require(policies.may(by, FieldAction.SAVE))
    changed = sorted(changed)
    if group.pk:
        group.taken = CourseGroup.objects.select_for_update(of=("self",), no_key=True).get(pk=group.pk).taken
        if group.capacity < group.taken:
            raise DomainError(_("More places are taken already than that."), code="capacity_below_taken")
    _write(group, besides={"taken", "state", "rescheduled_at"})
    audit.record(group, FieldAction.SAVE, by=by, data={"changed": changed})
    _say_when_and_where(group, changed, by=by)
    raise_catalogue_version()
    return group


@transaction.atomic
def save_venue(*, venue: Venue, changed: Iterable[str], by: Actor) -> Venue:
    """Write a venue; its programmes are found by the new address at once."""
    require(policies.may_keep_venue(by, venue))
    _write(venue, besides=set())
    audit.record(venue, FieldAction.SAVE, by=by, data={"changed": sorted(changed)})
    for programme in Programme.objects.filter(venues=venue).order_by("pk"):
        reindex(programme_id=programme.pk)
    raise_catalogue_version()
    return venue


@transaction.atomic
def drop_venue(*, venue_id: int, by: Actor) -> None:
    """Takes an address off; the database refuses while a programme or a group needs it. Twice changes nothing."""
    venue = Venue.objects.select_for_update(of=("self",)).filter(pk=venue_id).first()
    if venue is None:
        return
    require(policies.may_keep_venue(by, venue))
    venue.delete()
    raise_catalogue_version()


def _write(row: Programme | CourseGroup | Venue, *, besides: set[str]) -> None:
    """Save a row a form has filled; fields that services own, and what somebody saved meanwhile, are not written over."""
    if row._state.adding:
        row.save()
    else:
        kept: Any = type(row)._base_manager.select_for_update(of=("self",), no_key=True).get(pk=row.pk)
        if kept.version != row.version:
            raise ChangedMeanwhile
        row.version += 1
        fields = [
            field.name for field in row._meta.concrete_fields if not field.primary_key and field.name not in besides
        ]
        row.save(update_fields=fields)


@transaction.atomic
def refresh(*, programme_id: int) -> None:
    """After prices, venues, groups or the programme itself were written: search text and version."""
    reindex(programme_id=programme_id)
    raise_catalogue_version()


def _words(programme: Programme) -> Iterable[str]:
    """The name first, then what says most of the programme."""
    yield programme.name
    yield from programme.main_topics
    yield programme.qualification.label if programme.qualification else ""
    yield programme.kind.label
    yield programme.description
    for taught in programme.competences.all():
        yield taught.competence.label
    yield programme.sector.name
    yield programme.institution.name
    for venue in programme.venues.all():
        yield f"{venue.label} {venue.municipality or ''}"
    for kind in programme.schedule_kinds:
        yield str(ScheduleKind(kind).label)


@transaction.atomic
def reindex(*, programme_id: int) -> None:
    """Write down again what the search looks at. Doing it twice changes nothing."""
    programme = (
        Programme.objects.select_related("institution", "kind", "sector", "qualification")
        .prefetch_related("venues__municipality", "competences__competence")
        .get(pk=programme_id)
    )
    text = indexed(*_words(programme))
    Programme.objects.filter(pk=programme_id).update(search_text=text)
    words = sorted(set(text.split()) - {NAME_ENDS})  # in one order: two programmes written at once never wait in a ring
    longest = SearchWord._meta.get_field("word").max_length or 0
    SearchWord.objects.bulk_create(
        (SearchWord(word=word) for word in words if len(word) <= longest), ignore_conflicts=True
    )


@transaction.atomic
def raise_catalogue_version() -> None:
    """Make every kept facet count old. The last statement of a change, so that the row is locked briefly."""
    if not CatalogueVersion.objects.filter(pk=1).update(version=F("version") + 1):
        CatalogueVersion.objects.create(pk=1)
