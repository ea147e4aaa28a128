"""The ranking of one call and the batch of decisions: each programme is decided in a transaction of its own."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from calls import models, policies, selectors, services
from calls.forms import BatchForm
from calls.states import FAMILY, OfferAction, OfferState
from stars.kernel.errors import DomainError


class Ranked(admin.ModelAdmin):
    """For the admin of calls: a page with every evaluated programme by its result."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.ranking_view)
        return [path("<path:object_id>/ranking/", view, name="calls_call_ranking"), *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        response: Any = super().render_change_form(request, context, *args, **kwargs)
        call = kwargs.get("obj")
        if call is not None and call.is_over():
            link = (_("Ranking and decisions"), reverse("admin:calls_call_ranking", args=(call.pk,)))
            response.context_data["decisions"] = [link, *response.context_data.get("decisions", [])]
        return response  # type: ignore[no-any-return]

    def ranking_view(self, request: Any, object_id: str) -> HttpResponse:
        """GET shows, POST decides what is ticked; a refused one keeps what was typed beside its sentence."""
        call = self.get_object(request, object_id)
        if call is None:
            raise Http404
        if not self.has_view_permission(request, call):
            raise PermissionDenied
        rankings = selectors.rankings_of(call)
        undecided = [
            (row.programme.pk, row.programme.name, row.result.passes)
            for ranking in rankings
            for row in ranking.rows
            if row.programme.state == OfferState.IN_EVALUATION
        ]
        form = BatchForm(request.POST if request.method == "POST" else None, undecided=undecided)
        if request.method == "POST" and form.is_valid():
            self._decide(request, form)
            if not form.errors:
                return redirect(request.path)
            rankings = selectors.rankings_of(call)
        return self._page(request, call, rankings, form)

    def _decide(self, request: Any, form: BatchForm) -> None:
        done = 0
        for pk, action, reason in form.chosen():
            decide = services.approve_programme if action == OfferAction.APPROVE else services.reject_programme
            try:
                decide(programme_id=pk, reason=reason, by=request.actor)
                done += 1
            except DomainError as refusal:
                form.add_error(f"reason_{pk}", refusal.message)
        if done:
            messages.success(request, _("Decided: %(number)s") % {"number": done})

    def _page(self, request: Any, call: models.Call, rankings: Any, form: BatchForm) -> HttpResponse:
        may_decide = policies.may(request.actor, OfferAction.APPROVE, models.Offer(call=call))
        known = {pk for pk, _name, _passes in form.undecided}
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Ranking: %(call)s") % {"call": call},
            "call": call,
            "form": form,
            "may_decide": may_decide and bool(known),
            "rankings": [
                (
                    ranking.kind,
                    [
                        (
                            row,
                            FAMILY[row.programme.state],
                            form.fields_of(row.programme.pk)
                            if may_decide
                            and row.programme.pk in known
                            and row.programme.state == OfferState.IN_EVALUATION
                            else None,
                        )
                        for row in ranking.rows
                    ],
                )
                for ranking in rankings
            ],
        }
        return TemplateResponse(request, "admin/ranking.html", context, status=422 if form.errors else 200)
