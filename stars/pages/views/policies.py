"""Terms of use and the privacy policy: the version in force, every earlier one, and a PDF to keep."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.gates import public
from accounts.models import PolicyKind, PolicyVersion
from stars.pages import selectors
from stars.pages.texts import pieces


@public
@require_safe
def terms(request: HttpRequest, version: str | None = None) -> HttpResponse:
    return _policy(request, PolicyKind.TERMS, version)


@public
@require_safe
def privacy(request: HttpRequest, version: str | None = None) -> HttpResponse:
    return _policy(request, PolicyKind.PRIVACY, version)


def _policy(request: HttpRequest, kind: PolicyKind, version: str | None) -> HttpResponse:
    versions = list(selectors.published_versions(kind))
    if not versions:
        raise Http404
    chosen = next((one for one in versions if one.version == version), None) if version else versions[0]
    if chosen is None:
        raise Http404
    return render(request, "pages/policy.html", policy_context(chosen, versions))


def policy_context(chosen: PolicyVersion, versions: list[PolicyVersion]) -> dict[str, object]:
    return {
        "policy": chosen,
        "versions": versions,
        "is_current": chosen == versions[0],
        "is_privacy": chosen.kind == PolicyKind.PRIVACY,
        "address": "pages:privacy_version" if chosen.kind == PolicyKind.PRIVACY else "pages:terms_version",
        "pieces": pieces(chosen.body, points=True),
        "amendments": pieces(chosen.amendments),
    }
