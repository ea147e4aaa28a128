"""Step 3 of an offer: to which call, which programmes, declared and sent; taken back while the call is open."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.gates import for_providers
from calls import policies, selectors, services
from calls.contents import Wanted
from calls.errors import CallClosed, CallNotOpen, Conflict, NoOffer, OfferRefused, Sealed, UnknownProgrammes
from calls.forms import CheckForm, ConfirmForm, OfferForm
from calls.models import Call, Offer
from calls.selectors import Drafted
from calls.states import FAMILY, OfferState, Place
from stars.kernel.actor import ActorRequest
from stars.kernel.errors import DomainError
from stars.kernel.money import euros
from stars.kernel.refusals import refusals
from stars.kernel.templatetags.stars import clock, moment

from .programmes import has_ready
from .steps import (
    OFFER,
    STEP_LABELS,
    Hand,
    added,
    autosave_refused,
    deleted,
    differences,
    hand_of,
    is_autosave,
    new_pen,
    undone,
)


def _own(request: ActorRequest, reference: UUID) -> Offer:
    """An offer of the actor's institution; another's is not there (ACC-02)."""
    rows = Offer.objects.visible_to(request.actor).select_related("call__source", "institution", "writer")
    return get_object_or_404(rows, reference=reference)


@require_safe
@for_providers
def offers(request: ActorRequest) -> HttpResponse:
    """I8: offers of the institution, and calls it may offer to."""
    own = (
        Offer.objects.visible_to(request.actor).select_related("call__source").prefetch_related("versions__programmes")
    )
    rows = [(one, FAMILY[one.state], _standing(one)) for one in own]
    announced = selectors.calls_on(request.arrived_at)
    context = {
        "rows": rows,
        "open_calls": [(one, selectors.window_of(one, request.arrived_at)) for one in announced.open],
        "to_come": announced.to_come,
        "step_labels": STEP_LABELS,
        "undone": _undone(request),
    }
    return render(request, "calls/offers.html", context)


def _undone(request: ActorRequest) -> set[int]:
    assert request.actor.institution_id is not None
    return undone(request.actor.institution_id, has_ready=has_ready(request))


def _standing(offer: Offer) -> dict[str, Any]:
    """The newest version of an offer: when it arrived, how many programmes, how much."""
    newest = next(iter(offer.versions.all()), None)
    if newest is None:
        return {}
    return {"version": newest, "programmes": len(newest.programmes.all()), "cents": newest.requested_cents}


@require_http_methods(["GET", "POST"])
@for_providers
def begin(request: ActorRequest) -> HttpResponse:
    """Begins an offer to an open call; start is resume (X19)."""
    slug = request.POST.get("uzaicinajums", "") if request.method == "POST" else ""
    open_calls = selectors.calls_on(request.arrived_at).open
    chosen = next((one for one in open_calls if one.slug == slug), None)
    if request.method == "POST" and chosen is not None:
        offer = services.begin_offer(call_id=chosen.pk, by=request.actor)
        return redirect("calls:offer", offer.reference)
    context = {
        "open_calls": [(one, selectors.window_of(one, request.arrived_at)) for one in open_calls],
        "step_labels": STEP_LABELS,
        "undone": _undone(request),
    }
    return render(request, "calls/begin_offer.html", context, status=409 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
@for_providers
def offer(request: ActorRequest, reference: UUID) -> HttpResponse:
    """The form while it can be written on; what was sent, afterwards."""
    found = _own(request, reference)
    if request.method == "POST":
        return _save(request, found)
    if not policies.is_editable(found):
        return _sent_page(request, found)
    return _page(request, found)


def _sent_page(request: ActorRequest, found: Offer, *, why: str = "", status: int = 200) -> HttpResponse:
    versions = list(found.versions.prefetch_related("programmes__kind").order_by("-number"))
    standing = next((one for one in versions if one.withdrawn_at is None), None)
    context = {
        "offer": found,
        "why": why,
        "family": FAMILY[found.state],
        "version": standing,
        "programmes": [(one, FAMILY[one.state]) for one in standing.programmes.all()] if standing else [],
        "versions": versions,
        "window": selectors.window_of(found.call, request.arrived_at),
        "may_withdraw": found.state == OfferState.SUBMITTED and found.call.is_open(request.arrived_at),
        "step_labels": STEP_LABELS,
    }
    return render(request, "calls/offer_sent.html", context, status=status)


def _form(
    found: Offer,
    wanted: list[Wanted],
    data: Any = None,
    files: Any = None,
    *,
    mine: Any = None,
    hand: Hand | None = None,
) -> OfferForm:
    source = found.call.source
    drafts = selectors.drafts_of(found.institution_id)
    return OfferForm(
        data,
        files,
        sources=[(source.code, f"{source.label} – {source.name}")],
        programmes=[(str(one.reference), str(one)) for one in drafts],
        wanted=wanted,
        known=found.content if mine is None else mine,
        revision=hand.revision if hand else found.revision,
        pen=hand.pen if hand else new_pen(),
    )


def _wanted(call: Call) -> list[Wanted]:
    rows = call.attachments.filter(place=Place.OFFER).order_by("position", "pk")
    return [Wanted(one.code, one.name, one.is_required) for one in rows]


def _save(request: ActorRequest, found: Offer) -> HttpResponse:
    hand, wanted = hand_of(request), _wanted(found.call)
    sent = _form(found, wanted, request.POST, request.FILES)
    try:
        found = services.save_offer(
            offer_id=found.pk, answers=sent.answers(), revision=hand.revision, pen=hand.pen, by=request.actor
        )
    except NoOffer as refusal:
        if is_autosave(request):
            return autosave_refused(refusal.message)
        raise Http404 from refusal
    except Sealed as refusal:
        if is_autosave(request):
            return autosave_refused(refusal.message)
        return _sent_page(request, _own(request, found.reference), why=refusal.message, status=409)
    except Conflict as conflict:
        if is_autosave(request):
            return autosave_refused(conflict.message)
        wrong = _keep_papers(request, found, sent)
        return _page(request, found, conflict=conflict, mine=sent.answers(), wrong=wrong, status=409)
    except UnknownProgrammes as refusal:
        if is_autosave(request):
            return autosave_refused(refusal.message)
        wrong = {"programmes": refusal.message} | _keep_papers(request, found, sent)
        return _page(request, found, mine=sent.answers(), wrong=wrong, status=422)
    if is_autosave(request):
        return JsonResponse({"saved_at": clock(found.saved_at)})
    wrong = _keep_papers(request, found, sent)
    if wrong:
        return _page(request, _own(request, found.reference), wrong=wrong, status=422)
    if request.POST.get("talak") == "melnraksts":
        messages.success(request, _("The draft is saved. It is not submitted."))
        return redirect("calls:offer", found.reference)
    return redirect("calls:check", found.reference)


def _keep_papers(request: ActorRequest, found: Offer, sent: OfferForm) -> dict[str, str]:
    """Files go in at once; those that cannot be taken come back with the reason."""
    if not request.FILES:
        return {}
    sent.full_clean()
    wrong = {name: str(said[0]) for name, said in sent.errors.items() if name.startswith("paper_")}
    for code, upload in sent.uploads():
        try:
            services.add_paper(offer_id=found.pk, code=code, upload=upload, by=request.actor)
        except DomainError as refusal:
            wrong[f"paper_{code}"] = refusal.message
    return wrong


def _page(
    request: ActorRequest,
    found: Offer,
    *,
    conflict: Conflict | None = None,
    mine: dict[str, Any] | None = None,
    wrong: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    call = found.call
    drafted = selectors.drafted(found, call)
    hand = Hand(conflict.revision if conflict else found.revision, new_pen())
    form = _form(found, _wanted(call), mine=mine, hand=hand)
    if wrong:
        form = _form(
            found, _wanted(call), _as_data(found.content if mine is None else mine, hand), mine=mine, hand=hand
        )
        form.full_clean()
        form.errors.clear()
        for name, said in wrong.items():
            form.add_error(name, said)
    labels = {"source": str(form.fields["source"].label), "programmes": str(form.fields["programmes"].label)}
    context = {
        "offer": found,
        "family": FAMILY[found.state],
        "form": form,
        "call": call,
        "window": selectors.window_of(call, request.arrived_at),
        "drafted": drafted,
        "hints": _hints(found, drafted),
        "added": added(drafted.papers),
        "conflict": conflict,
        "differences": differences(conflict.kept, mine or {}, labels) if conflict else [],
        "step_labels": STEP_LABELS,
        "undone": undone(found.institution_id, has_ready=any(one.is_ready for one in drafted.everything)),
    }
    return render(request, "calls/offer.html", context, status=status)


def _as_data(known: Mapping[str, Any], hand: Hand) -> Any:
    return {
        "source": known.get("source", ""),
        "programmes": known.get("programmes", []),
        "declares": "1" if known.get("declares") else "",
        "revision": str(hand.revision),
        "pen": hand.pen,
    }


def _hints(found: Offer, drafted: Drafted) -> dict[str, str]:
    """Beside each programme: kind, hours, sum, what it lacks yet, and when it was saved, which tells one name from the same."""
    said = {}
    elsewhere = selectors.offered_in(found.call_id, found.institution_id)
    for one in drafted.everything:
        kind = drafted.kinds.get(str(one.read.values.get("kind", "")), "")
        parts = [kind] if kind else []
        if one.cost:
            parts.append(ngettext("%(hours)s hour", "%(hours)s hours", one.cost.hours) % {"hours": one.cost.hours})
            parts.append(_("requested sum %(sum)s") % {"sum": euros(one.cost.requested_cents)})
        if one.problems:
            parts.append(_("to be completed: %(count)s") % {"count": len(one.problems)})
        if one.draft.pk in elsewhere:
            parts.append(_("already in the offer %(number)s") % {"number": elsewhere[one.draft.pk]})
        parts.append(_("saved %(moment)s") % {"moment": moment(one.draft.saved_at)})
        said[str(one.draft.reference)] = ", ".join(parts)
    return said


@require_http_methods(["GET", "POST"])
@for_providers
def check(request: ActorRequest, reference: UUID) -> HttpResponse:
    """Everything once more before it is sealed; only this button sends (X23)."""
    found = _own(request, reference)
    if request.method == "POST":
        return _send(request, found)
    if not policies.is_editable(found):
        return redirect("calls:offer", found.reference)
    return _check_page(request, found)


def _check_page(
    request: ActorRequest, found: Offer, *, refusal: OfferRefused | None = None, status: int = 200
) -> HttpResponse:
    drafted: Drafted = selectors.drafted(found, found.call)
    by_programme: dict[str, list[str]] = {}
    for where, said in drafted.problems:
        by_programme.setdefault(where, []).append(said)
    window = selectors.window_of(found.call, request.arrived_at)
    context = {
        "offer": found,
        "call": found.call,
        "form": CheckForm(initial={"fingerprint": drafted.fingerprint}),
        "drafted": drafted,
        "problems": [(said, _mend(found, where)) for where, said in drafted.problems],
        "window": window,
        "why": refusal.message if refusal else "",
        "may_send": not drafted.problems and window.is_open,
        "step_labels": [*STEP_LABELS, _("Check")],
        "undone": _undone_before_check(found, drafted),
    }
    return render(request, "calls/check.html", context, status=status)


def _undone_before_check(found: Offer, drafted: Drafted) -> set[int]:
    is_ready = bool(drafted.candidates) and all(one.is_ready for one in drafted.candidates)
    lacks = any(where == "offer" for where, _said in drafted.problems)
    return undone(found.institution_id, has_ready=is_ready) | ({OFFER} if lacks else set())


def _mend(found: Offer, where: str) -> str:
    return (
        reverse("calls:offer", args=(found.reference,))
        if where == "offer"
        else reverse("calls:programme", args=(where,))
    )


def _send(request: ActorRequest, found: Offer) -> HttpResponse:
    posted = CheckForm(request.POST)
    fingerprint = posted.cleaned_data["fingerprint"] if posted.is_valid() else ""
    try:
        services.submit_offer(
            offer_id=found.pk, fingerprint=fingerprint, arrived_at=request.arrived_at, by=request.actor
        )
    except Sealed as refusal:
        return _sent_page(request, _own(request, found.reference), why=refusal.message, status=409)
    except NoOffer as refusal:
        raise Http404 from refusal
    except CallClosed as refusal:
        services.note_late(offer_id=found.pk, arrived_at=request.arrived_at, by=request.actor)
        return _check_page(request, found, refusal=refusal, status=409)
    except OfferRefused as refusal:
        return _check_page(request, found, refusal=refusal, status=409 if isinstance(refusal, CallNotOpen) else 422)
    return redirect("calls:receipt", found.reference)


@require_http_methods(["GET", "POST"])
@for_providers
def withdraw(request: ActorRequest, reference: UUID) -> HttpResponse:
    found = _own(request, reference)
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            services.withdraw_offer(offer_id=found.pk, arrived_at=request.arrived_at, by=request.actor)
            messages.success(request, _("The offer is withdrawn. You can change it and submit it again."))
            return redirect("calls:offer", found.reference)
    context = {
        "form": form,
        "offer": found,
        "may_withdraw": found.state == OfferState.SUBMITTED and found.call.is_open(request.arrived_at),
    }
    return render(request, "calls/withdraw.html", context, status=409 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@for_providers
def discard(request: ActorRequest, reference: UUID) -> HttpResponse:
    found = _own(request, reference)
    return deleted(
        request,
        lambda: services.discard_offer(offer_id=found.pk, by=request.actor),
        page="calls/discard_offer.html",
        context={"offer": found},
        done=_("The draft is deleted."),
        back="calls:offers",
    )
