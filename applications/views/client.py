"""What a client does with an application that is sent: receipt, its page, withdrawal, history."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.gates import for_applicants
from applications import policies, selectors, services
from applications.errors import AlreadyDecided, TooLateToWithdraw
from applications.forms import ConfirmForm, WithdrawForm
from applications.models import Application, Draft
from applications.selectors import ApplicationCard
from applications.states import Action, State
from documents.selectors import receipts_about
from stars.kernel.actor import ActorRequest
from stars.kernel.errors import DomainError, require
from stars.notices.selectors import notices_about


def _own(request: ActorRequest, reference: UUID) -> Application:
    """The person's own application; somebody else's is not there (ACC-02)."""
    rows = Application.objects.visible_to(request.actor).select_related(
        "programme", "client", "round", "source", "group", "eligibility", "rejection_reason"
    )
    return get_object_or_404(rows, reference=reference)


def _card(application: Application) -> ApplicationCard:
    return selectors.application_cards(Application.objects.filter(pk=application.pk), timezone.now())[0]


@require_safe
@for_applicants
def receipt(request: ActorRequest, reference: UUID) -> HttpResponse:
    """The answer to every press of Pieteikties, the first and the repeated (K7)."""
    application = _own(request, reference)
    context = {
        "application": _card(application),
        "answer_by": selectors.answer_by(application),
        "papers": selectors.papers_of(receipts_about(reference)),
    }
    return render(request, "applications/receipt.html", context)


@require_safe
@for_applicants
def detail(request: ActorRequest, reference: UUID) -> HttpResponse:
    application = _own(request, reference)
    card, now = _card(application), timezone.now()
    context = {
        "application": card,
        "course": selectors.course_of(application),
        "next_steps": selectors.next_of(application, now),
        "papers": selectors.papers_of(receipts_about(reference)),
        "letters": notices_about(request.actor, card.url),
        "answers": selectors.answers_of(application),
        "too_late": TooLateToWithdraw(card.withdraw_until).message if card.is_live and not card.may_withdraw else "",
    }
    return render(request, "applications/detail.html", context)


@require_http_methods(["GET", "POST"])
@for_applicants
def withdraw(request: ActorRequest, reference: UUID) -> HttpResponse:
    """The consequences first, then yes or no (X40). The same page opens as a dialog."""
    application = _own(request, reference)
    require(policies.may(request.actor, Action.WITHDRAW, application))
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.withdraw(
                application_id=application.pk,
                by=request.actor,
                moment=request.arrived_at,
                reason=form.cleaned_data["reason"],
            )
        except AlreadyDecided as refusal:
            application.refresh_from_db(fields=["state"])
            if application.state != State.WITHDRAWN:
                return _cannot_withdraw(request, application, refusal)
            return redirect("applications:detail", reference)  # the same press twice, or a proxy's second try (F16)
        except DomainError as refusal:
            return _cannot_withdraw(request, application, refusal)
        messages.success(request, _("You have withdrawn. The place and the money are free again."))
        return redirect("pages:client_home")
    card = _card(application)
    if not card.is_live:
        messages.info(request, _("This application is no longer current."))
        return redirect("applications:detail", reference)
    if not card.may_withdraw:
        return _cannot_withdraw(request, application, TooLateToWithdraw(card.withdraw_until))
    return render(
        request, "applications/withdraw.html", {"application": card, "form": form}, status=422 if form.errors else 200
    )


def _cannot_withdraw(request: ActorRequest, application: Application, refusal: DomainError) -> HttpResponse:
    context = {"application": _card(application), "why": refusal.message}
    return render(request, "applications/cannot_withdraw.html", context, status=409)


@require_safe
@for_applicants
def history(request: ActorRequest) -> HttpResponse:
    """ "Mācību un pieteikumu vēsture": every application and how it ended."""
    assert request.actor.person_id is not None
    return render(request, "applications/history.html", {"applications": selectors.history_of(request.actor.person_id)})


@require_http_methods(["GET", "POST"])
@for_applicants
def discard(request: ActorRequest, reference: UUID) -> HttpResponse:
    """Throws an unsent draft away, after asking."""
    draft = (
        Draft.objects.select_related("programme").filter(reference=reference, client_id=request.actor.person_id).first()
    )
    if draft is None:
        raise Http404
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        services.discard_draft(reference=reference, by=request.actor)
        messages.success(request, _("The draft is deleted."))
        return redirect("pages:client_home")
    return render(request, "applications/discard.html", {"draft": draft, "form": form})
