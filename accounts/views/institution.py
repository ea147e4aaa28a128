"""I14: the institution's profile, kept current by its administrator and read by its employees."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import policies, services
from accounts.errors import ChangedMeanwhile
from accounts.forms import Difference, InstitutionProfileForm
from accounts.gates import for_providers
from accounts.models import Institution
from accounts.selectors import are_contacts_old
from stars.kernel.actor import ActorRequest
from stars.kernel.errors import require
from stars.kernel.refusals import refusals


@require_http_methods(["GET", "POST"])
@for_providers
def institution_profile(request: ActorRequest) -> HttpResponse:
    """Contacts change here; the name and the numbers are the agency's to change."""
    kept = get_object_or_404(Institution.objects.select_related("municipality"), pk=request.actor.institution_id or 0)
    may_keep = policies.may_keep_contacts(request.actor, kept)
    if request.method == "POST":
        require(may_keep)
    form = InstitutionProfileForm.of(kept, request.POST if request.method == "POST" else None)
    differences: list[Difference] = []
    if request.method == "POST" and form.is_valid():
        with refusals(form):
            try:
                services.save_contacts(
                    institution_id=kept.pk,
                    version=form.cleaned_data["version"],
                    contacts=form.contacts(),
                    by=request.actor,
                )
            except ChangedMeanwhile as error:
                form.add_error(None, error.message)
                differences = form.differences(kept)
                form.take_version(kept.version)
            else:
                messages.success(request, _("The profile of the institution is saved."))
                return redirect("accounts:institution_profile")
    context = {
        "form": form,
        "institution": kept,
        "may_keep": may_keep,
        "is_old": are_contacts_old(kept),
        "differences": differences,
    }
    return render(request, "accounts/institution_profile.html", context, status=422 if form.errors else 200)
