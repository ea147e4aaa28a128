"""Terms of use and the privacy policy: the version in force, every earlier one, and a PDF to keep."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.gates import public
from accounts.models import PolicyKind, PolicyVersion
from stars.files.models import RenderedDocument
from stars.files.selectors import download_url
from stars.files.states import ScanState
from stars.pages import selectors, services
from stars.pages.texts import pieces


@public
@require_safe
def terms(request: HttpRequest, version: str | None = None) -> HttpResponse:
    return _policy(request, PolicyKind.TERMS, version)


@public
@require_safe
def privacy(request: HttpRequest, version: str | None = None) -> HttpResponse:
    return _policy(request, PolicyKind.PRIVACY, version)


@public
@require_safe
def privacy_pdf(request: HttpRequest) -> HttpResponse:
    """The policy in force as a file to keep; while the file is being made or checked, the same text as a page."""
    versions = list(selectors.published_versions(PolicyKind.PRIVACY))
    if not versions:
        raise Http404
    address = _file_address(services.request_policy_pdf(policy=versions[0]))
    if address is not None:
        return redirect(address)
    context = policy_context(versions[0], versions) | {"pdf_is_being_made": True}
    return render(request, "pages/policy.html", context)


def _file_address(document: RenderedDocument) -> str | None:
    """The file's address for the next five minutes, once the scanner has let it through."""
    if document.file is None or document.file.state != ScanState.CLEAN:
        return None
    return download_url(document.file)


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
        "pdf_is_being_made": False,
    }
