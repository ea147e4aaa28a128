"""What members of a commission do: declare their interests, open an offer, give scores, agree on one."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from calls import policies, selectors
from calls.contents import read_scores, typed_scores
from calls.errors import (
    AlreadyDecided,
    DeclaredAlready,
    EnoughScores,
    NotToBeScored,
    OwnInstitution,
    ScoresGiven,
    ScoresIncomplete,
)
from calls.models import (
    ConditionAnswer,
    Consensus,
    Criterion,
    Declaration,
    Offer,
    OfferedProgramme,
    Points,
    ScoreSheet,
    Seat,
)
from calls.states import Evaluating, OfferState
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, require
from stars.kernel.transactions import repeatable

from . import telling_evaluation as telling

# --- interests ---------------------------------------------------------------


@transaction.atomic
def declare(*, offer_id: int, has_conflict: bool, by: Actor, reason: str = "") -> Declaration:
    """Before an offer is seen: no conflict, or one with its reason. A conflict stays; who has one never sees the offer.

    Raises OwnInstitution for "no conflict" of somebody who works there (X5). Twice changes nothing.
    """
    offer = Offer.objects.select_related("call", "institution").get(pk=offer_id)
    seat = _locked_seat(by, offer.call_id)
    require(policies.may_evaluate(by, Evaluating.DECLARE, seat))
    assert seat is not None
    kept = Declaration.objects.filter(seat=seat, offer=offer).first()
    if kept is not None and kept.has_conflict == has_conflict:
        return kept
    _refuse_declaration(offer, seat, kept, has_conflict=has_conflict, reason=reason, by=by)
    declared = kept or Declaration(seat=seat, offer=offer)
    declared.has_conflict, declared.reason = has_conflict, reason.strip() if has_conflict else ""
    declared.declared_at = timezone.now()
    declared.save()
    audit.record(declared, Evaluating.DECLARE, by=by, to_state="conflict" if has_conflict else "free")
    if has_conflict and selectors.free_seats(offer) < offer.call.scores_needed:
        telling.another_member_needed(offer)
    return declared


def _refuse_declaration(
    offer: Offer, seat: Seat, kept: Declaration | None, *, has_conflict: bool, reason: str, by: Actor
) -> None:
    if offer.state != OfferState.IN_EVALUATION:
        raise NotToBeScored(_("This offer is not being evaluated now."), code="wrong_state")
    if kept is not None and kept.has_conflict:
        raise DeclaredAlready
    if not has_conflict:
        if selectors.works_in(by.user_id or 0, offer.institution_id):
            raise OwnInstitution
        return
    if not reason.strip():
        raise DomainError(_("Write in a sentence what the conflict of interest is."), code="no_reason")
    if ScoreSheet.objects.filter(seat=seat, programme__version__offer=offer, given_at__isnull=False).exists():
        text = _("You have already given scores for this offer. Write to the agency: stars@viaa.gov.lv.")
        raise NotToBeScored(text, code="given")


def _locked_seat(by: Actor, call_id: int) -> Seat | None:
    """A member's own declarations wait for each other; other members do not."""
    rows = selectors.seats_in_force().select_for_update(of=("self",), no_key=True)
    return rows.filter(call_id=call_id, user_id=by.user_id or 0).select_related("user").first()


@transaction.atomic
def note_opening(*, declaration_id: int, what: str, by: Actor) -> None:
    """Before a member is shown an offer or one of its files: an entry of who opened what and when."""
    declaration = Declaration.objects.select_for_update(of=("self",), no_key=True).get(pk=declaration_id)
    require(not declaration.has_conflict)
    audit.record(declaration, "open", by=by, data={"what": what})


# --- scores --------------------------------------------------------------------


def _own_seat(by: Actor, action: Evaluating, programme: OfferedProgramme) -> Seat:
    """The seat of a member who has declared no conflict with this offer."""
    seat = selectors.seat_of(by, programme.call_id)
    require(policies.may_evaluate(by, action, seat))
    assert seat is not None
    free = Declaration.objects.filter(seat=seat, offer_id=programme.version.offer_id, has_conflict=False)
    require(free.exists())
    return seat


def _refuse_decided(programme: OfferedProgramme) -> None:
    if programme.state != OfferState.IN_EVALUATION:
        raise AlreadyDecided(programme.get_state_display())


@repeatable
@transaction.atomic
def save_scores(*, programme_id: int, typed: Mapping[str, str], by: Actor) -> ScoreSheet:
    """Keeps what a member typed, complete or not; nobody else sees it. Raises ScoresGiven once it is given."""
    programme = OfferedProgramme.objects.select_related("version", "call").get(pk=programme_id)
    seat = _own_seat(by, Evaluating.SAVE_SCORES, programme)
    _refuse_decided(programme)
    sheet, is_new = ScoreSheet.objects.select_for_update(of=("self",), no_key=True).get_or_create(
        programme=programme, seat=seat
    )
    if sheet.given_at is not None:
        raise ScoresGiven
    kept = typed_scores(typed)
    if is_new or kept != sheet.typed:
        sheet.typed, sheet.saved_at = kept, timezone.now()
        sheet.save(update_fields=["typed", "saved_at"])
    if is_new:
        audit.record(sheet, Evaluating.SAVE_SCORES, by=by, is_first=True)
    return sheet


@repeatable
@transaction.atomic
def give_scores(*, programme_id: int, by: Actor) -> ScoreSheet:
    """The draft becomes final. As many are taken as the call asks for; with the last one a disagreement is told.

    Raises ScoresIncomplete with every obstacle, EnoughScores for who comes too late. Twice changes nothing.
    """
    programme = _locked_programme(programme_id)
    seat = _own_seat(by, Evaluating.GIVE_SCORES, programme)
    sheet = (
        ScoreSheet.objects.select_for_update(of=("self",), no_key=True).filter(programme=programme, seat=seat).first()
    )
    if sheet is not None and sheet.given_at is not None:
        return sheet
    _refuse_decided(programme)
    given = ScoreSheet.objects.filter(programme=programme, given_at__isnull=False).count()
    if given >= programme.call.scores_needed:
        raise EnoughScores
    _give(programme, sheet or ScoreSheet(programme=programme, seat=seat), by)
    kept = ScoreSheet.objects.get(programme=programme, seat=seat)
    if given + 1 == programme.call.scores_needed:
        _all_are_in(programme)
    return kept


def _locked_programme(programme_id: int) -> OfferedProgramme:
    """Members of one programme wait for each other here."""
    rows = OfferedProgramme.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("version__offer", "call").get(pk=programme_id)


def _give(programme: OfferedProgramme, sheet: ScoreSheet, by: Actor) -> None:
    read = selectors.read_sheet(programme.call, sheet.typed)
    if read.problems:
        raise ScoresIncomplete(read.problems)
    if sheet._state.adding:
        sheet.save()
    ConditionAnswer.objects.bulk_create(
        ConditionAnswer(sheet=sheet, condition_id=pk, answer=answer, note=note)
        for pk, (answer, note) in read.answers.items()
    )
    Points.objects.bulk_create(_points(programme, read.points, sheet=sheet))
    sheet.remark, sheet.typed, sheet.given_at = read.remark, {}, timezone.now()
    sheet.save(update_fields=["remark", "typed", "given_at"])
    audit.record(sheet, Evaluating.GIVE_SCORES, by=by, to_state="given")


def _points(
    programme: OfferedProgramme,
    given: Mapping[int, tuple[int, str]],
    *,
    sheet: ScoreSheet | None = None,
    consensus: Consensus | None = None,
) -> list[Points]:
    criteria = {one.pk: one for one in Criterion.objects.filter(call_id=programme.call_id).order_by("pk")}
    return [
        Points(
            sheet=sheet,
            consensus=consensus,
            criterion_id=pk,
            points=points,
            comment=comment,
            most=criteria[pk].most,
            least=criteria[pk].least,
            weight=criteria[pk].weight,
        )
        for pk, (points, comment) in given.items()
    ]


def _all_are_in(programme: OfferedProgramme) -> None:
    """Under the programme's lock, with the last score: the alarm rings once."""
    result = selectors.result_of(programme)
    if result.is_disputed:
        telling.far_apart(programme, result)


# --- agreement -------------------------------------------------------------------


@repeatable
@transaction.atomic
def agree(*, programme_id: int, typed: Mapping[str, str], note: str, by: Actor) -> Consensus:
    """What the members agreed on, recorded by one who has given their own scores; once, with its note.

    Where they cannot agree, an officer charged with evaluation records it. Raises ScoresIncomplete with every obstacle.
    """
    programme = _locked_programme(programme_id)
    is_officer = policies.may_evaluate(by, Evaluating.AGREE)
    if not is_officer:
        seat = _own_seat(by, Evaluating.AGREE, programme)
        require(ScoreSheet.objects.filter(programme=programme, seat=seat, given_at__isnull=False).exists())
    _refuse_decided(programme)
    _refuse_agreement(programme, is_officer=is_officer)
    criteria = selectors.criteria_of(programme.call)
    uncommented = {f"criterion_{one.pk}_comment": "–" for one in criteria}
    read = read_scores(uncommented | typed_scores(typed), conditions=(), criteria=criteria)
    if not note.strip():
        read.problems["note"] = _("Write why this is the agreed score")
    if read.problems:
        raise ScoresIncomplete(read.problems)
    assert by.user_id is not None
    consensus = Consensus.objects.create(programme=programme, note=note.strip(), recorded_by_id=by.user_id)
    agreed = {pk: (points, "") for pk, (points, _comment) in read.points.items()}
    Points.objects.bulk_create(_points(programme, agreed, consensus=consensus))
    audit.record(consensus, Evaluating.AGREE, by=by, data={"note": consensus.note}, is_first=True)
    return consensus


def _refuse_agreement(programme: OfferedProgramme, *, is_officer: bool) -> None:
    """Once, and after every needed score; an officer steps in only while the members' scores are far apart."""
    result = selectors.result_of(programme)
    if not result.is_complete:
        raise NotToBeScored(_("An agreed score is recorded once every needed score is given."), code="not_complete")
    if Consensus.objects.filter(programme=programme).exists():
        raise NotToBeScored(_("The agreed score is already recorded."), code="agreed")
    if is_officer and not result.is_far_apart:
        raise NotToBeScored(_("The scores are not far apart: the members' average stands."), code="not_far_apart")
