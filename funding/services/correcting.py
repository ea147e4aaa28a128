"""The ledger put right by hand: one officer proposes with a reason, another posts; the client reads both (ADM-03)."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import selectors as people
from funding import policies
from funding.models import Correction, Grant, LearningAccount
from funding.selectors import available_cents, held_cents
from funding.services.ledger import post_correction as post
from funding.states import CORRECTING, CorrectionAction, CorrectionState
from stars.kernel import audit
from stars.kernel.actor import Actor
from stars.kernel.errors import DomainError, require
from stars.kernel.money import euros
from stars.notices.services import notify

PATH = "/profils/finansejums"


@transaction.atomic
def propose_correction(*, grant_id: int, amount_cents: int, reason: str, by: Actor) -> Correction:
    """Nothing moves yet. `amount_cents` is added to what is available, negative takes away.

    Raises DomainError for nought, for less than nothing left, for more than the grant once gave or after its last day,
    and while another correction of the grant waits.
    """
    grant = _held(grant_id)
    require(policies.may_propose_correction(by, grant.account))
    assert by.user_id is not None
    _refuse_impossible(grant, amount_cents)
    if grant.corrections.filter(state=CorrectionState.PROPOSED).exists():
        raise DomainError(_("Another correction of this grant waits. Decide about it first."), code="one_waits")
    correction = Correction.objects.create(
        grant=grant, amount_cents=amount_cents, reason=reason, proposed_by_id=by.user_id
    )
    data = {"grant": grant.pk, "cents": amount_cents, "reason": reason}
    audit.record(correction, "propose", by=by, to_state=correction.state, data=data, is_first=True)
    return correction


@transaction.atomic
def post_correction(*, correction_id: int, by: Actor) -> Correction:
    """The second officer agrees: the money moves, the client is told why."""
    correction = _locked(correction_id, CorrectionAction.POST, by)
    _refuse_impossible(correction.grant, correction.amount_cents)
    _move(correction, CorrectionAction.POST, by=by, moved=True)
    user = people.user_of(correction.grant.account.person_id)
    if user is not None and user.is_active:
        notify(
            recipient=user,
            key=f"correction:{correction.pk}",
            title=_("Your available funding has been corrected"),
            body="\n".join(
                [
                    _("Correction: %(sum)s. Available now: %(left)s.")
                    % {"sum": euros(correction.amount_cents), "left": euros(available_cents(correction.grant))},
                    _("Reason: %(reason)s") % {"reason": correction.reason},
                    _("If you do not agree, write to stars@viaa.gov.lv or call +371 67359075."),
                ]
            ),
            path=PATH,
        )
    return correction


@transaction.atomic
def decline_correction(*, correction_id: int, explanation: str, by: Actor) -> Correction:
    """Nothing moves; the proposal stays with the reason against it."""
    correction = _locked(correction_id, CorrectionAction.DECLINE, by)
    correction.explanation = explanation
    _move(correction, CorrectionAction.DECLINE, by=by)
    return correction


def _held(grant_id: int) -> Grant:
    """The account's lock first, as everywhere money moves (K4)."""
    grant = Grant.objects.select_related("account__person").get(pk=grant_id)
    LearningAccount.objects.select_for_update(of=("self",), no_key=True).get(pk=grant.account_id)
    return grant


def _locked(correction_id: int, action: CorrectionAction, by: Actor) -> Correction:
    grant = _held(Correction.objects.values_list("grant_id", flat=True).get(pk=correction_id))
    correction = Correction.objects.select_for_update(of=("self",), no_key=True).get(pk=correction_id)
    correction.grant = grant
    require(policies.may_correct(by, action, correction))
    return correction


def _refuse_impossible(grant: Grant, cents: int) -> None:
    left, held = available_cents(grant), held_cents(grant)
    if not cents:
        raise DomainError(_("A correction of nothing changes nothing. Enter a sum."), code="nothing")
    if cents > 0 and grant.valid_to < timezone.localdate():
        raise DomainError(_("The last day of this grant is over: whatever is added would lapse."), code="lapsed")
    if left + cents < 0:
        raise DomainError(
            _("Only %(left)s are available; more cannot be taken away.") % {"left": euros(left)}, code="too_little"
        )
    if held + cents > grant.amount_cents:
        raise DomainError(
            _("The grant gave %(sum)s; after the correction it would hold more. At most %(most)s can be added.")
            % {"sum": euros(grant.amount_cents), "most": euros(grant.amount_cents - held)},
            code="too_much",
        )


def _move(correction: Correction, action: CorrectionAction, *, by: Actor, moved: bool = False) -> None:
    before = correction.state
    correction.state = CORRECTING.after(
        action, before, refusal=_("Somebody has decided about this correction already.")
    )
    correction.decided_at, correction.decided_by_id = timezone.now(), by.user_id
    if moved:
        correction.transaction = post(grant=correction.grant, cents=correction.amount_cents)
    correction.save(update_fields=["state", "decided_at", "decided_by", "explanation", "transaction"])
    data = {"cents": correction.amount_cents} | ({"reason": correction.explanation} if correction.explanation else {})
    audit.record(correction, action.value, by=by, from_state=before, to_state=correction.state, data=data)
